package kernel.assist;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Les habitudes prises ailleurs (un autre langage, un autre noyau) et ce qu'il faut écrire ici : une seule table. Une phrase n'est dite que
 * de ce qui a échoué pour cette raison-là : un nom que personne n'a déclaré, une ligne qui ne se lit pas.
 */
public final class Habits {
    public static final String ASSERT =
            "assert n’est pas vérifié ici, comme dans tout programme Java lancé sans l’option -ea. Pour qu’il le soit, "
                    + "commencez une cellule par la ligne //RUNTIME_OPTIONS -ea.";

    private static final String PRINT = "Pour afficher, écrivez System.out.println(…), ou IO.println(…).";
    private static final String VARIABLE = "Une variable se déclare ainsi : var x = 3; ou, avec son type, int x = 3;";
    private static final String METHOD =
            "Une méthode se déclare avec les types de ce qu’elle rend et de ce qu’elle reçoit : int twice(int x) "
                    + "{ return 2 * x; }";
    private static final String AWAIT = "Java n’a ni async ni await : une tâche se lance par CompletableFuture.supplyAsync(() -> …), et "
            + "s’attend par join().";
    private static final String LOMBOK = "Lombok ne fait rien dans une cellule : écrivez un record, ou les méthodes elles-mêmes.";
    private static final String PROGRAM = "Une cellule n’exécute que du Java. Un programme s’y lance ainsi : "
            + "new String(new ProcessBuilder(\"ls\", \"-l\").start().getInputStream().readAllBytes())";

    private static final Set<String> LOMBOK_NAMES = Set.of("Data", "Getter", "Setter", "Value", "Builder", "ToString", "AllArgsConstructor",
            "NoArgsConstructor", "RequiredArgsConstructor", "EqualsAndHashCode", "Slf4j");

    /** Un nom inconnu, précédé de son genre. */
    private static final Map<String, String> NAMES = new LinkedHashMap<>();
    /** Ce qui se lit au début d'une ligne, commentaires et textes ôtés, quand elle ne se lit pas comme du Java. */
    private static final Map<Pattern, String> LINES = new LinkedHashMap<>();
    /** Les commandes des autres noyaux, sans leurs « % ». */
    private static final Map<String, String> COMMANDS = new LinkedHashMap<>();
    private static final Set<String> PROGRAMS = Set.of("ls", "pwd", "cat", "cd", "pip", "pip3", "conda", "mvn", "java", "javac", "jbang",
            "git", "curl", "wget", "echo", "mkdir", "rm", "cp", "mv", "head", "tail", "grep", "python", "python3", "apt", "npm", "bash",
            "sh");

    static {
        for (String name : Set.of("print", "println", "puts", "echo")) NAMES.put("method " + name, PRINT);
        NAMES.put("variable console", PRINT);
        NAMES.put("variable print", PRINT);
        NAMES.put("variable println", PRINT);
        NAMES.put("method printf", "Écrivez System.out.printf(…).");
        NAMES.put("method input", "Pour lire une ligne tapée par l’utilisateur, écrivez IO.readln(\"…\").");
        NAMES.put("method readln", "Pour lire une ligne tapée par l’utilisateur, écrivez IO.readln(\"…\").");
        NAMES.put("class string", "Écrivez String, avec une majuscule.");
        NAMES.put("class bool", "Écrivez boolean.");
        for (String name : Set.of("let", "val", "auto")) NAMES.put("class " + name, VARIABLE);
        for (String name : Set.of("def", "fun", "func", "function")) NAMES.put("class " + name, METHOD + " " + VARIABLE);
        for (String name : Set.of("class await", "class async", "variable await", "variable async", "method await", "method async"))
            NAMES.put(name, AWAIT);
        NAMES.put("class using", "Écrivez import, avec le nom complet d’une classe, ou try (var x = …) { … } pour fermer une ressource.");
        NAMES.put("variable None", "Écrivez null.");
        NAMES.put("variable nil", "Écrivez null.");
        NAMES.put("variable undefined", "Écrivez null.");
        NAMES.put("variable True", "Écrivez true, sans majuscule.");
        NAMES.put("variable False", "Écrivez false, sans majuscule.");

        line("package\\s+[\\p{L}\\w.]+\\s*;", "Une cellule n’est dans aucun paquet : ôtez la ligne package.");
        line("@file\\s*:", "Une bibliothèque se demande par une ligne //DEPS groupe:artefact:version.");
        line("(?:.*[=(,]\\s*|return\\s+)?await\\s+\\p{L}.*", AWAIT);
        line("async\\s+\\p{L}.*", AWAIT);
        line("print(?:ln|f)?\\s+(?:$|[^(=.\\s].*)", PRINT);
        line("(?:def|fun|func|function)\\s+\\w+\\s*\\(.*", METHOD);
        line("(?:const|let|val)\\s+\\w+\\s*(?::.*)?=.*", VARIABLE);
        line("using\\s*\\(\\s*(?:var|\\p{Lu}\\w*)\\s+\\w+\\s*=.*", "Pour fermer une ressource, écrivez try (var x = …) { … }.");
        line("from\\s+[\\w.]+\\s+import\\b.*", "Écrivez import, avec le nom complet de la classe : import java.util.List;");
        line("\\p{Lu}\\w*(?:<[^?]*>)?\\?\\s+\\w+\\s*[=;].*", "Java n’a pas de type « String? » : une variable de type String peut toujours "
                + "être null. Ôtez le point d’interrogation, ou prenez un Optional<String>.");

        for (String name : Set.of("bash", "sh", "script", "cmd", "system", "ls", "cd", "pwd")) COMMANDS.put(name, PROGRAM);
        for (String name : Set.of("pip", "conda", "loadFromPOM", "addMavenDependencies"))
            COMMANDS.put(name, "Une bibliothèque se demande par une ligne //DEPS groupe:artefact:version.");
        for (String name : Set.of("html", "HTML", "javascript", "js", "svg", "SVG", "latex", "markdown"))
            COMMANDS.put(name, "Une cellule n’exécute que du Java : mettez ce texte dans une cellule Markdown.");
        COMMANDS.put("timeit", "Une mesure se fait avec System.nanoTime(), avant et après.");
        COMMANDS.put("writefile", "Un fichier s’écrit ainsi : Files.writeString(Path.of(\"nom.txt\"), \"\"\"…\"\"\");");
        COMMANDS.put("env", "Une variable d’environnement se lit ainsi : System.getenv(\"NOM\").");
        COMMANDS.put("who", "La touche Tab propose les noms déclarés.");
    }

