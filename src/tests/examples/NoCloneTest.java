package examples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.Course;
import tools.Shell;

/**
 * Le cours sans clone : un serveur HTTP en donne les fichiers, et un jbang qui n'a jamais servi les prend par leur adresse. Seul le dépôt
 * de Maven est celui de la machine.
 */
@DisplayName("Sans clone")
@DisabledOnOs(OS.WINDOWS)
@Timeout(600)
class NoCloneTest {

    @TempDir
    static Path home;
    private static HttpServer server;
    private static String url;

    @BeforeAll
    @Timeout(300)
    static void serve() throws Exception {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = SimpleFileServer.createFileServer(address, root().toRealPath(), SimpleFileServer.OutputLevel.NONE);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        var added = jbang("catalog", "add", "--name", "cours", url + "jbang-catalog.json");
        assertEquals(0, added.code(), added.err());
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static Path root() throws IOException {
        return SnippetRun.root();
    }

    /** Le jbang de jbangw, sans jbangw : qui n'a pas de clone a le sien. */
    private static SnippetRun jbang(String... args) throws Exception {
        var script = """
                out=$("$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$JBANG_JAR" "$@") && code=0 || code=$?
                [ "$code" -ne 255 ] || eval "exec $out"
                printf '%s\\n' "$out"
                exit "$code"
                """;
        var environment = Map.of("JAVA_HOME", Course.jdk().toString(), "JBANG_DIR", home.resolve(".jbang").toString(),
                "JBANG_CACHE_DIR", home.resolve(".jbang/cache").toString(), "JBANG_NO_VERSION_CHECK", "true",
                "JBANG_RUNTIME_SHELL", "bash", "JBANG_JAR", Shell.jbangJar().toString());
        var command = Stream.concat(Stream.of("sh", "-c", script, "jbang"), Stream.of(args)).toArray(String[]::new);
        var result = Shell.run(home, environment, command);
        return new SnippetRun(result.exitCode(), result.out(), result.err());
    }

    /** Les alias du catalogue, et la source de chacun. */
    private static TreeMap<String, Path> scripts() throws IOException {
        var catalog = JsonParser.parseString(Files.readString(root().resolve("jbang-catalog.json"))).getAsJsonObject();
        var scripts = new TreeMap<String, Path>();
        for (var alias : catalog.getAsJsonObject("aliases").asMap().entrySet())
            scripts.put(alias.getKey(), root().resolve(alias.getValue().getAsJsonObject().get("script-ref").getAsString()));
        return scripts;
    }

    /** Ajoute à {@code reached} une source, et toutes celles qu'elle nomme ; à {@code globs}, ses motifs. */
    private static void follow(Path source, TreeSet<Path> reached, List<String> globs) throws IOException {
        if (!reached.add(source)) return;
        for (var line : Files.readAllLines(source)) {
            if (!line.startsWith("//SOURCES ")) continue;
            for (var word : line.substring("//SOURCES ".length()).split(" ")) {
                var file = source.resolveSibling(word).normalize();
                if (Files.isRegularFile(file)) follow(file, reached, globs);
                else globs.add(root().relativize(source) + " : //SOURCES " + word);
            }
        }
    }

    @Test
    @DisplayName("chaque alias nomme ses sources une à une : à une adresse, jbang oublie les motifs")
    void namedSources() throws Exception {
        var globs = new ArrayList<String>();
        for (var alias : scripts().entrySet()) if (!alias.getKey().equals("test")) follow(alias.getValue(), new TreeSet<>(), globs);
        assertEquals(List.of(), globs);
    }

    @ParameterizedTest(name = "aucun fichier de src/{0} n''est oublié")
    @ValueSource(strings = {"cli", "display", "kernel", "tools", "bench"})
    void nothingIsForgotten(String folder) throws Exception {
        var reached = new TreeSet<Path>();
        // Une cellule dispose de tout src/display, que le noyau emporte.
        var all = folder.equals("display") ? List.of(scripts().get("kernel")) : scripts().values();
        for (var script : all) follow(script, reached, new ArrayList<>());
        try (var files = Files.walk(root().resolve("src").resolve(folder))) {
            var forgotten = files.filter(file -> file.toString().endsWith(".java") && !reached.contains(file))
                    .filter(file -> !isLaunched(file, reached)).map(file -> file.getFileName().toString()).sorted().toList();
            assertEquals(List.of(), forgotten,
                    "à nommer sur une ligne //SOURCES d'un fichier de src/" + folder + " qui s'en sert (pour le noyau : Kernel.java)");
        }
    }

    /** Vrai pour un programme à part, avec ses propres bibliothèques, que l'une de ces sources lance par son nom. */
    private static boolean isLaunched(Path file, Set<Path> sources) {
        return contains(file, "//JAVA ") && sources.stream().anyMatch(source -> contains(source, "/" + file.getFileName() + "\""));
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("jbang alias list : une ligne par description, sans le ./jbangw que l'on n'a pas")
    void list() throws Exception {
        var list = jbang("alias", "list", "cours");
        assertAll(
                () -> assertTrue(list.out().contains("Exemple\u00a0: throttle 12 8\n"), list.toString()),
                () -> assertFalse(list.out().contains("jbangw"), list.out()));
    }

    @ParameterizedTest(name = "jbang throttle@cours, jbang …/throttle.java : {0}")
    @ValueSource(strings = {"throttle@cours", "src/examples/throttle.java"})
    void throttle(String reference) throws Exception {
        var run = jbang(reference.contains("@") ? reference : url + reference, "3", "2");
        assertEquals(0, run.code(), run.err());
        assertEquals(2, run.mostActive(), run.out());
    }

    /** Ceux dont les bibliothèques ne sont pas celles de ces tests : jbang les construit et les lance, plus bas. */
    private static final Set<String> BUILT_BY_JBANG = Set.of("ssh-all", "pg-queries", "format");

    static List<String> compiledHere() throws IOException {
        return scripts().keySet().stream().filter(alias -> !BUILT_BY_JBANG.contains(alias)).toList();
    }

    /** Le même travail que jbang, une seconde au lieu de dix : javac, sur les seules sources que l'alias nomme. */
    @ParameterizedTest(name = "{0} : les sources qu''il nomme suffisent")
    @MethodSource("compiledHere")
    void namedSourcesCompile(String alias) throws Exception {
        var sources = new TreeSet<Path>();
        follow(scripts().get(alias), sources, new ArrayList<>());
        var options = new ArrayList<>(List.of("-proc:none", "-classpath", libraries()));
        for (var source : sources)
            for (var line : Files.readAllLines(source))
                if (line.startsWith("//COMPILE_OPTIONS "))
                    options.addAll(List.of(line.substring("//COMPILE_OPTIONS ".length()).split(" ")));
        var problems = new DiagnosticCollector<JavaFileObject>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(null, files, problems, options, null, files.getJavaFileObjectsFromPaths(sources));
            task.analyze();
        }
        var errors = problems.getDiagnostics().stream().filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getSource().getName() + " : " + problem.getMessage(null)).toList();
        assertEquals(List.of(), errors);
    }

