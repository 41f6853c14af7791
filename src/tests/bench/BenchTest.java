package bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import cli.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import tools.Course;
import tools.Shell;

@DisplayName("bench")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BenchTest {

    private static Properties visit(Object... namesAndValues) {
        var visit = new Properties();
        for (var i = 0; i < namesAndValues.length; i += 2) visit.setProperty((String) namesAndValues[i], namesAndValues[i + 1].toString());
        return visit;
    }

    /** Les cases de la ligne dont le titre commence ainsi, pour un autre noyau puis le nôtre. */
    private static List<String> row(String title, List<Properties> theirs, List<Properties> ours) {
        var visits = new LinkedHashMap<>(Map.of("autre", theirs));
        visits.put("le nôtre", ours);
        var table = new BenchTable(KernelBench.rows(KernelBench.Plan.FULL), visits).toString().replace('\u00a0', ' ');
        var line = table.lines().filter(l -> l.startsWith("| " + title)).findFirst().orElseThrow(() -> new AssertionError(table));
        return Stream.of(line.split("\\|")).skip(2).map(String::strip).toList();
    }

    @Test
    @DisplayName("médiane des tours, plus petit et plus grand, et médiane des rapports tour par tour")
    void medianAndSpread() {
        var theirs = List.of(visit("start", 1), visit("start", 2), visit("start", 10));
        var ours = List.of(visit("start", 0.5), visit("start", 0.6), visit("start", 1));
        assertEquals(List.of("2,00 s (1,00–10,00)", "0,60 s (0,50–1,00)", "0,30 ×"), row("du lancement", theirs, ours));
    }

    @Test
    @DisplayName("ce qu'un noyau ne sait pas faire est dit dans sa case, et ne donne pas de rapport")
    void notes() {
        var theirs = List.of(visit("inspection.note", "5 sur 5 sans réponse utile"));
        assertEquals(List.of("5 sur 5 sans réponse utile", "20 ms", "–"), row("documentation", theirs, List.of(visit("inspection", 0.02))));
    }

    @Test
    @DisplayName("les lignes perdues accompagnent le temps")
    void lostLines() {
        var theirs = List.of(visit("output", 4, "output.note", "24 % perdues"));
        assertEquals("4,00 s, 24 % perdues", row("200 000 lignes", theirs, List.of(visit("output", 1))).getFirst());
    }

    @Test
    @DisplayName("le ralentissement se lit d'un seul noyau")
    void growth() {
        var visits = List.of(visit("cell", 0.01, "cell.later", 0.012));
        assertEquals(List.of("1,20 ×", "1,20 ×", ""), row("après", visits, visits));
    }

    @Test
    @DisplayName("avec réserve : ce qui manque à un noyau qui n'en a pas est ce qu'il fait sans ; le nôtre n'est jamais embelli")
    void spare() {
        assertEquals(List.of("2,00 s", "0,50 s", "0,25 ×"), row("avec un noyau de réserve : du lancement",
                List.of(visit("start", 2)), List.of(visit("start", 1, "spare.start", 0.5))));
        assertEquals(List.of("2,00 s", "ne démarre pas", "–"), row("avec un noyau de réserve : du lancement",
                List.of(visit("start", 2)), List.of(visit("start", 1, "spare.start.note", "ne démarre pas"))));
    }

    @Test
    @DisplayName("jobs, en tout petit : asyncio et Java côte à côte, chaque mesure dans son programme, et un rapport par ligne")
    void tinyJobs() throws Exception {
        var table = printedBy(() -> JobsBench.run(Course.find(), new JobsBench.Plan(2, 20, 30, 40), Course.find().python()));
        assertFalse(table.contains("échec"), table);
        for (var title : List.of("20 tâches d'une seconde, durée", "régulateur de 8 places", "régulateur de 100 000 places"))
            assertTrue(table.lines().anyMatch(line -> line.contains(title) && line.matches(".* \\d+,\\d+ × +\\|")), title + "\n" + table);
    }

    @Test
    @DisplayName("jobs, sans Python à cet endroit : une phrase, qui dit lequel")
    void noPython() {
        var error = assertThrows(UserError.class,
                () -> printedBy(() -> JobsBench.run(Course.find(), new JobsBench.Plan(1, 1, 1, 1), Path.of("/nulle/part/python"))));
        assertTrue(error.getMessage().contains("« /nulle/part/python »"), error.getMessage());
    }

    @Test
    @DisplayName("echo, en tout petit : Netty, asyncio et Java côte à côte, aucun écho perdu, et un rapport par ligne")
    void tinyEcho() throws Exception {
        var table = printedBy(() -> EchoBench.run(Course.find(), new EchoBench.Plan(2, List.of(1, 20), 0.1), Course.find().python()));
        assertTrue(table.contains("Java / Netty") && table.contains("Java / asyncio"), table);
        for (var title : List.of("1 connexion, échos par seconde", "20 connexions, échos par seconde"))
            assertTrue(table.lines().anyMatch(line -> line.contains(title) && line.matches(".* \\d+,\\d+ × +\\|")), title + "\n" + table);
        for (var line : table.lines().filter(line -> line.contains("échos perdus")).toList())
            assertTrue(line.matches("[^|]*\\|[^|]*\\|( +0 \\(0–0\\) \\|)+[ –|]*"), table);
        assertEquals(0, ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count(), "aucun serveur ne survit");
    }

    @Test
    @DisplayName("echo, sans Python à cet endroit : une phrase, qui dit lequel")
    void noPythonForEcho() {
        var error = assertThrows(UserError.class,
                () -> printedBy(() -> EchoBench.run(Course.find(), new EchoBench.Plan(1, List.of(1), 0.1), Path.of("/nulle/part/python"))));
        assertTrue(error.getMessage().contains("« /nulle/part/python »"), error.getMessage());
    }

    @Test
    @DisplayName("echo, plus de connexions que le système n'en accorde : une phrase, qui dit la commande")
    @DisabledOnOs(OS.WINDOWS)
    void tooManyConnections() {
        var error = assertThrows(UserError.class, () -> EchoBench.requireDescriptors(2_000_000_000));
        assertTrue(error.getMessage().contains("« ulimit -n 2000000200 »"), error.getMessage());
    }

    private static String printedBy(Executable work) throws Exception {
        var stdout = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            work.execute();
        } catch (Exception e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        } finally {
            System.setOut(stdout);
        }
        return printed.toString(UTF_8).replace('\u00a0', ' ');
    }

    @TestFactory
    @DisplayName("des arguments faux : une phrase, et le code 2")
    @DisabledOnOs(OS.WINDOWS)
    Stream<DynamicTest> badArguments() {
        return Stream
                .of("", "noyau", "kernel --rounds", "kernel --rounds 0", "kernel --rounds=beaucoup", "kernel --vite", "jobs trop",
                        "echo trop", "class 0",
                        "class 5 trop")
                .map(line -> DynamicTest.dynamicTest("bench " + line, () -> {
                    var command = new ArrayList<>(List.of(Shell.jbangw(), "bench"));
                    if (!line.isEmpty()) command.addAll(List.of(line.split(" ")));
                    var result = Shell.run(Shell.course(), Map.of(), command.toArray(String[]::new));
                    assertEquals(2, result.exitCode(), result.toString());
                    assertEquals(1, result.err().lines().filter(l -> !l.startsWith("[jbang]")).count(), result.err());
                    assertTrue(result.err().contains("./jbangw bench") || result.err().contains("--rounds"), result.err());
                }));
    }
}
