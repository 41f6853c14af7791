package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Un compte neuf, que setup prépare, puis dont le réseau est coupé. Il n'a de la machine que JupyterLab, le noyau, et le jar de jbang.
 */
@DisplayName("sans réseau")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OfflineTest {
    private static final Pattern BROUGHT = Pattern.compile("Bibliothèques de (\\S+)");
    /** Les deux premières cellules de chaque notebook, chacun dans un noyau neuf. */
    private static final String FIRST_CELLS = """
            import json, pathlib, sys
            from jupyter_client.manager import start_new_kernel

            def run(client, cell):
                said = []
                hear = lambda message: said.append(str(message["content"]))
                reply = client.execute_interactive("".join(cell["source"]), timeout=200, output_hook=hear)
                if reply["content"]["status"] != "ok":
                    sys.exit("\\n".join(said))

            for name in sys.argv[1:]:
                cells = json.loads(pathlib.Path(name).read_text(encoding="utf-8"))["cells"]
                manager, client = start_new_kernel(kernel_name="java", startup_timeout=100, cwd="notebooks")
                for cell in [cell for cell in cells if cell["cell_type"] == "code"][:2]:
                    run(client, cell)
                manager.shutdown_kernel()
                print("ok", name)
            """;

    @TempDir
    static Path temporary;
    private static String list;                     // ce que setup a noté pour l'utilisateur de cette machine
    private static List<String> brought = List.of();

    @BeforeAll
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    static void prepare() throws Exception {
        assumeTrue(works("unshare", "--net", "ip", "link", "set", "lo", "up"), "couper le réseau (unshare, ip) n'est pas permis ici");
        var connected = NetworkInterface.networkInterfaces().anyMatch(network -> !network.getName().equals("lo"));
        assumeTrue(connected, "pas de réseau ici : rien à télécharger");
        var note = Shell.course().resolve("build/libraries.txt");
        list = Files.exists(note) ? Files.readString(note) : null;
        var cache = Files.createDirectories(temporary.resolve("maître/.cache/jbangw"));
        Files.copy(Shell.jbangJar(), cache.resolve(Shell.jbangJar().getFileName()));
        var result = Shell.run(Shell.course(), account("maître", Map.of()), Shell.jbangw(), "setup");
        assertEquals(0, result.exitCode(), result.toString());
        brought = BROUGHT.matcher(result.out()).results().map(match -> match.group(1)).toList();
        assertTrue(result.out().matches("(?s).*Pour travailler sans réseau\u00a0: \\d+ bibliothèques, [1-9]\\d* Mo\\..*"), result.out());
    }

    @AfterAll
    static void restore() throws Exception {
        if (list != null) Files.writeString(Shell.course().resolve("build/libraries.txt"), list);
    }

    private static boolean works(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (java.io.IOException _) {
            return false;
        }
    }

    /** Un utilisateur qui n'a rien dans ses dossiers. */
    private static Map<String, String> account(String name, Map<String, String> more) throws Exception {
        var home = Files.createDirectories(temporary.resolve(name));
        var all = new HashMap<>(Map.of("HOME", home.toString(), "JAVA_TOOL_OPTIONS", "-Duser.home=" + home,
                "XDG_CACHE_HOME", home.resolve(".cache").toString(), "JBANG_DIR", home.resolve(".jbang").toString(),
                "JBANG_CACHE_DIR", home.resolve(".jbang/cache").toString()));
        all.putAll(more);
        return all;
    }

    /** Lance une commande depuis le cours, sans autre réseau que la machine elle-même. */
    private static Shell.Result offline(Map<String, String> account, String... command) throws Exception {
        var words = new ArrayList<>(List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
        words.addAll(List.of(command));
        return Shell.run(Shell.course(), account, words.toArray(String[]::new));
    }

    private static Shell.Result firstCells(Map<String, String> account, List<String> notebooks) throws Exception {
        var words = new ArrayList<>(List.of(new Course(Shell.course()).python().toString(), "-I", "-c", FIRST_CELLS));
        notebooks.forEach(name -> words.add("notebooks/" + name + ".ipynb"));
        return offline(account, words.toArray(String[]::new));
    }

    @Test
    @Order(1)
    @DisplayName("les leçons qui ont des bibliothèques, PostgreSQL compris, exécutent leurs premières cellules")
    void lessons() throws Exception {
        var lessons = brought.stream().filter(name -> name.matches("\\d.*")).toList();
        assertTrue(lessons.containsAll(List.of("04-http", "08-postgresql", "10-ssh")), brought.toString());
        var result = firstCells(account("maître", Map.of()), lessons);
        assertEquals(0, result.exitCode(), result.toString());
    }

    @Test
    @Order(2)
    @DisplayName("ssh-all --help")
    void sshAll() throws Exception {
        var result = offline(account("maître", Map.of()), Shell.jbangw(), "ssh-all", "--help");
        assertEquals(0, result.exitCode(), result.toString());
    }

    /** Comme le dit ADMINISTRER.md : le dépôt est rempli une fois, les élèves le lisent, sans réseau et sans rien dans leurs dossiers. */
    @Test
    @Order(3)
    @DisplayName("une classe : un dépôt partagé, en lecture seule, que JBANG_REPO désigne, suffit à un compte vide, jbang compris")
    void sharedRepository() throws Exception {
        var shared = Files.move(temporary.resolve("maître/.m2/repository"), temporary.resolve("partage"));
        var repository = Map.of("JBANG_REPO", shared.toString());
        var filled = Shell.run(Shell.course(), account("maître", repository), Shell.jbangw(), "setup", "--minimal");
        assertEquals(0, filled.exitCode(), filled.toString());
        assertTrue(works("chmod", "-R", "a-w", shared.toString()));
        try {
            var pupil = account("élève", repository);
            var lesson = firstCells(pupil, List.of("04-http"));
            assertEquals(0, lesson.exitCode(), lesson.toString());
            var postgres = offline(pupil, Shell.jbangw(), "pg-queries", "1", "1");
            assertEquals(0, postgres.exitCode(), postgres.toString());
        } finally {
            works("chmod", "-R", "u+w", shared.toString());
        }
    }
}
