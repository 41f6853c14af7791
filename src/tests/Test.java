///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw test [partie]... [classe]...

//JAVA 25+
//DEPS org.junit.jupiter:junit-jupiter:5.14.4
//DEPS org.junit.platform:junit-platform-launcher:1.14.4
//DEPS org.zeromq:jeromq:0.6.0
//DEPS com.google.code.gson:gson:2.14.0
//DEPS org.seleniumhq.selenium:selenium-chrome-driver:4.52.0
//DEPS org.seleniumhq.selenium:selenium-support:4.52.0
//DEPS org.languagetool:language-fr:6.8
//DEPS org.slf4j:slf4j-nop:2.0.20
//SOURCES TestReport.java ../tools/Setup.java
//SOURCES ../tools/*.java ../cli/*.java ../bench/*.java
//SOURCES ../asynchelpers/*.java ../display/*.java
//SOURCES ../kernel/Kernel.java
//SOURCES ../lessons/*.java ../lessons/files/*.java
//SOURCES *.java */*.java */*/*.java
package tests;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import cli.Arguments;
import cli.Command;
import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import tools.Course;
import tools.Setup;

/** Prouve le cours : prépare ce qui manque, exécute les tests de src/tests avec JUnit, partie par partie, et compte. */
public final class Test {

    private static final String HELP = """
            Usage : ./jbangw test [--lesson NN] [partie]... [classe]...

            Prépare ce qui manque, puis vérifie tout le cours, ou seulement les parties nommées :
              %s

              classe       une classe de test, de ces parties ou de toutes : ThrottleTest, ou 'Throttle*'
              --lesson NN  dans les tests communs aux leçons et dans french, seulement celle-ci : --lesson 05 'Course*'

            Le code de sortie est 0 quand tout ce qui a été exécuté a réussi.
            """;

    /** Une durée assez longue pour une machine chargée : elle ne sert qu'à ne jamais attendre sans fin. */
    private static final String DEFAULT_TIMEOUT = "180 s";

    private static final Pattern PACKAGE = Pattern.compile("^package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE);

    private Test() {}

    /** Une partie des tests : son nom sur la ligne de commande, et ses dossiers dans src/tests. */
    private enum Part {
        HELPERS("asynchelpers", "display"), SNIPPETS("examples"), TOOLS("tools", "bench", "hub", "cli"), FRENCH("french"), KERNEL("kernel"),
        NOTEBOOKS("lessons"), BROWSER("browser");

        final List<String> folders;

        Part(String... folders) {
            this.folders = List.of(folders);
        }

        @Override
        public String toString() {
            return name().toLowerCase();
        }

        static Part named(String name) throws UserError {
            for (var part : values()) if (part.toString().equals(name)) return part;
            throw UserError.usage("Partie inconnue : « " + name + " ». Les parties sont : " + list() + ".");
        }

        static String list() {
            return Arrays.stream(values()).map(Part::toString).collect(Collectors.joining(", "));
        }
    }

    public static void main(String... args) {
        Command.run(HELP.formatted(Part.list()), args, arguments -> {
            var report = new TestReport(System.out);
            run(Choice.of(arguments), report);
            System.exit(report.allGood() ? 0 : 1);  // exit : un thread oublié n'empêche pas la fin
        });
    }

    /** Ce que l'utilisateur a demandé : des parties, et peut-être des classes, sous forme de motifs. */
    private record Choice(EnumSet<Part> parts, List<String> patterns, String lesson) {

        static Choice of(Arguments arguments) throws UserError {
            var lesson = lesson(arguments.option("--lesson"));
            var parts = EnumSet.noneOf(Part.class);
            var patterns = new ArrayList<String>();
            for (var word : arguments.rest()) {
                if (word.matches(".*\\*.*|\\p{Lu}.*")) patterns.add(word);
                else parts.add(Part.named(word));
            }
            return new Choice(parts.isEmpty() ? EnumSet.allOf(Part.class) : parts, patterns, lesson);
        }

        /** Le début du nom d'un notebook, ou rien pour toutes les leçons. */
        private static String lesson(Optional<String> number) throws UserError {
            if (number.isEmpty() || number.get().matches("\\d\\d.*")) return number.orElse("");
            throw UserError.usage("Après --lesson, il faut le numéro d'une leçon, par exemple --lesson 02.");
        }

        boolean includes(String className) {
            return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> matches(pattern, className));
        }

        private static boolean matches(String pattern, String className) {
            var simpleName = className.substring(className.lastIndexOf('.') + 1);
            return simpleName.matches(("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q"));
        }
    }

