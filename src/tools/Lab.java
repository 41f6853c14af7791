///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw lab

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES Setup.java LabServer.java Projection.java
package tools;

import cli.Command;
import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Ouvre le cours : prépare ce qui manque, démarre JupyterLab sur cette machine seulement, et l'arrête à Ctrl-C. */
public final class Lab {
    private static final String HELP = """
            Usage : ./jbangw lab [--projector] [--slides] [--no-browser] [--no-spare] [--port N] [notebook]

            Ouvre le cours dans JupyterLab, après avoir préparé ce qui manque. Ctrl-C ferme tout.

              notebook      le notebook à ouvrir (sans lui : notebooks/01-premiers-threads.ipynb)
              --projector   pour un projecteur : grands caractères, une seule feuille, les lignes tardives en bas
                            de l'écran ; on y travaille sur une copie, dans build/
              --slides      de même, une idée à la fois ; Espace passe à la suivante, Maj-Entrée exécute
              --no-browser  n'ouvre pas le navigateur : l'adresse à y copier est affichée
              --no-spare    sans noyau de réserve : une centaine de Mo de moins, mais un noyau démarre moins vite
              --port N      le port à essayer en premier (8888) ; s'il est pris, le suivant est essayé
            """;
    private static final String FIRST_LESSON = "notebooks/01-premiers-threads.ipynb";

    private Lab() {}

    /** Ce que l'utilisateur a demandé. */
    private record Options(boolean projector, boolean slides, boolean browser, boolean spare, int port, Optional<String> notebook) {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var slides = arguments.flag("--slides");
            var projector = arguments.flag("--projector") || slides;
            var browser = !arguments.flag("--no-browser");
            var spare = !arguments.flag("--no-spare");
            var port = arguments.numberOption("--port", 1, 65535, 8888);
            var notebook = arguments.text();
            arguments.end();
            open(Course.find(), new Options(projector, slides, browser, spare, port, notebook));
        });
    }

    private static void open(Course course, Options options) throws Exception {
        var notebook = options.notebook().isPresent() ? find(course, options.notebook().get()) : course.home().resolve(FIRST_LESSON);
        Setup.prepare(course);
        var server = options.projector() ? project(course, options, notebook)
                : start(course, options, page(course, "/lab", notebook), course.venv().resolve("jupyter/settings"));
        System.out.println(Console.french("Le cours est ouvert : ") + server.address());
        System.out.println(Console.french("Pour le fermer : Ctrl-C."));
        server.await();
    }

    private static LabServer project(Course course, Options options, Path notebook) throws Exception {
        var projection = new Projection(course);
        var copy = projection.copy(notebook);
        System.out.println(Console.french("Vous projetez une copie : ce que vous y écrirez restera dans build/, le cours ne change pas."));
        return start(course, options, page(course, "/doc", copy), projection.settings(options.slides()));
    }

    /** Un port libre à l'instant peut être pris juste après : le serveur a le dernier mot, on essaie le suivant. */
    private static LabServer start(Course course, Options options, URI page, Path settings) throws Exception {
        for (var port = freePort(options.port());; port = freePort(port + 1)) {
            if (port != options.port()) {
                System.out.println(Console.french("Le port " + options.port() + " est pris : ce sera le " + port + "."));
            }
            var chosen = port;
            var server =
                    Console.step("JupyterLab", () -> LabServer.start(course, chosen, page, settings, options.browser(), options.spare()));
            if (server.isPresent()) return server.get();
        }
    }

    private static int freePort(int first) throws UserError {
        for (var port = first; port <= 65535; port++) {
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // Pris, ou réservé au système : le suivant.
            }
        }
        throw UserError.failed("Aucun port libre à partir de " + first + " : choisissez-en un plus petit après --port.");
    }

    /** @return l'adresse, dans JupyterLab, de ce notebook ; JupyterLab seul si le notebook n'est pas là */
    private static URI page(Course course, String mode, Path notebook) throws Exception {
        if (!Files.exists(notebook)) return URI.create("/lab");
        var inside = course.home().relativize(notebook).toString().replace('\\', '/');
        return URI.create(new URI(null, null, mode + "/tree/" + inside, null).toASCIIString());
    }

    private static Path find(Course course, String name) throws IOException, UserError {
        for (var folder : List.of(Path.of("").toAbsolutePath(), course.home(), course.home().resolve("notebooks"))) {
            for (var suffix : List.of("", ".ipynb")) {
                var path = folder.resolve(name + suffix).normalize();
                if (Files.isRegularFile(path) && path.toRealPath().startsWith(course.home().toRealPath())) {
                    return course.home().toRealPath().equals(course.home()) ? path.toRealPath() : path;
                }
            }
        }
        throw UserError.usage("Pas de notebook « " + name + " » dans le cours. Il y a : " + notebooks(course) + ".");
    }

    private static String notebooks(Course course) throws IOException {
        try (var files = Files.list(course.home().resolve("notebooks"))) {
            return String.join(", ", files.map(f -> "notebooks/" + f.getFileName())
                    .filter(f -> f.endsWith(".ipynb")).sorted().toList());
        }
    }
}
