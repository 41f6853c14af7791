package kernel.assist;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.Rendering;
import kernel.compile.Rewritten;
import kernel.run.CellClassLoader;
import kernel.run.SourceMap;

/** Met les erreurs en français autour des mots du compilateur et de la JVM, avec les seules lignes que l'élève a écrites. */
public final class ErrorReport {
    public static final String INTERRUPTED = "Interrompue";
    private static final String RED = "\u001b[1;31m";
    private static final String HELP = "→ ";
    private static final String PLAIN = "\u001b[0m";

    private final SourceMap snippets;
    private final CellClassLoader loader;
    private volatile String ignored;                                             // une ligne, ou null

    public ErrorReport(SourceMap snippets, CellClassLoader loader) {
        this.snippets = snippets;
        this.loader = loader;
    }

    /** Cette ligne ressemble à une directive de jbang, et n'en est pas une : à dire si une bibliothèque manque. Ou null. */
    public void ignored(String line) {
        ignored = line;
    }

    /**
     * Les erreurs de compilation d'un fragment qui commence à la ligne {@code firstLine} de la cellule.
     *
     * @param given ce que JShell a reçu : les lignes montrées seront celles de l'élève
     */
    public CellError compilation(JShell shell, CodeAssist assist, Snippet snippet, Rewritten given, Cell cell, int firstLine) {
        var lines = new ArrayList<String>();
        String first = null;
        boolean whole = snippet.source().equals(given.text());                   // sinon, l'une de plusieurs variables
        String source = whole ? given.original() : snippet.source();
        var seen = new HashSet<String>();
        var hints = new CompileHints(shell, assist, snippet.source(), ignored);
        for (Diag diag : shell.diagnostics(snippet).filter(Diag::isError).toList()) {
            if (!seen.add(diag.getMessage(null))) continue;                     // le même nom inconnu, deux fois dans la ligne
            String message = PlainWords.ofCompiler(diag.getMessage(null));
            if (first == null) first = message;
            int found = (int) diag.getPosition();
            int position = Math.clamp(whole ? given.original(found) : found, 0, source.length());
            int start = source.lastIndexOf('\n', position - 1) + 1;
            int end = source.indexOf('\n', position) < 0 ? source.length() : source.indexOf('\n', position);
            int line = firstLine + SourceMap.lines(source.substring(0, position)) - SourceMap.lines(SourceMap.leadingBlank(source));
            int width = Math.clamp(diag.getEndPosition() - found, 1, Math.max(1, end - position));
            lines.add(RED + "Erreur de compilation, cellule [" + cell.number() + "], ligne " + line + PLAIN + " : " + message);
            lines.add("    " + source.substring(start, end));
            lines.add("    " + source.substring(start, position).replaceAll("[^\t]", " ") + RED + "^".repeat(width) + PLAIN);
            hints.of(diag).filter(seen::add).ifPresent(hint -> lines.add(HELP + hint));
        }
        return new CellError("Erreur de compilation", first, lines);
    }

    /** Un appel à quelque chose qui n'est pas encore déclaré. */
    public CellError unresolved(JShell shell, DeclarationSnippet snippet, Cell cell) {
        var missing = shell.unresolvedDependencies(snippet).toList();
        if (missing.isEmpty()) return CellError.of("Déclaration à revoir",
                RED + "« " + snippet.name() + " » ne compile plus" + PLAIN + " : ce dont il dépend a changé.",
                "Corrigez la cellule qui le déclare, puis exécutez-la de nouveau.");
        return CellError.of("Nom inconnu",
                RED + "Nom inconnu" + PLAIN + " : " + snippet.name() + " a besoin de " + String.join(", ", missing)
                        + ", qui n’existe pas encore.",
                "Exécutez d’abord la cellule qui le déclare.");
    }

    /** L'élève a interrompu la cellule. */
    public CellError interrupted(Cell cell) {
        return CellError.of(INTERRUPTED, RED + "Cellule [" + cell.number() + "] interrompue." + PLAIN,
                "Les variables gardent leur valeur.");
    }

    /** La mémoire a manqué au noyau lui-même, avant que la cellule s'exécute ou pendant qu'il la décrivait. */
    public static CellError memoryFull() {
        return CellError.of(OutOfMemoryError.class.getName(), RED + "Le noyau n’a plus de mémoire pour exécuter cette cellule." + PLAIN,
                HELP + "Videz les grandes variables, chacune dans une courte cellule (nom = null;), ou redémarrez le noyau.");
    }

    /** Une exception que le code de la cellule n'a pas rattrapée. */
    public CellError thrown(Throwable thrown) {
        var lines = new ArrayList<>(describe(thrown));
        Hints.forThrown(Description.root(thrown)).ifPresent(hint -> lines.add(HELP + hint));
        return new CellError(Rendering.typeName(thrown.getClass()), Description.message(thrown), lines);
    }

    /** Les lignes qui décrivent une exception et ses causes, avec les seuls appels qui passent par du code de l'élève. */
    public List<String> describe(Throwable thrown) {
        return new Description(snippets, loader, RED, PLAIN).of(thrown);
    }

    /** Les mêmes lignes, sans couleurs. */
    public List<String> describePlain(Throwable thrown) {
        return new Description(snippets, loader, "", "").of(thrown);
    }
}