    private static void run(Choice choice, TestReport report) throws Exception {
        var course = Course.find();
        if (!hasLesson(course, choice.lesson()))
            throw UserError.usage("Aucun notebook du cours ne commence par « " + choice.lesson() + " ».");
        var classes = new EnumMap<Part, List<String>>(Part.class);
        for (var part : choice.parts()) {
            var found = new ArrayList<String>();
            for (var folder : part.folders) found.addAll(testClasses(course.home().resolve("src/tests").resolve(folder)));
            var chosen = found.stream().filter(choice::includes).toList();
            if (!chosen.isEmpty() || choice.patterns().isEmpty()) classes.put(part, chosen);
        }
        if (classes.isEmpty())
            throw UserError.usage("Aucune classe de test ne s'appelle ainsi : " + String.join(", ", choice.patterns()) + ".");

        System.setProperty("course.lesson", choice.lesson());
        if (needSetup(classes.keySet())) Setup.prepare(course);
        for (var part : classes.entrySet()) {
            report.startPart(part.getKey().toString());
            run(part.getValue(), report);
        }
        report.printSummary();
    }

    private static boolean hasLesson(Course course, String prefix) throws IOException {
        try (var files = Files.list(course.home().resolve("notebooks"))) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith(prefix));
        }
    }

    /** Les aides et les extraits se passent de Jupyter : leurs tests aussi. */
    private static boolean needSetup(Collection<Part> parts) {
        return !EnumSet.of(Part.HELPERS, Part.SNIPPETS, Part.FRENCH).containsAll(parts);
    }

    private static void run(List<String> classNames, TestReport report) {
        if (classNames.isEmpty()) {
            report.addFailure("aucun test dans cette partie", null);
            return;
        }
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(classNames.stream().map(name -> selectClass(name)).toList())
                .configurationParameter("junit.jupiter.execution.timeout.default", DEFAULT_TIMEOUT)
                // un test bloqué là où l'interruption ne fait rien est abandonné, au lieu de bloquer les suivants
                .configurationParameter("junit.jupiter.execution.timeout.thread.mode.default", "SEPARATE_THREAD")
                // les classes qui le demandent (@Execution) avancent à deux : une leçon attend plus qu'elle ne calcule
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.max-pool-size", "2")
                // un test mal déclaré (privé, statique...) serait ignoré sans bruit
                .configurationParameter("junit.platform.discovery.issue.severity.critical", "INFO")
                .build();
        try {
            LauncherFactory.create().execute(request, report);
        } catch (RuntimeException e) {
            report.addFailure("recherche des tests", e);
        }
    }

    /** Les classes de test d'un dossier, lues dans les sources : une classe absente du programme sera un échec. */
    private static List<String> testClasses(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (var files = Files.walk(folder)) {
            var sources = files.filter(file -> file.toString().endsWith("Test.java")).sorted().toList();
            return sources.stream().map(Test::className).toList();
        }
    }

    private static String className(Path source) {
        var simpleName = source.getFileName().toString().replace(".java", "");
        try {
            var matcher = PACKAGE.matcher(Files.readString(source));
            return matcher.find() ? matcher.group(1) + "." + simpleName : simpleName;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
