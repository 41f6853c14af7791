///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw page 05-fichiers

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES Setup.java
package tools;

import cli.Command;
import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Fait de chaque leçon une page à emporter : exécutée, lignes tardives comprises, lisible sans réseau, sur un téléphone ou sur papier. */
public final class Page {
    private static final String HELP = """
            Usage : ./jbangw page [--publish] [leçon]...

            Exécute les leçons et en fait des pages HTML, dans build/page ; sans nom de leçon, index.html mène
            à toutes. Elles s'ouvrent sans réseau, et n'ont besoin de rien d'autre.

              leçon      son nom, ou le début : 05-fichiers, ou 05 ; sans lui, toutes
              --publish  les range dans build/site, prêtes pour un hébergeur de pages
            """;
    private static final Pattern TITLE = Pattern.compile("\"# ([^\"\\\\]+)");
    private static final Pattern FAILED = Pattern.compile("(?m)^en erreur : (\\S+)$");
    private static final Exclusive PAGES = new Exclusive("page", "D'autres pages sont en cours, attente de leur fin",
            "Interrompu : les pages déjà faites restent.");

    private Page() {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var publish = arguments.flag("--publish");
            var lessons = arguments.rest();
            make(Course.find(), lessons, publish);
        });
    }

    private static void make(Course course, List<String> chosen, boolean publish) throws Exception {
        var lessons = lessons(course, chosen);
        Setup.prepare(course);
        var folder = Files.createDirectories(course.build().resolve(publish ? "site" : "page"));
        var failed = new ArrayList<String>();
        PAGES.run(course, commands -> {
            for (var lesson : lessons) Console.step(name(lesson), () -> failed.addAll(makeOne(course, commands, lesson, folder)));
        });
        if (publish) Files.writeString(folder.resolve(".nojekyll"), "");        // l'hébergeur sert les fichiers tels quels
        if (!failed.isEmpty())
            throw UserError.failed("Des cellules ont échoué, et leur page le montre : " + String.join(", ", failed) + ".");
        System.out.println(Console.french("À ouvrir : ") + folder.resolve(page(lessons.getFirst())));
    }

    /** @return les cellules en erreur */
    private static List<String> makeOne(Course course, Commands commands, Path lesson, Path folder) throws Exception {
        var tools = course.home().resolve("src/tools/page");
        var result = commands.run(List.of(course.python().toString(), "-I", tools.resolve("page.py").toString(),
                course.kernelspec("java").getParent().toString(), lesson.toString(), folder.resolve(page(lesson)).toString(),
                tools.resolve("page.css").toString(), title(lesson)));
        if (!result.ok())
            throw UserError.failed("La page de " + name(lesson) + " n'a pas pu être faite : le détail est dans build/page.log.");
        return FAILED.matcher(result.output()).results().map(cell -> name(lesson) + " (" + cell.group(1) + ")").toList();
    }

    private static List<Path> lessons(Course course, List<String> chosen) throws IOException, UserError {
        try (var files = Files.list(course.home().resolve("notebooks"))) {
            var all = files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList();
            if (chosen.isEmpty()) return all;
            var found = new ArrayList<Path>();
            for (var start : chosen) {
                var name = Path.of(start).getFileName().toString().replaceFirst("\\.ipynb$", "");
                var matching = all.stream().filter(file -> name(file).startsWith(name)).toList();
                if (matching.isEmpty())
                    throw UserError.usage("Aucune leçon ne commence par « " + start + " ». Il y a : "
                            + String.join(", ", all.stream().map(Page::name).toList()) + ".");
                found.addAll(matching);
            }
            return found;
        }
    }

    private static String name(Path lesson) {
        return lesson.getFileName().toString().replaceFirst("\\.ipynb$", "");
    }

    /** Le sommaire est la page que l'on ouvre en premier. */
    private static String page(Path lesson) {
        return (name(lesson).startsWith("00-") ? "index" : name(lesson)) + ".html";
    }

    private static String title(Path lesson) throws IOException {
        return Optional.of(TITLE.matcher(Files.readString(lesson))).filter(matcher -> matcher.find()).map(matcher -> matcher.group(1))
                .orElse(name(lesson)).replaceFirst("\\\\n$", "");
    }
}
