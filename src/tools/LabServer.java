package tools;

import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Un JupyterLab en marche, joignable de cette machine seulement et par qui connaît son jeton. Fermer son entrée
 * standard est l'ordre d'arrêt (voir {@code lab.py}) : il part donc aussi quand ce programme est tué.
 */
final class LabServer {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(15);

    private final Process process;
    private final String token;
    private final int port;
    private final URI page;
    private volatile boolean opened;

    private LabServer(Process process, int port, String token, URI page) {
        this.process = process;
        this.port = port;
        this.token = token;
        this.page = page;
    }

    /**
     * @param settings le dossier des réglages de JupyterLab
     * @param spare    vrai pour qu'un noyau de réserve attende, prêt, qu'on en demande un
     * @return le serveur, prêt à répondre ; rien si le port vient d'être pris par un autre programme
     */
    static Optional<LabServer> start(Course course, int port, URI page, Path settings, boolean browser, boolean spare) throws Exception {
        var token = newToken();
        Files.createDirectories(course.build());
        var log = course.build().resolve("lab-" + port + ".log");
        var server = new LabServer(launch(course, port, page, settings, browser, spare, token, log), port, token, page);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.opened = server.awaitReady();
        if (server.opened) return Optional.of(server);
        if (Files.readString(log).contains("port %d is already in use".formatted(port))) return Optional.empty();
        server.stop();
        throw UserError.failed("JupyterLab n'a pas démarré : le détail est dans build/" + log.getFileName() + ".");
    }

    /** @return l'adresse à donner au navigateur, jeton compris */
    URI address() {
        return URI.create("http://127.0.0.1:" + port + page + "?token=" + token);
    }

    /** Attend que le serveur finisse : par son menu, ou par la fin de ce programme. */
    void await() throws InterruptedException {
        process.waitFor();
    }

    private static Process launch(Course course, int port, URI page, Path settings, boolean browser, boolean spare, String token, Path log)
            throws IOException {
        var command = new ArrayList<>(List.of(course.python().toString(), "-I",
                course.home().resolve("src/tools/lab.py").toString(),
                String.valueOf(port), course.home().toString(), page.toString()));
        if (!browser) command.add("--no-browser");
        var builder = new ProcessBuilder(command).directory(course.home().toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile());
        var environment = builder.environment();
        environment.put("JUPYTER_TOKEN", token); // pas sur la ligne de commande, que toute la machine peut lire
        environment.put("JUPYTER_PREFER_ENV_PATH", "1");
        if (!spare) environment.put(Provisioner.SWITCH, "0");
        // Les réglages personnels de l'utilisateur ne sont ni lus ni changés, et ses noyaux ne passent pas devant celui du cours.
        environment.keySet().removeAll(List.of("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"));
        for (var kind : List.of("CONFIG", "DATA", "RUNTIME")) {
            environment.put("JUPYTER_" + kind + "_DIR", course.venv().resolve("jupyter").resolve(kind.toLowerCase()).toString());
        }
        environment.put("JUPYTERLAB_SETTINGS_DIR", settings.toString());
        environment.put("JUPYTERLAB_WORKSPACES_DIR", course.venv().resolve("jupyter/workspaces").toString());
        return builder.start();
    }

    private static String newToken() {
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** @return vrai dès que le serveur répond à notre jeton, faux s'il s'est arrêté ou n'est pas prêt à temps */
    private boolean awaitReady() throws InterruptedException {
        var status = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/status"))
                .header("Authorization", "token " + token).timeout(Duration.ofSeconds(5)).build();
        var deadline = System.nanoTime() + START.toNanos();
        try (var client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                if (answers(client, status)) return true;
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) return false;
            }
        }
        return false;
    }

    private static boolean answers(HttpClient client, HttpRequest status) throws InterruptedException {
        try {
            return client.send(status, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false; // pas encore là
        }
    }

    private void close() {
        stop();
        if (opened) System.out.println(Console.french("\nLe cours est fermé."));
    }

    /** Arrête le serveur et ses noyaux ; s'il ne s'en va pas à temps, l'arrête de force. Sans effet la seconde fois. */
    private void stop() {
        if (!process.isAlive()) return;
        var family = process.descendants().toList();
        try {
            process.getOutputStream().close();
            if (process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) return;
        } catch (IOException | InterruptedException _) {
            // Arrêt forcé, ci-dessous.
        }
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
