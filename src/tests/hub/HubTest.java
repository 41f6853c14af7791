package hub;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.Shell;

/** Le fichier de configuration de JupyterHub, et ce qu'un élève en reçoit : de vrais comptes si les tests sont exécutés par root. */
@DisplayName("une classe sur une machine")
@EnabledOnOs(OS.LINUX)
@Timeout(420)
class HubTest {

    private static final Pattern PIN = Pattern.compile("configurable-http-proxy@[\\d.]+");

    @Test
    @DisplayName("deux élèves entrent, ont chacun leur copie, et finissent la leçon 2 en même temps ; rien ne reste d'eux")
    void twoStudents() throws Exception {
        var result = Shell.run(Shell.course(), Map.of(), Shell.jbangw(), "bench", "class", "2");
        assumeFalse(result.err().contains("le réseau ne répond pas") || result.err().contains("npm manque"), result.err());
        assertEquals(0, result.exitCode(), () -> result.out() + result.err());
        assertTrue(result.out().contains("Leçon finie pour 2 élèves sur 2"), result.out());
        assertFalse(Files.exists(Shell.course().resolve("build/class/run")), "leurs dossiers");
        assertFalse(Files.readString(Path.of("/etc/passwd")).contains("eleve-essai"), "leurs comptes");
        assertEquals(0, ProcessHandle.allProcesses().filter(p -> p.info().command().filter(c -> c.contains("build/class")).isPresent())
                .count(), "leurs programmes");
    }

    @Test
    @DisplayName("un élève reçoit sa copie du cours la première fois, et retrouve ce qu'il y a changé ; sa mémoire est bornée")
    void ownCopy(@TempDir Path home) throws Exception {
        var first = student(home, "pwd; ulimit -d; ls notebooks/02-les-librairies.ipynb src/asynchelpers/Throttle.java; echo à moi > note");
        assertEquals(home.toRealPath().resolve("java-asynchrone")
                + "\n1048576\nnotebooks/02-les-librairies.ipynb\nsrc/asynchelpers/Throttle.java\n", first);
        assertEquals("à moi\n", student(home, "cat note"));
        try (var files = Files.list(home)) {
            assertEquals(1, files.count(), "rien d'autre dans son dossier");
        }
    }

    private static String student(Path home, String script) throws Exception {
        var program = Shell.course().resolve("src/hub/student").toString();
        var result = Shell.run(home, Map.of("HOME", home.toRealPath().toString()), program, "1048576", "sh", "-c", script);
        assertEquals(0, result.exitCode(), result.err());
        return result.out();
    }

    @Test
    @DisplayName("ADMINISTRER.md fait installer ce que le banc d'essai éprouve")
    void samePins() throws Exception {
        var page = PIN.matcher(Files.readString(Shell.course().resolve("ADMINISTRER.md")));
        var bench = PIN.matcher(Files.readString(Shell.course().resolve("src/bench/HubInstall.java")));
        assertTrue(page.find() && bench.find());
        assertEquals(bench.group(), page.group());
    }
}
