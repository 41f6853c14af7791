package kernel;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import kernel.protocol.Json;
import org.zeromq.ZMQ;
import tools.Course;
import tools.Folders;

/** Le processus du noyau installé, lancé comme Jupyter le fait : par la commande de son {@code kernel.json}. */
public final class KernelProcess implements AutoCloseable {
    /**
     * En dessous des ports que le système prête aux clients (32768 et plus) : aucun d'eux n'y sera pris entre le moment où il est choisi et
     * celui où le noyau l'ouvre, pas même par le client du test, qui essaie déjà de s'y connecter.
     */
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(ThreadLocalRandom.current().nextInt(LAST_PORT - FIRST_PORT));

    private final Path folder = Files.createTempDirectory("kernel-test-");
    private final Path log = folder.resolve("kernel.log");
    private final Path temporary = Files.createDirectory(folder.resolve("tmp"));
    private final Process process;

    /**
     * Lance le noyau.
     *
     * @param connectionFile le chemin passé au noyau, qui peut ne désigner aucun fichier
     * @param workingFolder  là où serait le notebook
     * @param environment    des variables ajoutées à celles de ce processus
     * @param edit           ce qu'il faut changer dans la commande de {@code kernel.json}
     */
    KernelProcess(Path connectionFile, Path workingFolder, Map<String, String> environment, UnaryOperator<String> edit) throws Exception {
        var command = new ProcessBuilder(argv(connectionFile, workingFolder).stream().map(edit).toList()).directory(workingFolder.toFile());
        command.environment().put("JPY_PARENT_PID", String.valueOf(ProcessHandle.current().pid()));
        command.environment().putAll(environment);
        process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /** La commande de {@code kernel.json}, avec des fichiers temporaires et un historique à part de ceux de l'utilisateur. */
    private List<String> argv(Path connectionFile, Path workingFolder) throws Exception {
        var spec = JsonParser.parseString(Files.readString(Course.find().kernelspec("java").resolve("kernel.json")));
        var argv = new ArrayList<String>();
        for (var argument : spec.getAsJsonObject().getAsJsonArray("argv"))
            argv.add(argument.getAsString().replace("{connection_file}", connectionFile.toString()));
        argv.addAll(1, List.of("-Djava.io.tmpdir=" + temporary, "-Dkernel.history=" + workingFolder.resolve("history.jsonl")));
        return argv;
    }

    /** Un contenu de fichier de connexion, avec cinq ports libres et une clé neuve. */
    static JsonObject newConnection() throws IOException {
        var ports = freePorts(5);
        return Json.object("transport", "tcp", "ip", "127.0.0.1", "shell_port", ports.get(0), "control_port", ports.get(1),
                "stdin_port", ports.get(2), "iopub_port", ports.get(3), "hb_port", ports.get(4),
                "key", UUID.randomUUID().toString(), "signature_scheme", "hmac-sha256", "kernel_name", "java");
    }

    /** De même, avec les clés de CurveZMQ : les sockets du noyau seront chiffrés. */
    static JsonObject newEncryptedConnection() throws IOException {
        var connection = newConnection();
        var keys = ZMQ.Curve.generateKeyPair();
        connection.addProperty("curve_publickey", keys.publicKey);
        connection.addProperty("curve_secretkey", keys.secretKey);
        return connection;
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var ports = new ArrayList<Integer>();
        while (ports.size() < count) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), LAST_PORT - FIRST_PORT);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (BindException e) {
                // à quelqu'un d'autre : le suivant
            }
        }
        return ports;
    }

    Process process() {
        return process;
    }

    /** Le mot de la commande qui met ce noyau en réserve, à la place du fichier de connexion. */
    static String asSpare(String word) {
        return word.endsWith(".json") ? "--spare" : word;
    }

    /** Donne une ligne à une réserve. */
    void order(String line) throws IOException {
        try (var input = process.outputWriter()) {
            input.write(line + "\n");
        }
    }

    /** Attend qu'une réserve ait fini de répéter : son thread principal n'attend plus qu'une ligne. */
    void awaitRehearsed() throws Exception {
        var jstack = Path.of(ProcessHandle.current().info().command().orElseThrow()).resolveSibling("jstack").toString();
        while (true) {
            var dump = new ProcessBuilder(jstack, String.valueOf(process.pid())).redirectErrorStream(true).start();
            if (new String(dump.getInputStream().readAllBytes()).contains("at kernel.Spare.await(")) return;
            if (!process.isAlive()) throw new AssertionError("la réserve s'est arrêtée : " + log());
            Thread.sleep(500);                                                   // un noyau qu'on interroge sans cesse n'avance pas
        }
    }

    /** Ce que le noyau a écrit hors de toute cellule. */
    public String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Le dossier des fichiers temporaires de ce seul noyau. */
    Path temporaryFolder() {
        return temporary;
    }

    /** Ce que le noyau a laissé dans ce dossier. */
    List<Path> temporaryFiles() throws IOException {
        try (var files = Files.list(temporary)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("hsperfdata")).toList();
        }
    }

    /** Attend la fin du processus et rend son code de sortie ; échoue s'il vit encore après le délai. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(Exchange.DEADLINE_SECONDS, TimeUnit.SECONDS))
            throw new AssertionError("Le noyau vit encore après " + Exchange.DEADLINE_SECONDS + " s.");
        return process.exitValue();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(Exchange.DEADLINE_SECONDS, TimeUnit.SECONDS);
        Folders.deleteTree(folder);
    }
}