    /** Les bibliothèques de ces tests, mais pas le cours lui-même : il cacherait une source oubliée. */
    private static String libraries() throws Exception {
        var own = Path.of(NoCloneTest.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> !entry.equals(own))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @ParameterizedTest(name = "jbang {0}@cours --help")
    @ValueSource(strings = {"ssh-all", "pg-queries"})
    void help(String alias) throws Exception {
        var run = jbang(alias + "@cours", "--help");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().startsWith("Usage\u00a0: " + alias), run.out());
        assertFalse(run.out().contains("jbangw"), run.out());
    }

    @Test
    @DisplayName("un exemple sans son serveur, puis avec un argument faux : aucune phrase ne parle de ./jbangw")
    void sentences() throws Exception {
        var alone = jbang("echo-client@cours");
        assertTrue(alone.code() == 1 && alone.err().contains("démarrez echo-server dans un autre terminal"), alone.toString());
        var wrong = jbang("echo-client@cours", "zéro");
        assertTrue(wrong.code() == 2 && wrong.err().contains("Voyez echo-client --help"), wrong.toString());
    }

    @Test
    @DisplayName("l'alias kernel, pris à son adresse : le noyau lui-même")
    void kernel() throws Exception {
        var run = jbang("kernel@cours");
        assertTrue(run.err().contains("Jupyter lance ce noyau"), run.toString());
    }

    @ParameterizedTest(name = "jbang {0}@cours : il faut le clone, et voilà d''où le prendre")
    @ValueSource(strings = {"setup", "format"})
    void cloneIsMissing(String alias) throws Exception {
        var run = jbang(alias + "@cours");
        assertEquals(1, run.code(), run.toString());
        assertTrue(run.err().contains("clonez le dépôt dont vient ce catalogue, " + url + "jbang-catalog.json, puis"), run.err());
    }
}
