package kernel;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Le noyau lancé d'avance : {@code kernel.Kernel --spare}. Ce que Jupyter en fait est dans tests/tools/SpareTest. */
@DisplayName("Noyau de réserve")
@Timeout(600)
class SpareTest {
    @TempDir
    Path folder;

    private KernelProcess spare(Map<String, String> environment) throws Exception {
        return new KernelProcess(folder.resolve("connection.json"), folder, environment, KernelProcess::asSpare);
    }

    @Test
    @DisplayName("la répétition ne laisse rien : ni numéro, ni variable, ni historique, ni sortie, ni fichier")
    void noTrace() throws Exception {
        try (var client = KernelClient.startSpare(folder, KernelProcess.newConnection(), KernelProcess::awaitRehearsed)) {
            assertEquals(1, client.kernel().temporaryFiles().size(), "un dossier temporaire, celui de la session");
            var first = client.run("1 + 1");
            assertEquals(1, first.number());
            assertEquals(List.of("result:2"), first.story());
            for (var name : List.of("count0", "twice0(1)", "Account0.class", "Point0.class"))
                assertTrue(client.fails(name).traceback().toString().contains("cellule ["), name);
            assertFalse(client.complete("Accou", 5).getAsJsonArray("matches").toString().contains("Account0"));
            assertEquals(1, client.ask("history_request", "hist_access_type", "range", "session", 0, "start", 1, "stop", 2)
                    .getAsJsonArray("history").size());
            assertFalse(Files.readString(folder.resolve("history.jsonl")).contains("ligne 0"));
            assertEquals("1",
                    client.value("Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals(\"cellule\")).count()"));
            assertEquals(List.of(), client.unrelated().messages("stream"));
            client.shutdown(false);
            assertEquals(0, client.kernel().exitCode());
            assertEquals(List.of(), client.kernel().temporaryFiles());
            assertEquals("", client.kernel().log());
        }
    }

    @Test
    @DisplayName("venu de la réserve, un noyau fait tout ce que fait un autre, sockets chiffrés compris")
    void likeAnyOther() throws Exception {
        try (var client = KernelClient.startSpare(folder, KernelProcess.newEncryptedConnection(), KernelProcess::awaitRehearsed)) {
            client.ok("import java.util.zip.*;\nint few = 20;\nint twice(int x) { return 2 * x; }\nrecord Place(int row) { }");
            assertEquals("42", client.value("twice(few) + List.of(1, 2).size()"));
            client.ok("int twice(int x) { return x + x + 1; }");
            assertEquals("41", client.value("twice(few)"));
            assertEquals("Place[row=3]", client.value("new Place(3)"));
            assertTrue(client.complete("Math.floorM", 11).getAsJsonArray("matches").toString().contains("floorMod("));
            assertTrue(client.complete("java.util.concurrent.loc", 24).getAsJsonArray("matches").toString().contains("locks"));
            assertTrue(client.inspect("Math.floorMod(1, 2)", 13).get("found").getAsBoolean());
            var late = client.ok("Thread.startVirtualThread(() -> System.out.println(\"tard\")).join();");
            assertEquals(List.of("stdout:tard\n"), late.story());
            var endless = client.execute("{ System.out.println(\"parti\"); while (true) { } }").awaitStart();
            client.interrupt();
            assertEquals("error", endless.done().status());
        }
    }

    @Test
    @DisplayName("demandé avant la fin de sa répétition, il l'abrège et répond")
    void wantedAtOnce() throws Exception {
        try (var client = KernelClient.startSpare(folder, KernelProcess.newConnection(), _ -> {})) {
            assertEquals("2", client.value("1 + 1"));
            client.shutdown(false);
            assertEquals(0, client.kernel().exitCode());
            assertEquals(List.of(), client.kernel().temporaryFiles());
            assertEquals("", client.kernel().log());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("tant qu'il attend, il n'ouvre aucun port ; la fin de son entrée le congédie, et il ne laisse rien")
    void dismissed() throws Exception {
        try (var kernel = spare(Map.of())) {
            kernel.awaitRehearsed();
            var ports = ports(kernel.process().pid());
            try (var files = Files.list(Path.of("/proc", String.valueOf(kernel.process().pid()), "fd"))) {
                for (var file : files.toList())
                    assertFalse(ports.contains(Files.readSymbolicLink(file).toString()), "un port est ouvert");
            }
            kernel.process().getOutputStream().close();
            assertEquals(0, kernel.exitCode());
            assertEquals(List.of(), kernel.temporaryFiles());
            assertEquals("", kernel.log());
        }
    }

    /** Les sockets TCP que voit ce processus, ouverts par lui ou par un autre, comme {@code /proc} les nomme. */
    private static Set<String> ports(long pid) throws Exception {
        var sockets = new HashSet<String>();
        for (var family : List.of("tcp", "tcp6"))
            for (var line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "net", family)))
                sockets.add("socket:[" + line.strip().split("\\s+")[9] + "]");
        return sockets;
    }

    @Test
    @DisplayName("congédié ou fini par un signal pendant sa répétition, il ne laisse rien non plus")
    void dismissedEarly() throws Exception {
        try (var kernel = spare(Map.of())) {
            kernel.process().getOutputStream().close();
            assertEquals(0, kernel.exitCode());
            assertEquals(List.of(), kernel.temporaryFiles());
        }
        try (var kernel = spare(Map.of())) {
            while (kernel.process().isAlive() && kernel.temporaryFiles().isEmpty()) Thread.onSpinWait();
            kernel.process().destroy();
            kernel.exitCode();
            assertEquals(List.of(), kernel.temporaryFiles());
        }
    }

    @Test
    @DisplayName("il finit avec le processus qui l'a lancé, même si son entrée reste ouverte")
    void endsWithItsParent() throws Exception {
        var parent = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-m", "jdk.httpserver", "-p", "0", "-b",
                "127.0.0.1").redirectErrorStream(true).redirectOutput(folder.resolve("parent.log").toFile()).start();
        try (var kernel = spare(Map.of("JPY_PARENT_PID", String.valueOf(parent.pid())))) {
            kernel.awaitRehearsed();
            parent.destroyForcibly().waitFor();
            assertEquals(0, kernel.exitCode());
            assertEquals(List.of(), kernel.temporaryFiles());
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    @DisplayName("un fichier de connexion qui n'existe pas : une phrase, code 1")
    void missingFile() throws Exception {
        try (var kernel = spare(Map.of())) {
            kernel.order(folder.resolve("absent.json").toString());
            assertEquals(1, kernel.exitCode());
            assertTrue(kernel.log().strip().matches(".*absent\\.json.*n'existe pas\\."), kernel.log());
            assertEquals(List.of(), kernel.temporaryFiles());
        }
    }
}
