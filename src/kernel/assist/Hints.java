package kernel.assist;

import java.net.BindException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ConcurrentModificationException;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.Diag;

/** Une phrase d'aide pour les erreurs les plus communes, à côté des mots du compilateur ou de la JVM. */
final class Hints {
    private static final Pattern QUOTED = Pattern.compile("(?:class|variable|method) (\\w+)");
    private static final Pattern LOCATION = Pattern.compile("location: (?:class|interface|variable \\w+ of type) ([\\w.]+)");
    private static final Pattern TYPES = Pattern.compile("(?s)incompatible types: (.+) cannot be converted to (.+)");
    private static final Pattern EXCEPTION = Pattern.compile("unreported exception ([\\w.]+)");

    private static final Pattern AMBIGUOUS =
            Pattern.compile("both \\w+ (([\\w.]+)\\.(\\w+))\\S* in \\S+ and \\w+ (([\\w.]+)\\.\\3)\\S* in \\S+ match");
    /** La même classe des cellules, deux fois : la lettre seule change. */
    private static final Pattern FORMER =
            Pattern.compile("class (REPL\\.\\$JShell\\$\\d+)[A-Z]*(\\$[\\w$]+) cannot be cast to class \\1[A-Z]*\\2\\b");

    private Hints() {}

    /** L'aide pour une erreur de compilation dans {@code source}, s'il y en a une. */
    static Optional<String> forDiagnostic(CodeAssist assist, String source, Diag diag) {
        String message = diag.getMessage(null).replace("java.lang.", "");
        String hint = switch (diag.getCode()) {
            case "compiler.err.expected", "compiler.err.expected2", "compiler.err.expected3" -> message.startsWith("';'")
                    ? "Il manque un point-virgule à l’endroit montré."
                    : "Il manque à l’endroit montré : "
                            + message.replaceAll(" expected.*", "").replace("<identifier>", "un nom").replace(" or ", " ou ") + ".";
            case "compiler.err.premature.eof" ->
                    "La cellule s’arrête trop tôt : il manque sans doute une accolade ou une parenthèse fermante.";
            case "compiler.err.unclosed.str.lit" -> "Un texte commence par \" et doit finir par \" sur la même ligne.";
            case "compiler.err.cant.resolve", "compiler.err.cant.resolve.location", "compiler.err.cant.resolve.args",
                    "compiler.err.cant.resolve.location.args",
                    "compiler.err.cant.resolve.args.params", "compiler.err.cant.resolve.location.args.params" ->
                    unknownName(assist, source, diag, message);
            case "compiler.err.doesnt.exist" -> unknownPackage(message);
            case "compiler.err.unreported.exception.need.to.catch.or.throw" -> uncaught(message);
            case "compiler.err.prob.found.req" -> wrongTypes(message);
            case "compiler.err.cant.apply.symbol", "compiler.err.cant.apply.symbols" ->
                    "Les arguments ne vont pas avec les paramètres : comparez leur nombre et leurs types.";
            case "compiler.err.missing.ret.stmt" -> "Cette méthode doit rendre une valeur : il manque un return sur l’un de ses chemins.";
            case "compiler.err.var.might.not.have.been.initialized" -> "Donnez une valeur à cette variable avant de la lire.";
            case "compiler.err.illegal.char" ->
                    "Ce caractère n’est pas du Java : des guillemets ou un tiret copiés d’un document, peut-être. Tapez-les au clavier.";
            case "compiler.err.type.found.req" -> "Il faut ici une classe : Integer plutôt que int, Double plutôt que double.";
            case "jdk.eval.error.illegal.modifiers" -> message.contains("'synchronized'")
                    ? "Ici, une méthode n’appartient à aucun objet dont prendre le verrou : mettez-la dans une classe, ou écrivez dans son "
                            + "corps synchronized (verrou) { … }."
                    : null;
            case "compiler.err.sealed.class.must.have.subclasses" ->
                    "Déclarez dans la même cellule ce qui l’étend, ou nommez-le après permits.";
            case "compiler.err.ref.ambiguous" -> ambiguous(diag.getMessage(null));
            case "compiler.err.already.defined" -> "Ce nom est déjà pris ici : choisissez-en un autre.";
            case "compiler.err.cant.ref.non.effectively.final.var", "compiler.err.local.variables.cant.be.captured" ->
                    "Une lambda ne lit que des variables locales qui ne changent plus : recopiez la valeur dans une autre variable.";
            default -> null;
        };
        return Optional.ofNullable(hint);
    }

    private static String unknownName(CodeAssist assist, String source, Diag diag, String message) {
        Matcher name = QUOTED.matcher(message);
        if (!name.find()) return "Ce nom est inconnu : vérifiez son orthographe, ou exécutez d’abord la cellule qui le déclare.";
        if (Character.isUpperCase(name.group(1).charAt(0))) {
            var known = assist.qualifiedNames(source, (int) diag.getEndPosition());
            if (known.size() > 0) return "Il manque un import, par exemple : import " + known.getFirst() + ";";
        }
        Matcher owner = LOCATION.matcher(message);
        if (owner.find()) return "« " + name.group(1) + " » n’existe pas dans " + owner.group(1)
                + " : vérifiez son orthographe, la touche Tab complète les noms.";
        return "« " + name.group(1) + " » est inconnu : vérifiez son orthographe, ou exécutez d’abord la cellule qui le déclare.";
    }

