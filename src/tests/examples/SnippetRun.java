package examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Un extrait lancé comme le fait un élève, par jbangw et son alias, et ce qu'il a répondu.
 *
 * @param code le code de sortie
 */
record SnippetRun(int code, String out, String err) {

    private static boolean compiled;

    /** Les extraits que le catalogue nomme. */
    static List<String> aliases() throws IOException {
        var catalog = JsonParser.parseString(Files.readString(root().resolve("jbang-catalog.json"))).getAsJsonObject();
        return catalog.getAsJsonObject("aliases").asMap().entrySet().stream()
                .filter(alias -> alias.getValue().getAsJsonObject().get("script-ref").getAsString().startsWith("src/examples/"))
                .map(Map.Entry::getKey).toList();
    }

    /** Lance l'extrait et attend sa fin, au plus une minute. */
    static SnippetRun of(String... args) throws IOException, InterruptedException {
        return of(builder(args));
    }

    static SnippetRun of(ProcessBuilder builder) throws IOException, InterruptedException {
        var out = Files.createTempFile("snippet", ".out");
        var err = Files.createTempFile("snippet", ".err");
        var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) throw new AssertionError("toujours là après une minute");
            return new SnippetRun(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Un extrait dont le cache de l'utilisateur est ce dossier : il n'y trouve que jbang, déjà téléchargé. */
    static ProcessBuilder builder(Path cache, String... args) throws IOException {
        var declared = System.getenv("XDG_CACHE_HOME");
        var real = declared == null || declared.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(declared);
        if (!Files.exists(cache.resolve("jbangw"))) Files.createSymbolicLink(cache.resolve("jbangw"), real.resolve("jbangw"));
        var builder = builder(args);
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        return builder;
    }

    static ProcessBuilder builder(String... args) {
        var words = new ArrayList<>(List.of(root().resolve("jbangw").toString()));
        // un programme lancé en arrière-plan ignore Ctrl-C et le transmet à ses enfants : rétabli ici
        if (Files.exists(Path.of("/usr/bin/env")) && System.getProperty("os.name").equals("Linux"))
            words.addAll(0, List.of("env", "--default-signal=INT"));
        words.addAll(List.of(args));
        return new ProcessBuilder(words);
    }

    /** La première fois, jbang compile l'extrait et le dit : fait ici, pour que les tests ne voient que l'extrait. */
    static synchronized void compileAll() throws IOException, InterruptedException {
        if (compiled) return;
        for (var alias : aliases()) of(alias, "--help");
        compiled = true;
    }

    List<String> lines() {
        return out.lines().toList();
    }

    /** Le plus grand nombre de tâches actives à la fois, d'après leurs lignes de début et de fin. */
    int mostActive() {
        int active = 0, most = 0;
        for (var line : lines()) {
            if (line.contains(">>>")) most = Math.max(most, ++active);
            if (line.contains("<<<")) active--;
        }
        return most;
    }

    /** Le nombre de tâches qui ont fini. */
    long done() {
        return lines().stream().filter(line -> line.contains("<<<")).count();
    }

    static Path root() {
        var declared = System.getenv("COURSE_HOME");
        var dir = Path.of(declared == null ? "" : declared).toAbsolutePath();
        while (!Files.exists(dir.resolve("jbang-catalog.json"))) dir = dir.getParent();
        return dir;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
