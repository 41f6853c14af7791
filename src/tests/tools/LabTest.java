package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("lab")
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LabTest {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)(/\\S*)\\?token=(\\w+)");

    /** Un vrai « ./jbangw lab » en marche, et ce qu'il a affiché jusqu'à son adresse. */
    private record RunningLab(Process process, String output, int port, String page, String token) implements AutoCloseable {

        static RunningLab start(String... args) throws IOException {
            return start(Map.of(), args);
        }

        static RunningLab start(Map<String, String> environment, String... args) throws IOException {
            var command = new ArrayList<>(List.of(new Course(Shell.course()).python().toString(), "-c",
                    // Un programme lancé en arrière-plan ignore Ctrl-C et le transmet à ses enfants : rétabli ici.
                    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
                    Shell.jbangw(), "lab", "--no-browser"));
            command.addAll(List.of(args));
            var process = Shell.builder(Shell.course(), environment, command.toArray(String[]::new)).start();
            return read(process, process.inputReader());
        }

        private static RunningLab read(Process process, BufferedReader lines) throws IOException {
            var output = new StringBuilder();
            for (String line; (line = lines.readLine()) != null;) {
                output.append(line).append('\n');
                var address = ADDRESS.matcher(line);
                if (address.find()) {
                    return new RunningLab(process, output.toString(), Integer.parseInt(address.group(1)),
                            address.group(2), address.group(3));
                }
            }
            throw new AssertionError("lab s'est arrêté sans donner d'adresse :\n" + output);
        }

        HttpResponse<String> ask(String path, String token, HttpRequest.BodyPublisher body) throws Exception {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
            if (token != null) request.header("Authorization", "token " + token);
            if (body != null) request.POST(body);
            try (var client = HttpClient.newHttpClient()) {
                return client.send(request.build(), BodyHandlers.ofString());
            }
        }

        String get(String path) throws Exception {
            var answer = ask(path, token, null);
            assertEquals(200, answer.statusCode(), path + " : " + answer.body());
            return answer.body();
        }

        /** @return le fichier de connexion de ce noyau */
        Path startKernel() throws Exception {
            var answer = ask("/api/kernels", token, BodyPublishers.ofString("{\"name\": \"java\"}"));
            assertEquals(201, answer.statusCode());
            var id = JsonParser.parseString(answer.body()).getAsJsonObject().get("id").getAsString();
            return Shell.course().resolve(".venv/jupyter/runtime/kernel-" + id + ".json");
        }

        /** Le lab, son serveur et les noyaux de celui-ci. */
        List<ProcessHandle> family() {
            var all = new ArrayList<>(process.descendants().toList());
            all.add(process.toHandle());
            return all;
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("ouvre la leçon en français, pour qui a le jeton seulement, sur le port suivant si le premier est pris")
    void opensTheLesson(@TempDir Path mine) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
             var lab = RunningLab.start(anotherJupyter(mine), "--port", String.valueOf(taken.getLocalPort()))) {
            assertNotEquals(taken.getLocalPort(), lab.port());
            assertTrue(lab.output().contains("Le port " + taken.getLocalPort() + " est pris"), lab.output());
            assertEquals("/lab/tree/notebooks/01-premiers-threads.ipynb", lab.page());

            assertLoopbackOnly(lab.port());
            assertEquals(403, lab.ask("/api/contents", null, null).statusCode());
            assertEquals(403, lab.ask("/api/contents", "0123456789", null).statusCode());
            lab.get("/api/contents/notebooks/01-premiers-threads.ipynb?content=0");
            lab.get(lab.page());

            assertTrue(setting(lab, "@jupyterlab/translation-extension:plugin").contains("\"locale\": \"fr_FR\""));
            assertTrue(lab.get("/lab/api/translations/fr_FR").contains("\"Fichier\""));
            assertTrue(setting(lab, "@jupyterlab/apputils-extension:notification").contains("\"fetchNews\": \"false\""));
            assertTrue(lab.get("/api/kernelspecs").contains("Java (asynchrone)"));
        }
    }

    @Test
    @DisplayName("les sockets d'un noyau sont chiffrés, et leurs clés lisibles de leur propriétaire seul")
    void encryptedKernel() throws Exception {
        try (var lab = RunningLab.start()) {
            var connection = lab.startKernel();
            assertTrue(Files.readString(connection).contains("\"curve_secretkey\""), connection::toString);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(connection)));
            OtherUser.assumeAvailable();
            assertNotEquals(0, OtherUser.run("cat", connection.toString()).exitCode());
        }
    }

    /** L'utilisateur a un autre noyau « java » et exige un mot de passe de ses serveurs : cela ne regarde pas le cours. */
    private static Map<String, String> anotherJupyter(Path folder) throws IOException {
        var kernel = Files.createDirectories(folder.resolve("kernels/java"));
        Files.writeString(kernel.resolve("kernel.json"), """
                {"argv": ["false", "{connection_file}"], "display_name": "Un autre Java", "language": "java"}
                """);
        Files.writeString(folder.resolve("jupyter_server_config.py"), """
                c.PasswordIdentityProvider.password_required = True
                c.KernelSpecManager.allowed_kernelspecs = {"python3"}
                """);
        return Map.of("JUPYTER_PATH", folder.toString(), "JUPYTER_CONFIG_PATH", folder.toString());
    }

    /** Le schéma que JupyterLab reçoit, où les valeurs par défaut sont celles du cours. */
    private static String setting(RunningLab lab, String plugin) throws Exception {
        var schema = JsonParser.parseString(lab.get("/lab/api/settings/" + plugin)).getAsJsonObject().getAsJsonObject("schema");
        var found = new StringBuilder();
        schema.getAsJsonObject("properties").asMap().forEach(
                (name, value) -> found.append('"').append(name).append("\": ").append(value.getAsJsonObject().get("default")).append('\n'));
        return found.toString();
    }

    /** Aucune autre adresse de la machine ne mène au serveur. */
    private static void assertLoopbackOnly(int port) throws Exception {
        for (var network : NetworkInterface.networkInterfaces().toList()) {
            for (var address : network.inetAddresses().filter(a -> !a.isLoopbackAddress()).toList()) {
                assertThrows(IOException.class, () -> {
                    try (var socket = new Socket()) {
                        socket.connect(new InetSocketAddress(address, port), 2000);
                    }
                }, "le serveur répond sur " + address);
            }
        }
    }

    @Test
    @DisplayName("Ctrl-C arrête tout : le serveur et les noyaux")
    void interruptStopsEverything() throws Exception {
        try (var lab = RunningLab.start()) {
            lab.startKernel();
            var family = lab.family();
            assertTrue(family.size() >= 3, "lab, serveur et noyau attendus : " + family);
            assertEquals(0, new ProcessBuilder("kill", "-INT", String.valueOf(lab.process().pid())).start().waitFor());
            allGone(family);
        }
    }

    @Test
    @DisplayName("tué sans préavis, il ne laisse ni serveur ni noyau")
    void killedItLeavesNothing() throws Exception {
        try (var lab = RunningLab.start()) {
            lab.startKernel();
            var family = lab.family();
            lab.process().destroyForcibly();
            allGone(family);
        }
    }

    private static void allGone(List<ProcessHandle> family) {
        var exits = family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(exits).orTimeout(60, TimeUnit.SECONDS).join();
        assertFalse(family.stream().anyMatch(ProcessHandle::isAlive));
    }

    @Test
    @DisplayName("une option inconnue, un port impossible, un notebook absent : une phrase et le code 2")
    void badArguments() throws Exception {
        for (var bad : List.of(List.of("--prot"), List.of("--port", "cent"), List.of("--port", "70000"),
                List.of("--port"), List.of("nulle-part"))) {
            var command = new ArrayList<>(List.of(Shell.jbangw(), "lab"));
            command.addAll(bad);
            var result = Shell.run(Shell.course(), Map.of(), command.toArray(String[]::new));
            assertEquals(2, result.exitCode(), bad + " : " + result);
            assertEquals(1, result.err().lines().filter(line -> !line.startsWith("[jbang]")).count(), result.err());
            assertFalse(result.err().contains("Exception"), result.err());
        }
    }
}
