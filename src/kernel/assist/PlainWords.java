package kernel.assist;

import kernel.cell.Rendering;

/** Les mots du compilateur et de la JVM, sans ce qui vient du noyau et de JShell : l'élève ne les a pas écrits. */
final class PlainWords {
    private PlainWords() {}

    /** Le message d'une erreur de compilation. */
    static String ofCompiler(String message) {
        return Rendering.typeNames(message)
                .replaceAll("\\n\\s*location: class\\s*$", "")                    // JShell ôte le nom de sa classe, et elle seule
                .replaceAll("(?m) in method do_it\\$\\(.*?\\)$", "")               // la méthode qui entoure les instructions d'une cellule
                .replace("<nulltype>", "<null>");
    }

    /** Le message d'une exception. */
    static String ofException(String message) {
        return Rendering.typeNames(message)
                .replaceAll("kernel\\.cell\\.TaskContext\\$\\$Lambda(?:/\\w+)?(?:@\\w+)?", "lambda de la cellule")
                .replaceAll("(?<![\\w.])\\$\\$?Lambda(?:/\\w+)?(?:@\\w+)?", "lambda")
                // à la fin d'une ClassCastException, entre parenthèses : les modules et les chargeurs de classes
                .replaceAll(" \\([^()]* (?:is|are) in (?:unnamed )?module [^()]*\\)$", "");
    }
}
