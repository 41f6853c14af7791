package lessons.ssh;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lessons.Exercises;
import lessons.Lesson;
import lessons.NotebookRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ce que montrent les cellules de la leçon 10, et ce que ses vérifications disent des réponses des élèves. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 10, SSH")
class SshTest {

    private static final List<String> NAMES =
            List.of("mercure", "venus", "terre", "mars", "jupiter", "saturne", "uranus", "neptune", "pluton", "ceres");

    private static final String DONE = "#1f5fa8";                 // les couleurs de Timeline
    private static final String WAITING = "#f2b661";

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("10-ssh");
        exercises = answers(new Exercises(lesson));
        run = exercises.addTo(new NotebookRun.Plan(lesson).runAll()).execute();
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("dix machines, dix ports, dix empreintes")
    void machines() {
        var rows = run.first("start-machines").text().lines().filter(line -> line.contains("SHA256:")).toList();
        assertEquals(NAMES, rows.stream().map(row -> row.split("\\s+")[0]).toList());
        assertEquals(10, rows.stream().map(row -> row.split("\\s+")[1]).distinct().count());
        assertEquals(10, rows.stream().map(row -> row.split("\\s+")[2]).distinct().count());
    }

    @Test
    @DisplayName("known_hosts vide : refusée, avec l'empreinte de la table ; rempli : acceptée")
    void knownHosts() {
        var lines = run.first("first-connection").lines();
        assertEquals(2, lines.size(), lines::toString);
        var print = lines.getFirst().replaceFirst(".*(SHA256:\\S+).*", "$1");
        assertTrue(lines.getFirst().startsWith("0 ligne : machine inconnue de known_hosts"), lines::toString);
        assertTrue(run.first("start-machines").text().lines().anyMatch(row -> row.startsWith("mercure") && row.contains(print)),
                lines::toString);
        assertTrue(lines.getLast().startsWith("10 lignes : connexion à /127.0.0.1"), lines::toString);
    }

    @Test
    @DisplayName("les limites de MINA : la minute, non la seconde ; et non toujours")
    void limits() {
        assertEquals(List.of("io-connect-timeout : 60 s", "auth-timeout : 120 s", "idle-timeout : 600 s"), run.first("limits").lines());
    }

    @Test
    @DisplayName("l'une après l'autre : dix réponses dans l'ordre, et un escalier d'attentes")
    void oneByOne() {
        var lines = run.first("one-by-one").lines("réponse : ").stream().map(line -> line.replaceFirst(".*réponse : ", "")).toList();
        assertEquals(NAMES, lines);
        assertTrue(run.first("one-by-one").svg().contains("10 connexions, au plus 1 à la fois"), run.first("one-by-one").svg());
        assertEquals(10, bars("one-by-one", DONE));
        assertTrue(bars("one-by-one", WAITING) >= 9, run.first("one-by-one").svg());
    }

    @Test
    @DisplayName("executeRemoteCommand : une commande qui échoue devient une exception")
    void exception() {
        assertEquals(1, run.first("exception").lines("Error reported from remote command").size(), run.first("exception").text());
    }

    @Test
    @DisplayName("quatre commandes, une connexion : codes, sorties et erreurs séparés")
    void oneConnection() {
        var shown = run.first("one-connection").text();
        assertMatches("(?m)^mars\\$ hostname +0 +mars *$", shown);
        assertMatches("(?m)^mars\\$ ls absent\\.txt +2 +ls : « absent\\.txt » n'existe pas *$", shown);
        assertMatches("(?m)^mars\\$ salut +127 +salut : commande inconnue", shown);
        assertMatches("(?m)^mars\\$ cat nom\\.txt +0 +mars *$", shown);
        assertEquals(List.of("connexions ouvertes sur mars : 1"), run.first("one-connection").lines("connexions"));
    }