    private Habits() {}

    private static void line(String start, String sentence) {
        LINES.put(Pattern.compile("\\s*" + start), sentence);
    }

    /** Ce qu'il faut écrire à la place d'un nom que personne n'a déclaré ; {@code kind} : class, variable ou method. */
    static Optional<String> forName(String kind, String name) {
        return Optional.ofNullable(NAMES.get(kind + " " + name));
    }

    /** De même, pour ce qui manque à une déclaration, comme JShell le nomme : « class string », « method println(String) ». */
    static Optional<String> forMissing(String missing, String source) {
        var words = missing.replaceFirst("\\(.*", "").split(" ");
        if (words.length != 2) return Optional.empty();
        return words[0].equals("class") && isLombokAnnotation(words[1], source, source.indexOf("@" + words[1]) + 1) ? Optional.of(LOMBOK)
                : source.contains("." + words[1]) ? Optional.empty() : forName(words[0], words[1]);
    }

    /** Vrai si c'est le nom d'une annotation de Lombok, derrière son {@code @}. */
    static boolean isLombokAnnotation(String name, String source, int position) {
        return position > 0 && source.charAt(position - 1) == '@' && LOMBOK_NAMES.contains(name);
    }

    /** Ce qu'il faut écrire à la place d'une ligne qui ne se lit pas. {@code line} : sans commentaire ni texte entre guillemets. */
    static Optional<String> forLine(String line) {
        return LINES.entrySet().stream().filter(habit -> habit.getKey().matcher(line).lookingAt()).map(Map.Entry::getValue).findFirst();
    }

    /** Pour une cellule comme {@code !ls}, dont ce nom est inconnu ou qui ne se lit pas. */
    static Optional<String> forProgram(String source) {
        Matcher program = Pattern.compile("\\s*!\\s*(\\w+).*", Pattern.DOTALL).matcher(source);
        return program.matches() && PROGRAMS.contains(program.group(1)) ? Optional.of(PROGRAM) : Optional.empty();
    }

    static boolean isLombok(String packageName) {
        return packageName.equals("lombok") || packageName.startsWith("lombok.");
    }

    static String lombok() {
        return LOMBOK;
    }

    /** Ce qu'il faut écrire à la place d'une commande qu'aucun équivalent ne remplace ; {@code name} : sans ses « % ». */
    public static String forCommand(String name) {
        return COMMANDS.getOrDefault(name, "Une cellule n’exécute que du Java : ôtez cette ligne.");
    }

    /** Ce qu'il faut écrire à la place d'une commande de JShell ; {@code name} : sans sa barre. */
    public static String forJShell(String name) {
        return switch (name) {
            case "vars", "methods", "types", "list", "imports" ->
                    "Les commandes de JShell ne sont pas du Java : pour voir une variable, écrivez son nom seul ; la touche Tab propose "
                            + "les noms déclarés.";
            case "exit", "reset", "reload" ->
                    "Les commandes de JShell ne sont pas du Java : pour repartir de zéro, redémarrez le noyau (menu "
                            + "Noyau, « Redémarrer »).";
            case "env" -> "Les commandes de JShell ne sont pas du Java : une bibliothèque se demande par une ligne //DEPS "
                    + "groupe:artefact:version.";
            case "open" -> "Les commandes de JShell ne sont pas du Java : une source se charge par une ligne //SOURCES dossier/Nom.java.";
            default -> "Les commandes de JShell ne sont pas du Java : ôtez cette ligne.";
        };
    }
}