    /** L'aide pour un nom que deux paquets importés ont tous deux ; null si le message parle d'autre chose. */
    static String ambiguous(String message) {
        Matcher both = AMBIGUOUS.matcher(message);
        if (!both.find()) return null;
        return "« " + both.group(3) + " » existe dans " + both.group(2) + " et dans " + both.group(5) + " : ajoutez import " + both.group(1)
                + "; ou import " + both.group(4) + ";";
    }

    /** {@code Sytem.out} : le compilateur prend un nom inconnu suivi d'un point pour un paquet. */
    private static String unknownPackage(String message) {
        String name = message.replaceFirst("package (\\S+) does not exist.*", "$1");
        return name.contains(".") ? "Ce paquet est inconnu : vérifiez son nom, ou ajoutez sa bibliothèque par une ligne //DEPS."
                : "« " + name + " » est inconnu : vérifiez son orthographe, majuscules comprises.";
    }

    private static String uncaught(String message) {
        Matcher exception = EXCEPTION.matcher(message);
        String name = exception.find() ? exception.group(1) : "cette exception";
        return "Cet appel peut lancer " + name + " : rattrapez-la (try … catch), ou ajoutez « throws " + name + " » à la méthode.";
    }

    private static String wrongTypes(String message) {
        Matcher types = TYPES.matcher(message);
        if (message.contains("possible lossy conversion"))
            return "La valeur ne tient pas forcément dans ce type : changez le type, ou convertissez explicitement, par exemple (int).";
        return types.find() ? "Il faut ici un " + types.group(2).strip() + ", et la valeur est un " + types.group(1).strip() + "."
                : "La valeur n’a pas le type attendu ici.";
    }

    /** L'aide pour une exception que personne n'a rattrapée, s'il y en a une. */
    static Optional<String> forThrown(Throwable thrown) {
        return Optional.ofNullable(switch (thrown) {
            case NullPointerException e -> "Une variable vaut null là où il faut un objet : le message dit laquelle.";
            case ArrayIndexOutOfBoundsException e -> "Les indices d’un tableau vont de 0 à sa longueur moins un.";
            case StringIndexOutOfBoundsException e -> "Les indices d’un texte vont de 0 à sa longueur moins un.";
            case IndexOutOfBoundsException e -> "Les indices vont de 0 à la taille moins un.";
            case ClassCastException e when FORMER.matcher(String.valueOf(e.getMessage())).find() ->
                    "Cet objet est d’une version d’avant de sa classe, déclarée de nouveau depuis : créez-le de nouveau (new …).";
            case NoSuchMethodError e when String.valueOf(e.getMessage()).contains("lambda$") ->
                    "Cette lambda date d’une version d’avant d’une classe, déclarée de nouveau depuis : exécutez de nouveau sa cellule.";
            case ClassCastException e -> "L’objet n’est pas du type demandé : testez-le d’abord avec instanceof.";
            case NumberFormatException e -> "Ce texte n’est pas un nombre : vérifiez les espaces et les lettres.";
            case ArithmeticException e when String.valueOf(e.getMessage()).contains("by zero") ->
                    "Une division d’entiers par zéro n’a pas de résultat.";
            case ClassNotFoundException e ->
                    "Cette classe n’existe pas : vérifiez son nom complet, ou ajoutez sa bibliothèque par une ligne //DEPS.";
            case NoClassDefFoundError e -> "Une classe manque à l’exécution : il manque sans doute une bibliothèque (//DEPS).";
            case ConcurrentModificationException e -> "Une collection a changé pendant qu’on la parcourait.";
            case UnsupportedOperationException e when e.getMessage() == null ->
                    "Cette collection ne se modifie pas (List.of, toList()...) : copiez-la dans une ArrayList.";
            case StackOverflowError e -> "La méthode s’appelle elle-même sans fin : vérifiez son cas d’arrêt.";
            case OutOfMemoryError e when String.valueOf(e.getMessage()).contains("array size") -> "Ce tableau est trop grand pour la JVM.";
            case OutOfMemoryError e when String.valueOf(e.getMessage()).contains("native thread") ->
                    "Le système refuse un thread de plus : prenez des threads virtuels, ou attendez que d’autres finissent.";
            case OutOfMemoryError e -> "La mémoire est pleine : videz les grandes variables, ou redémarrez le noyau.";
            case NoSuchElementException e -> "Il n’y a pas d’élément à prendre : vérifiez d’abord qu’il en reste.";
            case NoSuchFileException e ->
                    "Ce fichier n’existe pas. Un chemin relatif part du dossier " + Path.of("").toAbsolutePath() + ".";
            case BindException e -> "Ce port est déjà pris : arrêtez ce qui l’occupe, ou choisissez-en un autre.";
            case ConnectException e -> "Personne n’écoute à cette adresse : démarrez d’abord le serveur.";
            default -> null;
        });
    }
}
