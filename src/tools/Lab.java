///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw lab

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES *.java ../cli/*.java
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
            Usage : ./jbangw lab [--no-browser] [--port N] [notebook]

            Ouvre le cours dans JupyterLab, après avoir préparé ce qui manque. Ctrl-C ferme tout.

              notebook      le notebook à ouvrir (sans lui : notebooks/01-premiers-threads.ipynb)
              --no-browser  n'ouvre pas le navigateur : l'adresse à y copier est affichée
              --port N      le port à essayer en premier (8888) ; s'il est pris, le suivant l'est
            """;
    private static final String FIRST_LESSON = "notebooks/01-premiers-threads.ipynb";

    private Lab() {}

    /** Ce que l'utilisateur a demandé. */
    private record Options(boolean browser, int port, Optional<String> notebook) {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var browser = !arguments.flag("--no-browser");
            var port = arguments.numberOption("--port", 1, 65535, 8888);
            var notebook = arguments.text();
            arguments.end();
            open(Course.find(), new Options(browser, port, notebook));
        });
    }

    private static void open(Course course, Options options) throws Exception {
        var page = page(course, options.notebook());
        Setup.prepare(course);
        var server = start(course, options, page);
        System.out.println(Console.french("Le cours est ouvert : ") + server.address());
        System.out.println(Console.french("Pour le fermer : Ctrl-C."));
        server.await();
    }

    /** Un port libre à l'instant peut être pris juste après : le serveur a le dernier mot, on essaie le suivant. */
    private static LabServer start(Course course, Options options, URI page) throws Exception {
        for (var port = freePort(options.port());; port = freePort(port + 1)) {
            if (port != options.port()) {
                System.out.println(Console.french("Le port " + options.port() + " est pris : ce sera le " + port + "."));
            }
            var chosen = port;
            var server = Console.step("JupyterLab", () -> LabServer.start(course, chosen, page, options.browser()));
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

    /** @return l'adresse, dans JupyterLab, du notebook demandé ; JupyterLab seul si la première leçon n'est pas là */
    private static URI page(Course course, Optional<String> notebook) throws Exception {
        var path = notebook.isPresent() ? find(course, notebook.get()) : course.home().resolve(FIRST_LESSON);
        if (!Files.exists(path)) return URI.create("/lab");
        var inside = course.home().relativize(path).toString().replace('\\', '/');
        return URI.create(new URI(null, null, "/lab/tree/" + inside, null).toASCIIString());
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