    @Test
    @DisplayName("ensemble : nettement plus court que l'une après l'autre ; le dessin montre dix barres, au plus quatre à la fois")
    void together() {
        var ratios = run.first("together").lines().stream().map(line -> line.replaceFirst(".*par ", "").replace(',', '.'))
                .map(Double::valueOf).toList();
        assertEquals(3, ratios.size());
        assertEquals(1.0, ratios.get(0));
        assertTrue(ratios.get(1) > 2 && ratios.get(2) > 1.5, ratios::toString);
        var drawing = run.first("together").svg();
        assertEquals(10, bars("together", DONE));
        assertTrue(bars("together", WAITING) >= 6, drawing);
        var most = Integer.parseInt(drawing.replaceFirst("(?s).*au plus (\\d+) à la fois.*", "$1"));
        assertTrue(most > 1 && most <= 4, drawing);
        for (var name : NAMES) assertTrue(drawing.contains(">" + name + "<"), name);
    }

    private static long bars(String cell, String color) {
        return Pattern.compile("fill=\"" + color + "\"").matcher(run.first(cell).svg()).results().count();
    }

    @Test
    @DisplayName("cinq pannes, chacune avec sa raison ; les cinq autres machines répondent")
    void faults() {
        var shown = run.first("faults").text();
        for (var name : List.of("mercure", "venus", "mars", "jupiter", "ceres"))

            assertMatches("(?m)^" + name + " +0 +" + name + " *$", shown);
        assertMatches("(?m)^saturne +null +pas fini à temps *$", shown);
        assertMatches("(?m)^uranus +null +connexion rompue avant la fin *$", shown);
        assertMatches("(?m)^terre +null +pas de réponse à temps *$", shown);
        assertMatches("(?m)^neptune +null +connexion refusée : aucun service n’écoute à ce port *$", shown);
        assertMatches("(?m)^pluton +null +sa clé d’hôte A CHANGÉ", shown);
    }

    @Test
    @DisplayName("réparées : la commande trop lente a cessé, et les dix machines répondent")
    void mended() {
        assertEquals(List.of("commandes en cours sur saturne : 0"), run.first("mended").lines("saturne :"));
        for (var name : NAMES) assertMatches("(?m)^" + name + " +0 +" + name + " *$", run.first("mended").text());
    }

    @Test
    @DisplayName("la copie par SFTP a le même résumé des deux côtés")
    void sftp() {
        var lines = run.first("sftp").lines();
        assertEquals("copie vérifiée : true", lines.getFirst());
        assertEquals(lines.get(1).split(" ")[0], lines.get(2).split(" ")[0]);
        assertMatches("^[0-9a-f]{64}  rapport.txt$", lines.get(2));
    }

    @Test
    @DisplayName("annulées en plein travail, puis fermées : plus rien n'est ouvert")
    void nothingLeft() {
        var shown = run.first("proof").text();
        assertMatches("(?m)^pendant +10 +10 +10 +\\d+ *$", shown);
        assertMatches("(?m)^après l'annulation +10 +0 +0 +\\d+ *$", shown);
        assertMatches("(?m)^après la fermeture +0 +0 +0 +0 *$", shown);
    }

