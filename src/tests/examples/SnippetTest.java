package examples;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ce que tous les extraits ont en commun, puis sequence et throttle. */
@DisplayName("Extraits")
@Timeout(300)
class SnippetTest {

    static List<String> aliases() throws Exception {
        return SnippetRun.aliases();
    }

    @BeforeAll
    @Timeout(600)
    static void compile() throws Exception {
        SnippetRun.compileAll();
    }

    @ParameterizedTest(name = "{0} --help : une aide en français, et rien d''autre")
    @MethodSource("aliases")
    void help(String alias) throws Exception {
        var run = SnippetRun.of(alias, "--help");
        assertEquals(0, run.code());
        assertTrue(run.out().startsWith("Usage\u00a0: ./jbangw " + alias), run.out());
        assertEquals("", run.err());
    }

    @ParameterizedTest(name = "{0} {1} : une phrase qui montre l''erreur, code 2")
    @CsvSource(quoteCharacter = '`', value = {
        "sequence, trop, trop",
        "throttle, abc, abc",
        "throttle, 0, 0",
        "throttle, 99999999999, 99999999999",
        "throttle, 1 2 3, 3",
        "echo-server, 65536, 65536",
        "echo-server, 8080 trop, trop",
        "echo-client, 70000, 70000",
        "echo-client, 8080 Hey beaucoup, beaucoup",
        "echo-client, 8080 Hey 1 trop, trop",
        "read-files, src 0, 0",
        "read-files, src 8 trop, trop",
        "follow, journal.log trop, trop",
        "slow-server, 65536, 65536",
        "slow-server, 8081 0, 0",
        "slow-server, 8081 5 trop, trop",
        "fetch-all, beaucoup, beaucoup",
        "fetch-all, 3 ftp://ailleurs, ftp://ailleurs",
        "fetch-all, 3 http://, http://",
        "pg-queries, beaucoup, beaucoup",
        "pg-queries, 20 500, 500",
        "pg-queries, 20 5 trop, trop",
    })
    void badArguments(String alias, String args, String culprit) throws Exception {
        var run = SnippetRun.of((alias + " " + args).split(" "));
        assertEquals(2, run.code());
        assertEquals("", run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("«\u00a0" + culprit + "\u00a0»"), run.err());
    }

    @ParameterizedTest(name = "les accents sont justes quand la langue déclarée est « {0} »")
    @ValueSource(strings = {"C", "POSIX", ""})
    void accentsWithoutLocale(String locale) throws Exception {
        var builder = SnippetRun.builder("throttle", "--help");
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        builder.environment().put("LC_ALL", locale);
        assertTrue(SnippetRun.of(builder).out().contains("nombre de tâches"));
    }

    @Test
    @DisplayName("les accents sont justes même quand Java croit le terminal limité à l'ASCII")
    void accentsOnAsciiTerminal() throws Exception {
        var builder = SnippetRun.builder("throttle", "--help");
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Dstdout.encoding=US-ASCII -Dstderr.encoding=US-ASCII");
        assertTrue(SnippetRun.of(builder).out().contains("nombre de tâches"));
    }

    @Test
    @DisplayName("un extrait marche depuis un autre dossier, dont le nom a des espaces")
    void fromAnotherFolder(@TempDir Path folder) throws Exception {
        var elsewhere = Files.createDirectory(folder.resolve("un autre dossier"));
        var run = SnippetRun.of(SnippetRun.builder("throttle", "1", "1").directory(elsewhere.toFile()));
        assertEquals(0, run.code(), run.err());
    }

    @Test
    @DisplayName("sequence : tout commence ensemble, tout finit du plus court au plus long")
    void sequence() throws Exception {
        var run = SnippetRun.of("sequence");
        assertEquals(0, run.code(), run.err());
        var lines = run.lines().stream().map(line -> line.replaceFirst("^\\d+s \\+ \\d{3}ms ", "")).toList();
        assertEquals("-".repeat(20) + " zero", lines.getFirst());
        assertTrue(lines.subList(1, 4).stream().allMatch(line -> line.startsWith(">>> ")), run.out());
        assertEquals(List.of("<<< rapide", "<<< moyenne", "<<< lente", "résultat 5.0", "résultat 10.0", "résultat 20.0"),
                lines.subList(4, 10));
        assertEquals(Set.of("rapide", "moyenne", "lente"), Set.copyOf(bars(run).stream().map(line -> line.split(" ")[0]).toList()));
        assertEquals("", run.err());
    }

    @Test
    @DisplayName("throttle 5 2 : cinq tâches, jamais plus de deux actives")
    void throttle() throws Exception {
        var run = SnippetRun.of("throttle", "5", "2");
        assertEquals(0, run.code(), run.err());
        assertEquals(2, run.mostActive(), run.out());
        assertEquals(5, run.done(), run.out());
        assertEquals("", run.err());
    }

    @Test
    @DisplayName("throttle 5 2 finit par un dessin : une barre par tâche, dans l'ordre des débuts ; trois ont attendu leur place")
    void throttlePicture() throws Exception {
        var run = SnippetRun.of("throttle", "5", "2");
        var bars = bars(run);
        var started = run.lines().stream().filter(line -> line.contains(">>>")).map(line -> line.split(">>> ")[1]).toList();
        assertEquals(Set.copyOf(started), Set.copyOf(bars.stream().map(line -> line.substring(0, 8)).toList()), run.out());
        assertTrue(bars.stream().skip(2).allMatch(line -> line.matches("job #\\d{3} ░{5,}█+")), run.out());
        assertTrue(run.lines().get(12).startsWith("░ attend sa place"), run.out());
        assertTrue(run.lines().get(13).matches("5 tâches en \\d+,\\d s, au plus 2 à la fois"), run.out());
        assertTrue(run.lines().getLast().startsWith("         0 s"), run.out());
        assertTrue(run.lines().stream().allMatch(line -> line.length() <= 80), run.out());
        assertFalse(run.out().contains("\u001b"), "aucune couleur hors d'un terminal");
    }

    /** Les lignes du dessin qui ont une barre. */
    private static List<String> bars(SnippetRun run) {
        return run.lines().stream().filter(line -> line.contains("█") && !line.startsWith("░ ")).toList();
    }

    @Test
    @DisplayName("throttle sans argument : douze tâches, huit places")
    void throttleByDefault() throws Exception {
        var lines = SnippetRun.of("throttle").lines();
        assertTrue(lines.subList(1, 9).stream().allMatch(line -> line.contains(">>>")), lines.toString());
        assertTrue(lines.get(9).contains("<<<"), lines.toString());
        assertEquals(25, lines.indexOf(""), lines.toString());
    }
}
