package tools;

import cli.Console;
import cli.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Ce que les leçons et les exemples iront chercher au loin, apporté d'avance : les bibliothèques de leurs lignes {@code //DEPS}, et de
 * celles des sources qu'ils nomment. Une source peut aussi dire {@code //SETUP} : elle a un {@code main}, qui apporte le reste. Chaque
 * notebook et chaque exemple a sa propre liste, car les versions se décident ensemble.
 */
final class Libraries {
    /** Une directive, dans une source ou dans le JSON d'un notebook. */
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^(?:\\s*\")?//(DEPS|REPOS|SOURCES|SETUP)\\b[ \\t]*([^\"\\\\\\r\\n]*)");

    private final Course course;
    private final Path list;
    /** Les listes, une seule fois chacune, et le premier qui la demande. */
    private final Map<Set<String>, String> wanted = new LinkedHashMap<>();
    private final Set<Path> mains = new TreeSet<>();

    /** Lit les notebooks et les exemples du cours. */
    Libraries(Course course) throws IOException, UserError {
        this.course = course;
        list = course.build().resolve("libraries.txt");
        for (var folder : List.of("notebooks", "src/examples")) {
            for (var file : files(course.home().resolve(folder), "*.{ipynb,java}")) {
                var lines = new LinkedHashSet<String>();
                follow(file, lines, new TreeSet<>());
                if (!lines.isEmpty()) wanted.putIfAbsent(lines, file.getFileName().toString().replaceFirst("\\.\\w+$", ""));
            }
        }
    }

    private void follow(Path source, Set<String> lines, Set<Path> seen) throws IOException, UserError {
        if (!seen.add(source)) return;
        var directives = DIRECTIVE.matcher(Files.readString(source)).results().toList();
        for (var directive : directives) {
            switch (directive.group(1)) {
                case "SETUP" -> mains.add(source);
                case "SOURCES" -> {
                    for (var word : directive.group(2).strip().split("\\s+"))
                        for (var file : named(source.getParent(), word)) follow(file, lines, seen);
                }
                default -> lines.add("//" + directive.group(1) + " " + directive.group(2).strip());
            }
        }
    }

    private static List<Path> named(Path folder, String word) throws IOException {
        var file = folder.resolve(word).normalize();
        return files(file.getParent(), file.getFileName().toString());
    }

    private static List<Path> files(Path folder, String pattern) throws IOException {
        try (var files = Files.newDirectoryStream(folder, pattern)) {
            var found = new TreeSet<Path>();
            files.forEach(found::add);
            return List.copyOf(found);
        }
    }

    /** Vrai si tout a déjà été apporté, et y est encore. */
    boolean areReady() throws IOException {
        if (!Files.exists(list)) return false;
        var lines = Files.readAllLines(list);
        return lines.getFirst().equals(fingerprint()) && lines.stream().skip(1).allMatch(line -> Files.exists(Path.of(line)));
    }

    private String fingerprint() throws IOException {
        var fingerprint = new Fingerprint().add(wanted.keySet()).add(System.getenv("JBANG_REPO")).add(System.getenv("XDG_CACHE_HOME"));
        for (var main : mains) fingerprint.addFiles(main.getParent());
        return fingerprint.value();
    }

    /** Apporte tout, une ligne par liste, puis dit combien cela pèse. */
    void bring(Commands commands) throws Exception {
        var jars = new TreeSet<String>();
        for (var one : wanted.entrySet())
            Console.step("Bibliothèques de " + one.getValue(), () -> jars.addAll(resolve(commands, one.getKey())));
        for (var main : mains) {
            var said = Console.step("Ce que demande " + course.home().relativize(main), () -> run(commands, main));
            System.out.println(said);
        }
        var lines = new ArrayList<>(List.of(fingerprint()));
        lines.addAll(jars);
        Folders.replace(list, temporary -> Files.write(temporary, lines));
        System.out.println(Console.french("Pour travailler sans réseau : " + jars.size() + " bibliothèques, " + megabytes(jars) + " Mo."));
    }

    private static long megabytes(Set<String> jars) throws IOException {
        long bytes = 0;
        for (var jar : jars) bytes += Files.size(Path.of(jar));
        return bytes >> 20;
    }

    /** Comme le noyau et jbang les résoudront : par un script de ces seules lignes. */
    private List<String> resolve(Commands commands, Set<String> lines) throws Exception {
        var script = Files.writeString(course.build().resolve("libraries.java"), String.join("\n", lines) + "\nvoid main() { }\n");
        var result = commands.jbang("info", "classpath", "--deps-only", script.toString());
        if (!result.ok()) throw failure(result);
        return List.of(result.output().strip().replaceFirst("(?s).*\n", "").split(File.pathSeparator));
    }

    /** Exécute ce {@code main} ; rend sa dernière ligne, qui dit ce qu'il a apporté. */
    private String run(Commands commands, Path main) throws Exception {
        var result = commands.jbang(course.home().relativize(main).toString());
        if (!result.ok()) throw failure(result);
        return result.output().strip().replaceFirst("(?s).*\n", "");
    }

    private static UserError failure(Commands.Result result) {
        var what = "Des bibliothèques des leçons n'ont pas pu être apportées";
        if (result.mentions("No space left")) return UserError.failed(what + " : le disque est plein.");
        return UserError
                .failed(what + ". Vérifiez la connexion, puis relancez ./jbangw setup ; le reste du cours est prêt, et le détail est "
                        + "dans build/setup.log. Pour s'en passer : ./jbangw setup --minimal.");
    }
}