    private static void assertMatches(String regex, String text) {
        assertTrue(Pattern.compile(regex).matcher(text.replaceAll("[\u00a0\u202f]", " ")).find(), () -> regex + " attendu dans :\n" + text);
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answers() {
        return exercises.tests(run);
    }

    private static Exercises answers(Exercises exercises) {
        return copies(limited(predictions(exercises)));
    }

    private static String prediction(String accepted, String connections, String seconds) {
        return "int accepted = %s;\nint connections = %s;\ndouble seconds = %s;".formatted(accepted, connections, seconds);
    }

    private static Exercises predictions(Exercises exercises) {
        return exercises
                .refused(1, "les douze réussissent", prediction("12", "1", "0.5"),
                        "vous prédisez 12 réussites ; la machine en a compté moins")
                .refused(1, "onze réussissent", prediction("11", "1", "0.5"), "Combien de canaux accepte-t-elle à la fois")
                .refused(1, "une seule réussit", prediction("1", "1", "0.5"), "la machine en a compté plus")
                .refused(1, "deux réussissent", prediction("2", "1", "0.5"), "Combien de canaux une connexion porte-t-elle")
                .refused(1, "plus de réussites que de commandes", prediction("20", "1", "0.5"), "il n’y a que douze commandes")
                .refused(1, "une connexion par commande", prediction("12", "12", "0.5"), "a-t-elle besoin d’une connexion à elle")
                .refused(1, "une seconde connexion pour les deux de trop", prediction("12", "2", "1"), "vous prédisez 2 connexions")
                .refused(1, "l'une après l'autre", prediction("10", "1", "6"), "commandes qui s’attendent")
                .refused(1, "les deux dernières attendent une place, deux fois", prediction("10", "1", "1.5"), "vous prédisez 1,5 s")
                .refused(1, "moins qu'une commande", prediction("10", "1", "0.05"), "moins d’une demi-seconde")
                .refused(1, "une prédiction oubliée", prediction("10", "1", "0"), "il manque une prédiction")
                .accepted(1, "la durée exacte d'une commande", prediction("10", "1", "0.5"))
                .accepted(1, "une durée plus large", prediction("12 - 2", "1", "0.8"))
                .accepted(1, "une seconde, poignée de main comprise", prediction("10", "1", "1"));
    }

    private static String within(String resources, String body) {
        return """
                List<SshAnswer> askAllWithin(Path ssh, List<String> hosts, String command, int places, Duration limit) throws Exception {
                    var throttle = new Throttle(places);
                    try (%s) {
                %s    }
                }""".formatted(resources, body.indent(8));
    }

    private static final String THREADS = "var threads = Executors.newVirtualThreadPerTaskExecutor()";
    private static final String CLIENT = "var client = newClient(ssh)";

    private static final String JOBS = """
            var jobs = new ArrayList<Callable<SshAnswer>>();
            for (var host : hosts) jobs.add(() -> ask(client, throttle, host, command));
            """;
    private static final String INVOKE = "var tasks = threads.invokeAll(jobs, limit.toMillis(), TimeUnit.MILLISECONDS);\n";
    private static final String READ = """
            var answers = new ArrayList<SshAnswer>();
            for (int i = 0; i < hosts.size(); i++)
                answers.add(tasks.get(i).isCancelled() ? SshAnswer.late(hosts.get(i)) : tasks.get(i).get());
            return answers;
            """;

    private static Exercises limited(Exercises exercises) {
        var both = THREADS + "; " + CLIENT;
        var submit = """
                var tasks = new ArrayList<Future<SshAnswer>>();
                for (var host : hosts) tasks.add(threads.submit(() -> ask(client, throttle, host, command)));
                """;
        return exercises
                .refused(2, "askAll, qui n'a pas de limite pour le tout", """
                        List<SshAnswer> askAllWithin(Path ssh, List<String> hosts, String command, int places, Duration limit)
                                throws Exception {
                            return askAll(ssh, hosts, command, places);
                        }""", "la limite était de 2,5 secondes pour toutes les machines")
                .refused(2, "la limite entière pour chaque attente", within(both, submit + """
                        var answers = new ArrayList<SshAnswer>();
                        for (int i = 0; i < hosts.size(); i++)
                            try { answers.add(tasks.get(i).get(limit.toMillis(), TimeUnit.MILLISECONDS)); }
                            catch (TimeoutException late) { answers.add(SshAnswer.late(hosts.get(i))); }
                        return answers;
                        """), "la limite était de 2,5 secondes pour toutes les machines")
                .refused(2, "le client fermé en dernier", within(CLIENT + "; " + THREADS, JOBS + INVOKE + READ),
                        "fermez le client avant d’attendre la fin des threads")
                .refused(2, "la valeur d'une tâche annulée", within(both, JOBS + INVOKE + "return SshAnswer.all(tasks);\n"),
                        "une tâche annulée n’a pas de valeur")
                .refused(2, "les retardataires oubliés", within(both, JOBS + INVOKE + """
                        var answers = new ArrayList<SshAnswer>();
                        for (var task : tasks) if (!task.isCancelled()) answers.add(task.get());
                        return answers;
                        """), "7 réponses pour 9 machines")
                .refused(2, "sans régulateur", within(both, """
                        var jobs = new ArrayList<Callable<SshAnswer>>();
                        for (var host : hosts) jobs.add(() -> ask(client, new Throttle(1), host, command));
                        """ + INVOKE + READ), "à travailler à la fois, au lieu de 5 au plus")
                .refused(2, "l'une après l'autre, jusqu'à l'échéance", within(CLIENT, """
                        var answers = new ArrayList<SshAnswer>();
                        var end = System.nanoTime() + limit.toNanos();
                        for (var host : hosts)
                            answers.add(System.nanoTime() < end ? ask(client, throttle, host, command) : SshAnswer.late(host));
                        return answers;
                        """), "la première en panne")
                .refused(2, "une panne n'est pas changée en réponse", within(both, """
                        var jobs = new ArrayList<Callable<SshAnswer>>();
                        for (var host : hosts) jobs.add(() -> {
                            try (var place = throttle.enter(); var session = connect(client, host)) { return run(session, host, command); }
                        });
                        """ + INVOKE + READ), "l’échec d’une seule tâche")
                .refused(2, "une ArrayList que plusieurs threads remplissent", within(both, """
                        var answers = new ArrayList<SshAnswer>();
                        var jobs = new ArrayList<Callable<Boolean>>();
                        for (var host : hosts) jobs.add(() -> answers.add(ask(client, throttle, host, command)));
                        """ + INVOKE + """
                        for (var host : hosts)
                            if (answers.stream().noneMatch(one -> one.host().equals(host))) answers.add(SshAnswer.late(host));
                        return answers;
                        """), "plusieurs threads remplissent la même liste")
                .refused(2, "le client jamais fermé", within(THREADS, "var client = newClient(ssh);\n" + JOBS + INVOKE + READ),
                        "fermez le client avant d’attendre la fin des threads")
                .accepted(2, "une échéance, et ce qui en reste pour chaque attente", within(both, submit + """
                        var end = System.nanoTime() + limit.toNanos();
                        var answers = new ArrayList<SshAnswer>();
                        for (int i = 0; i < hosts.size(); i++)
                            try { answers.add(tasks.get(i).get(end - System.nanoTime(), TimeUnit.NANOSECONDS)); }
                            catch (TimeoutException late) { answers.add(SshAnswer.late(hosts.get(i))); }
                        for (var task : tasks) task.cancel(true);
                        return answers;
                        """))
                .accepted(2, "des CompletableFuture, et un délai commun", within(both, """
                        var answers = new ArrayList<CompletableFuture<SshAnswer>>();
                        for (var host : hosts) answers.add(CompletableFuture.supplyAsync(() -> {
                            try { return ask(client, throttle, host, command); } catch (Exception e) { throw new CompletionException(e); }
                        }, threads).completeOnTimeout(SshAnswer.late(host), limit.toMillis(), TimeUnit.MILLISECONDS));
                        var found = new ArrayList<SshAnswer>();
                        for (var answer : answers) found.add(answer.join());
                        threads.shutdownNow();
                        return found;
                        """));
    }

    private static String copyAll(String body) {
        return "void copyAll(SshClient client, List<String> hosts, Path file, SshReport report) throws Exception {\n" + body.indent(4)
                + "}";
    }

    private static Exercises copies(Exercises exercises) {
        var one = """
                boolean copyTo(SshClient client, String host, Path file) {
                    try (var session = connect(client, host)) { return copy(session, file, file.getFileName().toString()); }
                    catch (IOException failure) { return false; }
                }
                """;
        var tasks = """
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (var host : hosts) threads.submit(() -> { %s });
                }
                """;
        return exercises
                .refused(3, "l'une après l'autre, pannes comprises",
                        one + copyAll("for (var host : hosts) report.add(host, copyTo(client, host, file));"),
                        "l’une après l’autre")
                .refused(3, "chaque tâche écrit le compte rendu",
                        one + copyAll(tasks.formatted("report.add(host, copyTo(client, host, file));")),
                        "deux threads étaient ensemble dans SshReport")
                .refused(3, "un verrou par tâche", one + copyAll(tasks.formatted("""
                        var good = copyTo(client, host, file);
                        synchronized (new Object()) { report.add(host, good); }
                        """)), "deux threads étaient ensemble dans SshReport")
                .refused(3, "le verrou pendant toute la copie", one + copyAll(tasks.formatted(
                        "synchronized (report) { report.add(host, copyTo(client, host, file)); }")), "l’une après l’autre")
                .refused(3, "une panne perd les autres", copyAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var copies = new LinkedHashMap<String, Future<Boolean>>();
                            for (var host : hosts) copies.put(host, threads.submit(() -> {
                                try (var session = connect(client, host)) { return copy(session, file, file.getFileName().toString()); }
                            }));
                            for (var copied : copies.entrySet()) report.add(copied.getKey(), copied.getValue().get());
                        }"""), "la panne d’une machine arrête tout")
                .refused(3, "la machine injoignable passée sous silence", copyAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var copies = new LinkedHashMap<String, Future<Boolean>>();
                            for (var host : hosts) copies.put(host, threads.submit(() -> {
                                try (var session = connect(client, host)) { return copy(session, file, file.getFileName().toString()); }
                            }));
                            for (var copied : copies.entrySet())
                                try { report.add(copied.getKey(), copied.getValue().get()); } catch (ExecutionException failure) { }
                        }"""), "ne dit rien de [bravo]")
                .refused(3, "copie sans vérifier", """
                        boolean send(SshClient client, String host, Path file) {
                            try (var session = connect(client, host); var sftp = SftpClientFactory.instance().createSftpClient(session)) {
                                sftp.put(file, file.getFileName().toString());
                                run(session, host, "hostname");
                                return true;
                            } catch (IOException failure) { return false; }
                        }
                        """ + copyAll(collected("send")), "et vous notez true")
                .refused(3, "les sessions jamais fermées", """
                        boolean leak(SshClient client, String host, Path file) {
                            try { return copy(connect(client, host), file, file.getFileName().toString()); }
                            catch (IOException failure) { return false; }
                        }
                        """ + copyAll(collected("leak")), "Qui ferme les sessions ?")
                .refused(3, "n'attend pas les copies", one + copyAll("""
                        var threads = Executors.newVirtualThreadPerTaskExecutor();
                        for (var host : hosts) threads.submit(() -> report.add(host, copyTo(client, host, file)));"""),
                        "le compte rendu est vide")
                .accepted(3, "un verrou autour de add", one + copyAll(tasks.formatted("""
                        var good = copyTo(client, host, file);
                        synchronized (report) { report.add(host, good); }
                        """)))
                .accepted(3, "une file, qu'un seul thread vide", one + copyAll("""
                        var done = new LinkedBlockingQueue<Map.Entry<String, Boolean>>();
                        for (var host : hosts)
                            Thread.startVirtualThread(() -> done.add(Map.entry(host, copyTo(client, host, file))));
                        for (int i = 0; i < hosts.size(); i++) {
                            var copied = done.take();
                            report.add(copied.getKey(), copied.getValue());
                        }"""))
                .accepted(3, "les résultats, lus dans l'ordre", one + copyAll(collected("copyTo")));
    }

    private static String collected(String method) {
        return """
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    var copies = new LinkedHashMap<String, Future<Boolean>>();
                    for (var host : hosts) copies.put(host, threads.submit(() -> %s(client, host, file)));
                    for (var copied : copies.entrySet()) report.add(copied.getKey(), copied.getValue().get());
                }""".formatted(method);
    }
}
