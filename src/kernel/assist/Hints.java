package kernel.assist;

import java.awt.HeadlessException;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.ConnectException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ConcurrentModificationException;
import java.util.InputMismatchException;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Une phrase d'aide pour les exceptions les plus communes, à côté des mots de la JVM. Elle n'est dite que de ce que la JVM ou le JDK a
 * lancé, reconnu à son message et à son premier appel : la même exception, lancée par l'élève, dit ce qu'il a voulu lui faire dire.
 */
final class Hints {
    private static final Pattern CAST = Pattern.compile("class (\\S+) cannot be cast to class (\\S+).*", Pattern.DOTALL);
    private static final Pattern INPUT = Pattern.compile("For input string: \"(.*)\".*", Pattern.DOTALL);
    private static final Pattern INDEX = Pattern.compile("[Ii]ndex:? (-?\\d+)(?: out of bounds for length |,? ?(?:length|Size:?) )(\\d+)");
    private static final Pattern RANGE =
            Pattern.compile("Range \\[-?\\d+, -?\\d+\\) out of bounds for length \\d+|begin .*, end .*, length .*");
    private static final Pattern CLASS_NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(?:[./][\\p{L}_$][\\p{L}\\p{N}_$]*)*");
    private static final int DEEP = 200;                                          // bien plus que ce qu'un élève emboîte sans le vouloir

    /** La même classe des cellules, deux fois : la lettre seule change. */
    private static final Pattern FORMER =
            Pattern.compile("class (REPL\\.\\$JShell\\$\\d+)[A-Z]*(\\$[\\w$]+) cannot be cast to class \\1[A-Z]*\\2\\b");

    private final Throwable thrown;
    private final String message;
    private final String thrower;                                                 // la classe qui l'a lancée
    private final boolean fromJdk;

    private Hints(Throwable thrown) {
        this.thrown = thrown;
        message = thrown.getMessage() == null ? "" : thrown.getMessage();
        var frames = thrown.getStackTrace();
        thrower = frames.length == 0 ? "" : frames[0].getClassName();
        fromJdk = thrower.matches("(?:java|javax|jdk|sun)\\..*");
    }

    /** L'aide pour une exception que personne n'a rattrapée, s'il y en a une. */
    static Optional<String> forThrown(Throwable thrown) {
        try {
            var hints = new Hints(thrown);
            String hint = hints.ofTheJvm();
            return Optional.ofNullable(hint == null && hints.fromJdk ? hints.ofTheJdk() : hint);
        } catch (RuntimeException | StackOverflowError e) {                       // getMessage() peut être du code de l'élève
            return Optional.empty();
        }
    }

    /** Ce que la JVM lance d'elle-même, au milieu du code de l'élève ou de celui du JDK ; son message le prouve. */
    private String ofTheJvm() {
        if (thrown instanceof NullPointerException && message.startsWith("Cannot "))
            return fromJdk ? null : "Une valeur est null là où il faut un objet : le message dit laquelle.";
        if (thrown instanceof ArrayIndexOutOfBoundsException)
            return INDEX.matcher(message).matches() ? "Les indices d’un tableau vont de 0 à sa longueur moins un." : null;
        if (thrown instanceof ClassCastException && FORMER.matcher(message).find())
            return "Cet objet est d’une version d’avant de sa classe, déclarée de nouveau depuis : créez-le de nouveau (new …).";
        if (thrown instanceof NoSuchMethodError && message.contains("lambda$"))
            return "Cette lambda date d’une version d’avant d’une classe, déclarée de nouveau depuis : exécutez de nouveau sa cellule.";
        if (thrown instanceof ClassCastException) return wrongCast();
        if (thrown instanceof ArithmeticException && message.equals("/ by zero"))
            return "Une division d’entiers par zéro n’a pas de résultat.";
        if (thrown instanceof StackOverflowError) return thrown.getStackTrace().length < DEEP ? null
                : "Les appels s’emboîtent trop : une méthode s’appelle, elle-même ou par une autre, sans s’arrêter à temps.";
        if (thrown instanceof OutOfMemoryError) return outOfMemory();
        if (thrown instanceof NoClassDefFoundError) return CLASS_NAME.matcher(message).matches() && !message.startsWith("REPL")
                ? "Une classe manque à l’exécution : il manque sans doute une bibliothèque (//DEPS)."
                : null;
        return null;
    }

    private String wrongCast() {
        Matcher types = CAST.matcher(message);
        if (!types.matches() || types.group(1).equals(types.group(2))) return null;
        return types.group(2).equals("java.lang.Comparable") && fromJdk
                ? "Ces objets ne savent pas se comparer : donnez un Comparator, ou faites-leur implémenter Comparable."
                : "L’objet n’est pas du type demandé : testez-le d’abord avec instanceof.";
    }

    private String outOfMemory() {
        if (message.contains("array size") || message.contains("implementation limit")) return "Ce tableau est trop grand pour la JVM.";
        if (message.contains("native thread"))
            return "Le système refuse un thread de plus : prenez des threads virtuels, ou attendez que d’autres finissent.";
        return message.equals("Java heap space") || message.startsWith("GC overhead")
                ? "La mémoire est pleine, ou trop petite pour ce qui est demandé : videz les grandes variables, ou redémarrez le noyau. "
                        + "Il a droit à " + (Runtime.getRuntime().maxMemory() >> 20) + " Mo ; pour en donner davantage, "
                        + (System.getenv("JUPYTERHUB_USER") != null ? "voyez qui tient ce serveur."
                                : "fermez le cours, et rouvrez-le avec la variable d’environnement JDK_JAVA_OPTIONS=-Xmx2g (2 Go).")
                : null;
    }

