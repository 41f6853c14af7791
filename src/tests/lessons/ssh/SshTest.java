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

/** Ce que montrent les cellules de la leçon 10, et ce que ses vérifications disent des réponses des élèves. */
@DisplayName("leçon 10, SSH")
class SshTest {

    private static final List<String> NAMES =
            List.of("mercure", "venus", "terre", "mars", "jupiter", "saturne", "uranus", "neptune", "pluton", "ceres");

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(300)
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
    @DisplayName("l'une après l'autre : dix réponses dans l'ordre, puis l'exception d'une commande qui échoue")
    void oneByOne() {
        var lines = run.first("one-by-one").lines("réponse : ").stream().map(line -> line.replaceFirst(".*réponse : ", "")).toList();
        assertEquals(NAMES, lines);
        assertEquals(1, run.first("one-by-one").lines("Error reported from remote command").size(), run.first("one-by-one").text());
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
        assertEquals(10, Pattern.compile("fill=\"#1f5fa8\"").matcher(drawing).results().count());
        var most = Integer.parseInt(drawing.replaceFirst("(?s).*au plus (\\d+) à la fois.*", "$1"));
        assertTrue(most > 1 && most <= 4, drawing);
        for (var name : NAMES) assertTrue(drawing.contains(">" + name + "<"), name);
    }

    @Test
    @DisplayName("quatre pannes, chacune avec sa raison ; les six autres machines répondent")
    void faults() {
        var shown = run.first("faults").text();
        for (var name : List.of("mercure", "venus", "terre", "mars", "jupiter", "ceres"))
            assertMatches("(?m)^" + name + " +0 +" + name + " *$", shown);
        assertMatches("(?m)^saturne +null +pas fini à temps *$", shown);
        assertMatches("(?m)^uranus +null +connexion rompue avant la fin *$", shown);
        assertMatches("(?m)^neptune +null +connexion refusée", shown);
        assertMatches("(?m)^pluton +null +sa clé d’hôte A CHANGÉ", shown);
    }

    @Test
    @DisplayName("réparées : la commande trop lente a cessé, et les dix machines répondent")
    void mended() {
        assertEquals(List.of("commandes en cours sur saturne : 0"), run.first("mended").lines("saturne :"));
        for (var name : NAMES) assertMatches("(?m)^" + name + " +0 +" + name + " *$", run.first("mended").text());
    }

    @Test
    @DisplayName("la copie par SFTP a la même taille et le même résumé des deux côtés")
    void sftp() {
        var lines = run.first("sftp").lines();
        assertEquals("800000 octets, puis 800000", lines.getFirst());
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
        return copies(inventories(codes(exercises)));
    }

    private static Exercises codes(Exercises exercises) {
        var head = "List<Integer> exitCodes(SshClient client, String host, List<String> commands) throws Exception {\n";
        return exercises
                .refused(1, "une connexion par commande", head + """
                            var codes = new ArrayList<Integer>();
                            for (var command : commands)
                                try (var session = connect(client, host)) { codes.add(run(session, host, command).code()); }
                            return codes;
                        }""", "la machine a compté 5 connexions")
                .refused(1, "session jamais fermée", head + """
                            var session = connect(client, host);
                            var codes = new ArrayList<Integer>();
                            for (var command : commands) codes.add(run(session, host, command).code());
                            return codes;
                        }""", "la connexion est restée ouverte")
                .refused(1, "s'arrête au premier échec", head + """
                            var codes = new ArrayList<Integer>();
                            try (var session = connect(client, host)) {
                                for (var command : commands) {
                                    var code = run(session, host, command).code();
                                    codes.add(code);
                                    if (code != 0) break;
                                }
                            }
                            return codes;
                        }""", "2 codes pour 5 commandes")
                .refused(1, "executeRemoteCommand", head + """
                            var codes = new ArrayList<Integer>();
                            try (var session = connect(client, host)) {
                                for (var command : commands) { session.executeRemoteCommand(command); codes.add(0); }
                            }
                            return codes;
                        }""", "executeRemoteCommand lance une exception")
                .refused(1, "code lu avant la fin", head + """
                            var codes = new ArrayList<Integer>();
                            try (var session = connect(client, host)) {
                                for (var command : commands) {
                                    var channel = session.createExecChannel(command);
                                    channel.open().verify(LIMIT);
                                    codes.add(channel.getExitStatus());
                                }
                            }
                            return codes;
                        }""", "lu avant la fin")
                .refused(1, "toujours zéro", head + """
                            try (var session = connect(client, host)) {
                                return commands.stream().map(command -> 0).toList();
                            }
                        }""", "les codes sont [0, 2, 0, 127, 1]")
                .refused(1, "rend null", head + "    return null;\n}", "rend null")
                .accepted(1, "toutes à la fois, un canal chacune", head + """
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor(); var session = connect(client, host)) {
                                var jobs = commands.stream().<Callable<Integer>>map(line -> () -> run(session, host, line).code()).toList();
                                return threads.invokeAll(jobs).stream().map(Future::resultNow).toList();
                            }
                        }""")
                .accepted(1, "session fermée à la main, dans finally", head + """
                            var session = connect(client, host);
                            try {
                                var codes = new ArrayList<Integer>();
                                for (var command : commands) codes.add(run(session, host, command).code());
                                return codes;
                            } finally { session.close(); }
                        }""");
    }

