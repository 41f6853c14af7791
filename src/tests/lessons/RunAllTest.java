package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * La leçon entière sur notre noyau, trois fois : dans un noyau neuf, une seconde fois dans le même, puis après un
 * redémarrage. Chaque fois, chaque ligne affichée est sous la cellule qui l'a lancée.
 */
@DisplayName("leçon 2, tout exécuter")
class RunAllTest {

    private enum Pass {
        FIRST("noyau neuf"), AGAIN("une seconde fois"), RESTARTED("après redémarrage");

        final String label;

        Pass(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    private static final Pattern LINE = Pattern.compile("(\\d+)s \\+ (\\d{3})ms (.+)");
    private static final int CLIENTS = 1 + 30;              // un seul, puis trente

    private static Lesson lesson;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runThreeTimes() throws Exception {
        lesson = Lesson.mirror();
        var plan = new NotebookRun.Plan(lesson);
        for (var pass : Pass.values()) {
            if (pass == Pass.RESTARTED) plan.restart();
            plan.runAll().await(lesson.row(31), 1, "réponse").await(lesson.row(33), 30, "réponse")
                    .await(lesson.row(25), CLIENTS, "fermeture");
        }
        run = plan.runAs("draw-hurd2", proposal()).execute();
        if (run.failure() == null) Executed.keep(lesson, run);
    }

    /** Ce que la leçon propose d'essayer après le second dessin. */
    private static String proposal() {
        var matcher = Pattern.compile("`(watchTimeline[^`]+)`").matcher(lesson.cell("hurd2-drawn").source());
        assertTrue(matcher.find());
        return matcher.group(1);
    }

    /** Une ligne affichée par showTimer : le temps en millisecondes, et le reste. */
    private record Line(long millis, String text) {

        static Line parse(String line) {
            var matcher = LINE.matcher(line);
            assertTrue(matcher.matches(), () -> "une ligne mal formée ou coupée : " + line);
            return new Line(Long.parseLong(matcher.group(1)) * 1000 + Long.parseLong(matcher.group(2)), matcher.group(3));
        }

        boolean starts() {
            return text.startsWith(">>>");
        }
    }

    /** Les lignes d'une cellule, sans celle du départ du chronomètre. */
    private static List<Line> timed(NotebookRun.Execution execution) {
        var lines = execution.lines();
        assertTrue(lines.getFirst().endsWith("zero"), () -> "la première ligne de " + execution.cell() + " : " + lines.getFirst());
        return lines.subList(1, lines.size()).stream().map(Line::parse).toList();
    }

    private static NotebookRun.Execution row(Pass pass, int number) {
        return cell(pass, lesson.row(number));
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("chaque cellule finit sans erreur")
    void noError(Pass pass) {
        var one = run.pass(pass.ordinal(), lesson.codeCells().size());
        assertEquals(lesson.codeCells(), one.executions().stream().map(NotebookRun.Execution::cell).toList(), "cellules exécutées");
        one.assertClean();
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("ligne 15 : huit débuts à 0 s, puis huit fins à 2 s")
    void hurdOfEight(Pass pass) {
        var lines = timed(row(pass, 15));
        assertEquals(names("job #%03d", 1, 8), sorted(lines.subList(0, 8).stream().filter(Line::starts)), "débuts");
        assertEquals(names("job #%03d", 1, 8), sorted(lines.subList(8, lines.size()).stream().filter(line -> !line.starts())), "fins");
        assertTrue(lines.subList(0, 8).stream().allMatch(line -> line.millis() < 2000), () -> "débuts avant 2 s : " + lines);
        assertTrue(lines.subList(8, 16).stream().allMatch(line -> line.millis() >= 2000), () -> "fins à partir de 2 s : " + lines);
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("ligne 19 : huit jobs, puis quatre, jamais plus de huit à la fois")
    void throttledHurd(Pass pass) {
        var lines = timed(row(pass, 19));
        assertEquals(names("job #%03d", 1, 12), sorted(lines.stream().filter(Line::starts)), "débuts");
        assertEquals(names("job #%03d", 1, 12), sorted(lines.stream().filter(line -> !line.starts())), "fins");
        int active = 0, most = 0;
        for (var line : lines) most = Math.max(most, active += line.starts() ? 1 : -1);
        assertEquals(8, most, () -> "jobs actifs à la fois : " + lines);
        var starts = lines.stream().filter(Line::starts).map(Line::millis).toList();
        assertTrue(starts.get(7) < 2000 && starts.get(8) >= 2000, () -> "huit débuts avant 2 s, quatre après : " + lines);
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("ligne 25 : les lignes du serveur arrivent sous la cellule qui l'a démarré, longtemps après sa fin")
    void serverLines(Pass pass) {
        var server = row(pass, 25);
        assertEquals(1, server.lines("à l'écoute").size(), "à l'écoute");
        assertEquals(CLIENTS, server.lateLines().stream().filter(line -> line.contains("reçu ")).count(), "lignes « reçu »");
        assertEquals(CLIENTS, server.lateLines().stream().filter(line -> line.contains("renvoi de ")).count(), "lignes « renvoi »");
        assertEquals(CLIENTS, server.lateLines().stream().filter(line -> line.contains("fermeture de ")).count(), "lignes « fermeture »");
        timed(server);
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("lignes 31 et 33 : sous les cellules des clients, leurs lignes et aucune du serveur")
    void clientLines(Pass pass) {
        assertEquals(names("envoi de Hey", 0, 0), sent(row(pass, 31)));
        assertEquals(names("réponse : Hey", 0, 0), received(row(pass, 31)));
        assertEquals(names("envoi de client#%03d", 0, 29), sent(row(pass, 33)));
        assertEquals(names("réponse : client#%03d", 0, 29), received(row(pass, 33)));
        assertEquals(1 + 2, row(pass, 31).lines().size(), () -> "rien d'autre : " + row(pass, 31).lines());
        assertEquals(1 + 2 * 30, row(pass, 33).lines().size(), () -> "rien d'autre : " + row(pass, 33).lines());
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("ligne 33 : les trente clients sont servis ensemble")
    void clientsTogether(Pass pass) {
        var last = timed(row(pass, 33)).stream().mapToLong(Line::millis).max().orElseThrow();
        assertTrue(last >= 1000, "le serveur attend une seconde avant de répondre");
        assertTrue(last < 15_000, () -> "l'un après l'autre, ils prendraient 30 s ; ici " + last + " ms");
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("ligne 26 : la question posée au serveur a une réponse claire")
    void serverIsRunning(Pass pass) {
        assertEquals(List.of("finie : false ; état : RUNNING"), row(pass, 26).lines());
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("les dessins disent combien de tâches travaillaient à la fois : huit, huit sur douze, trente clients")
    void pictures(Pass pass) {
        assertTrue(title(pass, "draw-hurd").matches("8 tâches en 2,\\d s, au plus 8 à la fois"), title(pass, "draw-hurd"));
        assertTrue(title(pass, "draw-hurd2").matches("12 tâches en 4,\\d s, au plus 8 à la fois"), title(pass, "draw-hurd2"));
        assertTrue(title(pass, "draw-clients").matches("30 tâches en \\d+,\\d s, au plus \\d+ à la fois"), title(pass, "draw-clients"));
        assertEquals(List.of("état : " + Future.State.SUCCESS), cell(pass, "draw-clients").lines());
    }

    @ParameterizedTest(name = "{displayName} ({0})")
    @EnumSource
    @DisplayName("le second dessin montre quatre jobs qui attendent leur place")
    void fourWait(Pass pass) {
        var widths = Pattern.compile("width=\"([\\d.]+)\"[^>]*fill=\"#f2b661\"").matcher(cell(pass, "draw-hurd2").svg()).results()
                .map(match -> Double.parseDouble(match.group(1))).toList();
        assertEquals(4, widths.stream().filter(width -> width > 200).count(), widths::toString);
    }

    @Test
    @DisplayName("watchTimeline, proposé après le second dessin : le dessin grandit, jusqu'à trente jobs dont huit à la fois au plus")
    void watched() {
        var watched = run.last("draw-hurd2");
        assertEquals("ok", watched.status(), watched.errors());
        assertTrue(watched.drawings().size() > 3, watched.drawings().size() + " dessins");
        assertTrue(watched.drawings().getFirst().contains("Aucune tâche depuis le zéro"), watched.drawings().getFirst());
        assertTrue(watched.drawings().stream().anyMatch(drawing -> drawing.contains("#a85b00")), "en cours, donc brune");
        var last = watched.drawings().getLast();
        assertTrue(Pattern.compile("30 tâches en \\d+,\\d s, au plus 8 à la fois").matcher(last).find(), last);
        assertFalse(last.contains("#a85b00"), "toutes ont fini");
        assertEquals(1 + 2 * 30, watched.lines().size(), "les lignes y sont aussi");
    }

    private static NotebookRun.Execution cell(Pass pass, String id) {
        return run.pass(pass.ordinal(), lesson.codeCells().size()).last(id);
    }

    private static String title(Pass pass, String id) {
        var matcher = Pattern.compile("font-weight=\"bold\">([^<]*)<").matcher(cell(pass, id).svg());
        assertTrue(matcher.find(), () -> cell(pass, id).text());
        return matcher.group(1);
    }

    private static List<String> sent(NotebookRun.Execution execution) {
        return sorted(timed(execution).stream().filter(line -> line.text().startsWith("envoi")));
    }

    private static List<String> received(NotebookRun.Execution execution) {
        return sorted(timed(execution).stream().filter(line -> line.text().startsWith("réponse")));
    }

    private static List<String> sorted(Stream<Line> lines) {
        return lines.map(line -> line.text().replaceFirst("^(>>>|<<<) ", "")).sorted().toList();
    }

    private static List<String> names(String format, int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(format::formatted).sorted().toList();
    }
}