    /** Ce que le JDK lance. */
    private String ofTheJdk() {
        if (thrown instanceof NullPointerException) return "Ce que cette ligne appelle a reçu ou trouvé null, qu’il n’accepte pas.";
        if (thrown instanceof IndexOutOfBoundsException) return wrongIndex();
        if (thrown instanceof NumberFormatException) return notANumber();
        if (thrown instanceof ArithmeticException && message.toLowerCase().contains("by zero"))
            return "Une division par zéro n’a pas de résultat.";
        if (thrown instanceof ClassNotFoundException) return unknownClass();
        if (thrown instanceof ConcurrentModificationException && !thrown.getStackTrace()[0].getMethodName().matches("compute.*|merge"))
            return "Une collection a changé pendant qu’on la parcourait.";
        if (thrown instanceof UnsupportedOperationException && message.isEmpty()) return unsupported();
        if (thrown instanceof InputMismatchException)
            return "Le texte lu n’est pas du type demandé : essayez d’abord hasNextInt() ou le test voisin, ou lisez-le avec next().";
        if (thrown instanceof NoSuchElementException)
            return thrower.startsWith("java.util.Optional") ? "Cet Optional est vide : voyez orElse(…)."
                    : thrower.equals("java.util.Scanner") ? "Il n’y a plus rien à lire : vérifiez d’abord avec hasNext() ou hasNextLine()."
                    : "Il n’y a pas d’élément à prendre : vérifiez d’abord qu’il en reste.";
        if (thrown instanceof NoSuchFileException e) return missingFile(e.getFile());
        if (thrown instanceof FileNotFoundException && message.matches(".* \\(No such file.*|.* \\(.*cannot find.*"))
            return missingFile(message.replaceFirst(" \\([^()]*\\)$", ""));
        if (thrown instanceof BindException && message.contains("already in use"))
            return "Ce port est déjà pris : arrêtez ce qui l’occupe, ou choisissez-en un autre.";
        if (thrown instanceof HeadlessException)
            return "Le noyau n’a pas d’écran, une fenêtre ne peut pas s’ouvrir : montrez une image (BufferedImage), ou lisez avec "
                    + "IO.readln(…).";
        if (thrown instanceof ConnectException && message.contains("refused"))
            return "Personne n’écoute à cette adresse : démarrez d’abord le serveur.";
        return null;
    }

    private String wrongIndex() {
        if (RANGE.matcher(message).matches()) return "Le début et la fin vont de 0 à la longueur, et le début ne dépasse pas la fin.";
        Matcher index = INDEX.matcher(message);
        if (!index.matches()) return null;
        if (message.startsWith("Index:")) return "Cet indice sort de la liste, qui a pour taille " + index.group(2) + ".";
        return thrown instanceof StringIndexOutOfBoundsException ? "Les indices d’un texte vont de 0 à sa longueur moins un."
                : "Les indices vont de 0 à la taille moins un.";
    }

    private String notANumber() {
        Matcher input = INPUT.matcher(message);
        if (message.equals("empty String")) return "Ce texte est vide : ce n’est pas un nombre.";
        if (message.startsWith("Cannot parse null")) return "Ce texte est null : ce n’est pas un nombre.";
        if (!input.matches()) return null;
        String text = input.group(1);
        if (text.isBlank()) return "Ce texte est vide : ce n’est pas un nombre.";
        if (!text.equals(text.strip())) return "Il y a des espaces autour du nombre : ôtez-les, avec strip().";
        if (text.matches("[-+]?\\d+"))
            return "Ce nombre est trop grand pour le type demandé : lisez-le avec Long.parseLong ou new BigInteger.";
        if (text.matches("[-+]?\\d+\\.\\d+")) return "Ce nombre n’est pas entier : lisez-le avec Double.parseDouble.";
        if (text.matches("[-+]?\\d+,\\d+")) return "Ce nombre a une virgule : Java veut un point, et Double.parseDouble.";
        return "Ce texte n’est pas un nombre, ou n’est pas écrit comme Java le veut.";
    }

    private String unknownClass() {
        if (!CLASS_NAME.matcher(message).matches() || message.startsWith("java.")) return null;
        return message.contains(".")
                ? "Cette classe est introuvable : vérifiez son nom complet, ou ajoutez sa bibliothèque par une ligne //DEPS."
                : "Il faut le nom complet, paquet compris ; une classe qu’une cellule déclare s’obtient par son nom, " + message
                        + ".class.";
    }

    private String unsupported() {
        if (thrower.startsWith("java.util.ImmutableCollections") || thrower.startsWith("java.util.Collections$"))
            return "Cette collection ne se modifie pas (List.of, Map.of, toList()…) : copiez-la, par exemple new ArrayList<>(liste) ou "
                    + "new HashMap<>(dictionnaire).";
        return thrower.startsWith("java.util.Abstract")
                ? "Cette collection ne permet pas cette opération : copiez-la, par exemple dans une ArrayList."
                : null;
    }

    private static String missingFile(String file) {
        String missing = "Ce fichier, ou l’un des dossiers de son chemin, n’existe pas.";
        try {
            return Path.of(file).isAbsolute() ? missing
                    : missing + " Un chemin relatif part du dossier " + Path.of("").toAbsolutePath() + ".";
        } catch (InvalidPathException | NullPointerException e) {
            return missing;
        }
    }
}