    private static Exercises inventories(Exercises exercises) {
        var head = "Map<String, List<String>> inventory(Path ssh, List<String> hosts) throws Exception {\n";
        var group = """
                    var byVersion = new HashMap<String, List<String>>();
                    for (var answer : answers) {
                        var version = answer.code() == null ? "injoignable" : answer.code() != 0 ? "absente" : answer.out();
                        byVersion.computeIfAbsent(version, _ -> new ArrayList<>()).add(answer.host());
                    }
                    return byVersion;
                }""";
        return exercises
                .refused(2, "la sortie sans le code", head + """
                            return askAll(ssh, hosts, "cat version.txt", 4).stream().collect(
                                Collectors.groupingBy(SshAnswer::out, Collectors.mapping(SshAnswer::host, Collectors.toList())));
                        }""", "a répondu, avec un code 2")
                .refused(2, "un code différent de 0 pris pour une panne", head + """
                            var byVersion = new TreeMap<String, List<String>>();
                            for (var answer : askAll(ssh, hosts, "cat version.txt", 4)) {
                                var version = answer.code() != null && answer.code() == 0 ? answer.out() : "injoignable";
                                byVersion.computeIfAbsent(version, _ -> new ArrayList<>()).add(answer.host());
                            }
                            return byVersion;
                        }""", "Sa place est sous « absente »")
                .refused(2, "code null oublié", head + """
                            var byVersion = new TreeMap<String, List<String>>();
                            for (var answer : askAll(ssh, hosts, "cat version.txt", 4)) {
                                var version = answer.code() == 0 ? answer.out() : "absente";
                                byVersion.computeIfAbsent(version, _ -> new ArrayList<>()).add(answer.host());
                            }
                            return byVersion;
                        }""", "NullPointerException")
                .refused(2, "l'une après l'autre", head + "    var answers = askAll(ssh, hosts, \"cat version.txt\", 1);\n" + group,
                        "l’une après l’autre")
                .refused(2, "toutes à la fois", head + "    var answers = askAll(ssh, hosts, \"cat version.txt\", hosts.size());\n" + group,
                        "Quatre au plus")
                .refused(2, "une mauvaise commande", head + "    var answers = askAll(ssh, hosts, \"hostname\", 4);\n" + group,
                        "sous « 2.0 »")
                .refused(2, "une panne arrête tout", head + """
                            var byVersion = new TreeMap<String, List<String>>();
                            try (var client = newClient(ssh)) {
                                for (var host : hosts) try (var session = connect(client, host)) {
                                    var version = session.executeRemoteCommand("cat version.txt").strip();
                                    byVersion.computeIfAbsent(version, _ -> new ArrayList<>()).add(host);
                                }
                            }
                            return byVersion;
                        }""", "votre code lance")
                .accepted(2, "avec ask et son propre régulateur", head + """
                            var throttle = new Throttle(4);
                            var answers = new ConcurrentLinkedQueue<SshAnswer>();
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor(); var client = newClient(ssh)) {
                                for (var job : hosts.stream().map(host -> threads.submit(
                                        () -> answers.add(ask(client, throttle, host, "cat version.txt")))).toList()) job.get();
                            }
                        """ + group);
    }

    private static Exercises copies(Exercises exercises) {
        var head = "boolean copy(ClientSession session, Path file, String name) throws IOException {\n"
                + "    try (var sftp = SftpClientFactory.instance().createSftpClient(session)) {\n";
        var end = "    }\n}";
        return exercises
                .refused(3, "copie sans vérifier", head + "        sftp.put(file, name);\n        return true;\n" + end, "vous rendez true")
                .refused(3, "compare les tailles", head + """
                                sftp.put(file, name);
                                if (sftp.stat(name).getSize() == Files.size(file)) return true;
                                sftp.remove(name);
                                return false;
                        """ + end, "à taille égale")
                .refused(3, "laisse la mauvaise copie", head + """
                                sftp.put(file, name);
                                return run(session, "", "sha256sum " + name).out().startsWith(SshMachine.sha256(file));
                        """ + end, "elle est restée sur la machine")
                .refused(3, "compare la ligne entière de sha256sum", head + """
                                sftp.put(file, name);
                                if (run(session, "", "sha256sum " + name).out().equals(SshMachine.sha256(file))) return true;
                                sftp.remove(name);
                                return false;
                        """ + end, "Que contient exactement la ligne")
                .refused(3, "garde le nom d'ici",
                        head + "        sftp.put(file, file.getFileName().toString());\n        return true;\n" + end,
                        "sous le nom demandé")
                .accepted(3, "relit la copie par SFTP", head + """
                                sftp.put(file, name);
                                byte[] there;
                                try (var in = sftp.read(name)) { there = in.readAllBytes(); }
                                if (Arrays.equals(there, Files.readAllBytes(file))) return true;
                                sftp.remove(name);
                                return false;
                        """ + end)
                .accepted(3, "découpe la ligne de sha256sum", head + """
                                sftp.put(file, name);
                                var same = run(session, "", "sha256sum " + name).out().split(" ")[0].equals(SshMachine.sha256(file));
                                if (!same) sftp.remove(name);
                                return same;
                        """ + end);
    }
}
