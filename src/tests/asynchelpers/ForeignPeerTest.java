package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** L'écho face à des programmes que personne ici n'a écrits : socat et ncat, installés si la machine le permet. */
@DisplayName("Écho avec socat et ncat")
@Timeout(60)
class ForeignPeerTest {

    private static final byte[] MESSAGE = new byte[5_000_000];

    @TempDir
    private Path folder;

    @BeforeAll
    @Timeout(300)
    static void installTools() throws Exception {
        new Random(1).nextBytes(MESSAGE);
        var isRoot = System.getProperty("user.name").equals("root");
        if (!(isInstalled("socat") && isInstalled("ncat")) && isRoot && isInstalled("apt-get")) {
            quietly("apt-get", "-qq", "update");
            quietly("apt-get", "-qq", "install", "-y", "--no-install-recommends", "socat", "ncat");
        }
    }

    /** Un échec laisse le programme absent : ce sont les tests qui le diront. */
    private static void quietly(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        waitOrKill(builder.start(), 140);
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static List<List<String>> clients() {
        return List.of(
                List.of("socat", "-t", "30", "-", "TCP:127.0.0.1:PORT"),
                List.of("ncat", "127.0.0.1", "PORT"));
    }

    @ParameterizedTest(name = "notre serveur renvoie 5 Mo à {0}")
    @MethodSource("clients")
    void ourServer(List<String> command) throws Exception {
        var input = Files.write(folder.resolve("input"), MESSAGE);
        var output = folder.resolve("output");
        try (var server = EchoServer.start(0)) {
            var process = start(command, server.port(), builder -> builder.redirectInput(input.toFile()).redirectOutput(output.toFile()));
            assertEquals(0, waitOrKill(process, 45));
        }
        assertArrayEquals(MESSAGE, Files.readAllBytes(output));
    }

    /** Pas de {@code ncat -e /bin/cat} ici : il oublie ce que cat n'a pas encore rendu quand le client ferme son envoi. */
    static List<List<String>> servers() {
        return List.of(
                List.of("socat", "-t", "30", "TCP-LISTEN:PORT,bind=127.0.0.1,reuseaddr,fork", "EXEC:cat"),
                List.of("socat", "-t", "30", "TCP-LISTEN:PORT,bind=127.0.0.1,reuseaddr,fork", "PIPE"));
    }

    @ParameterizedTest(name = "{0} renvoie 5 Mo à notre client")
    @MethodSource("servers")
    void ourClient(List<String> command) throws Exception {
        var port = freePort();
        var process = start(command, port, builder -> {});
        try {
            Wait.until(() -> isListening(port) || !process.isAlive());
            try (var client = EchoClient.connect(port)) {
                assertArrayEquals(MESSAGE, client.echo(MESSAGE));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    @Test
    @DisplayName("socat arrêté en plein échange : notre client finit par une erreur claire")
    void foreignServerDies() throws Exception {
        var port = freePort();
        // un serveur qui lit, ne répond rien, et que l'on arrête
        var process = start(List.of("socat", "-u", "TCP-LISTEN:PORT,bind=127.0.0.1,reuseaddr", "STDOUT"), port,
                builder -> builder.redirectOutput(ProcessBuilder.Redirect.PIPE));
        Wait.until(() -> isOpen(port) || !process.isAlive());
        try (var client = EchoClient.connect(port)) {
            var echo = new FutureTask<>(() -> assertThrows(IOException.class, () -> client.echo("Hey")));
            Thread.ofVirtual().start(echo);
            process.getInputStream().readNBytes(3);
            process.destroyForcibly();
            assertTrue(echo.get().getMessage().startsWith("Le serveur a"), echo.get().getMessage());
        } finally {
            process.destroyForcibly();
        }
    }

    private interface Setting {
        void apply(ProcessBuilder builder);
    }

    private static Process start(List<String> command, int port, Setting setting) throws IOException {
        assumeTrue(isInstalled(command.getFirst()), command.getFirst() + " manque : installez-le pour ce test");
        var words = command.stream().map(word -> word.replace("PORT", String.valueOf(port))).toList();
        var builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        setting.apply(builder);
        return builder.start();
    }

    private static int waitOrKill(Process process, int seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) process.destroyForcibly();
        return process.waitFor();
    }

    private static boolean isListening(int port) throws IOException {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Sans s'y connecter, car ce serveur ne sert qu'un client : le port est-il occupé ? */
    private static boolean isOpen(int port) throws IOException {
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return false;
        } catch (java.net.BindException e) {
            return true;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
