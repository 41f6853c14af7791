package lessons.postgres;

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

/** Ce que montre chaque cellule de la leçon 8, et ce que ses vérifications répondent aux réponses justes et fausses. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 8, PostgreSQL")
class PostgresTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("08-postgresql");
        exercises = new Exercises(lesson);
        searchAnswers();
        atOnceAnswers();
        withinAnswers();
        var plan = new NotebookRun.Plan(lesson)
                .runUntil("notify").await("listen", 2, "reçu ").run("transaction", "nothing-left")
                .runAs("start-server", """
                        for (var machine : List.of("Linux amd64", "Linux aarch64", "Mac aarch64",
                                "Windows amd64", "SunOS sparcv9", "Linux s390x"))
                            try { IO.println(machine + " : " + PostgresBinaries.platform(machine.split(" ")[0], machine.split(" ")[1])); }
                            catch (IOException e) { IO.println(machine + " : " + e.getMessage()); }
                        try { PostgresBinaries.requireRoom(Path.of(System.getProperty("java.io.tmpdir")), Long.MAX_VALUE); }
                        catch (IOException e) { IO.println("place : " + e.getMessage()); }
                        try { PostgresBinaries.jar("linux-amd64", "0.0.0"); }
                        catch (IOException e) { IO.println("téléchargement : " + e.getMessage()); }
                        """);
        run = exercises.addTo(plan).execute();
    }

    @Test
    @DisplayName("par petits groupes, la première ligne arrive tôt et la mémoire reste libre")
    void stream() {
        var lines = run.first("stream").lines();
        var first = lines.stream().map(line -> number(line, Pattern.compile("à (\\d+) %"))).toList();
        var memory = lines.stream().map(line -> number(line, Pattern.compile("(\\d+) Mo"))).toList();
        assertTrue(first.get(0) > 50 && first.get(1) < 30, lines.toString());
        assertTrue(memory.get(0) > 15 && memory.get(1) < 8, lines.toString());
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("le serveur démarre, dit sa version, et accepte cent connexions, dont trois réservées")
    void server() {
        var lines = run.first("start-server").lines();
        assertTrue(lines.get(2).matches(".* connecté à PostgreSQL .18.*"), lines.toString());
        assertEquals(List.of("connexions, au plus : [100]", "dont réservées : [3]"), lines.subList(3, 5));
    }

    @Test
    @DisplayName("la valeur collée trouve tout le monde ; donnée à part, personne")
    void injection() {
        assertEquals(List.of("collé : [3] élèves trouvés", "à part : [0] élèves trouvés"), run.first("injection").lines());
    }

    @Test
    @DisplayName("vingt requêtes : une à la fois, puis ensemble, puis cinq à la fois")
    void twentyQueries() {
        assertTrue(run.first("one-by-one").svg().contains("au plus 1 à la fois"));
        assertTrue(number("together", "au plus (\\d+) à la fois") > 5, run.first("together").svg());
        assertTrue(number("together", " : ([\\d,]+) fois moins") > 1.5);
        assertEquals(5, number("pool", "au plus (\\d+) à la fois"));
        assertTrue(number("pool", " : ([\\d,]+) fois moins") > 1.2);
        assertEquals(40, run.first("together").svg().split("<rect ").length - 2, "deux rectangles par requête, et le fond");
    }

    /** La réserve est pleine avant la mesure : chaque question commence quand l'une de la vague d'avant finit. */
    @Test
    @DisplayName("cinq places, vingt questions : quatre vagues")
    void waves() {
        var starts = Pattern.compile("<rect x=\"([\\d.]+)\" y=\"\\d+\" width=\"([\\d.]+)\" [^>]*fill=\"#1f5fa8\"")
                .matcher(run.first("pool").svg()).results()
                .map(bar -> new double[] {Double.parseDouble(bar.group(1)), Double.parseDouble(bar.group(2))}).toList();
        assertEquals(20, starts.size());
        double length = starts.stream().mapToDouble(bar -> bar[1]).min().orElseThrow();
        for (int i = 5; i < 20; i++)
            assertTrue(starts.get(i)[0] > starts.get(i - 5)[0] + 0.9 * length, "la question " + (i + 1) + " attend une place");
    }

    @Test
    @DisplayName("la réserve vide : deux emprunts réussissent, le troisième renonce")
    void exhausted() {
        var lines = run.first("exhausted").lines();
        assertEquals(List.of("emprunt 1 : réussi, true", "emprunt 2 : réussi, true"), lines.subList(0, 2));
        assertTrue(lines.getLast().matches("emprunt 3 : échec, .* timed out after 4\\d\\dms \\(total=2, active=2, idle=0, waiting=\\d\\)"),
                lines.getLast());
    }

    @Test
    @DisplayName("JDBC sur threads virtuels et Vert.x font vingt requêtes lentes dans des durées voisines")
    void vertx() {
        assertTrue(ratio("race", "JDBC", "Vert.x") > 0.2 && ratio("race", "JDBC", "Vert.x") < 5, run.first("race").text());
    }

    @Test
    @DisplayName("par une seule connexion, Vert.x enchaîne les requêtes courtes ; machine occupée ou non, il ne va pas bien moins vite")
    void pipeline() {
        assertTrue(ratio("pipeline", "JDBC", "Vert.x") > 0.6, run.first("pipeline").text());
    }

    /** La vitesse du second, rapportée à celle du premier. */
    private static double ratio(String cell, String first, String second) {
        var lines = run.first(cell).text().lines().skip(1).toList();
        assertEquals(2, lines.size());
        assertTrue(lines.getFirst().startsWith(first) && lines.getLast().startsWith(second), lines.toString());
        assertTrue(lines.stream().allMatch(line -> line.contains(" questions par seconde ")), lines.toString());
        return number(lines.getLast(), Pattern.compile("× ([\\d,]+)"));
    }

    @Test
    @DisplayName("une transaction défaite laisse 100 à Ana")
    void transaction() {
        var lines = run.first("transaction").lines();
        assertTrue(lines.getFirst().startsWith("échec, "), lines.toString());
        assertEquals("il reste à Ana : [100]", lines.getLast());
    }

    @Test
    @DisplayName("les paquets vont plus vite que ligne à ligne, et COPY plus vite que les paquets")
    void load() {
        var lines = run.first("load").text().lines().skip(1).toList();
        var ratios = lines.stream().map(line -> number(line, Pattern.compile("× ([\\d,]+)"))).toList();
        assertEquals(1.0, ratios.getFirst());
        assertTrue(ratios.get(1) > 1.5 && ratios.get(2) > 1.5 * ratios.get(1), lines.toString());
    }

    @Test
    @DisplayName("les nouvelles publiées arrivent sous la cellule de l'abonné ; celle de la transaction défaite, non")
    void notifications() {
        var lines = run.first("listen").lines("reçu ");
        assertTrue(lines.getFirst().endsWith("le pain est cuit") && lines.getLast().endsWith("le four est chaud"), lines.toString());
        assertEquals(2, lines.size());
        assertEquals(1, run.first("listen").lines("fin de l'abonnement").size());
    }

    @Test
    @DisplayName("interrompu, un thread de plateforme a sa réponse ; un thread virtuel perd sa connexion, et laisse la requête au serveur")
    void interrupted() {
        var lines = run.first("interrupt").lines();
        assertEquals(List.of("réussi, [la réponse]", "virtuel : false ; encore : 0"), lines.subList(0, 2));
        assertTrue(lines.get(2).startsWith("échec, "), lines.toString());
        assertEquals("virtuel : true ; encore : 1", lines.get(3));
    }

    @Test
    @DisplayName("cancel arrête la requête sur le serveur, et la connexion sert encore")
    void cancelled() {
        var lines = run.first("cancel").lines();
        assertTrue(lines.get(0).contains("canceling statement due to user request"), lines.toString());
        assertEquals("suite : réussi, [elle sert encore]", lines.get(1));
    }

    @Test
    @DisplayName("à la fin : aucune connexion, aucun thread des bibliothèques, aucun processus")
    void nothingLeft() {
        assertEquals(List.of("connexions : 0", "threads : []", "processus du serveur : 0"), run.first("nothing-left").lines());
    }

    @Test
    @DisplayName("les machines connues ont leur archive ; les autres, un disque plein, un réseau absent, une phrase qui dit quoi faire")
    void badConditions() {
        var lines = run.last("start-server").lines();
        assertEquals(
                List.of("Linux amd64 : linux-amd64", "Linux aarch64 : linux-arm64v8", "Mac aarch64 : darwin-arm64v8",
                        "Windows amd64 : windows-amd64"),
                lines.subList(0, 4));
        for (var line : lines.subList(4, 6)) assertTrue(line.contains("Aucun PostgreSQL prêt") && line.contains("COURSE_POSTGRES"), line);
        assertTrue(lines.get(6).contains("Plus assez de place") && lines.get(6).contains("Libérez de la place"), lines.get(6));
        assertTrue(lines.getLast().contains("n’a pas pu être téléchargé. Vérifiez la connexion"), lines.getLast());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answers() {
        return exercises.tests(run);
    }

    private static double number(String cell, String pattern) {
        return number(run.first(cell).svg(), Pattern.compile(pattern));
    }

    private static double number(String text, Pattern pattern) {
        var matcher = pattern.matcher(text);
        assertTrue(matcher.find(), text);
        return Double.parseDouble(matcher.group(1).replace(',', '.'));
    }

    private static void searchAnswers() {
        var header = "List<String> search(Connection connection, String town, int least) throws SQLException {\n";
        exercises
                .refused(1, "colle les valeurs", header + """
                            var sql = "select nom from eleves where ville = '" + town + "' and note >= " + least + " order by nom";
                            return ask(connection, sql);
                        }""", "la ville est écrite dans le texte de la requête")
                .refused(1, "double les apostrophes", header + """
                            var safe = town.replace("'", "''");
                            return ask(connection, "select nom from eleves where ville = '" + safe + "' and note >= ? order by nom", least);
                        }""", "la ville est écrite dans le texte de la requête")
                .refused(1, "colle la note", header + """
                            return ask(connection, "select nom from eleves where ville = ? and note >= " + least + " order by nom", town);
                        }""", "la note est écrite dans le texte de la requête")
                .refused(1, "strictement plus", header + """
                            return ask(connection, "select nom from eleves where ville = ? and note > ? order by nom", town, least);
                        }""", "Ana a juste 12")
                .refused(1, "oublie la note", header + """
                            return ask(connection, "select nom from eleves where ville = ? order by nom", town);
                        }""", "Bilal a 11")
                .refused(1, "sans ordre", header + """
                            return ask(connection, "select nom from eleves where ville = ? and note >= ?", town, least);
                        }""", "dans l’ordre des noms")
                .refused(1, "ferme la connexion", header + """
                            try (connection) {
                                return ask(connection, "select nom from eleves where ville = ? and note >= ? order by nom", town, least);
                            }
                        }""", "ne la fermez pas")
                .refused(1, "laisse la requête ouverte", header + """
                            var sql = "select nom from eleves where ville = ? and note >= ? order by nom";
                            var statement = connection.prepareStatement(sql);
                            statement.setString(1, town);
                            statement.setInt(2, least);
                            var names = new ArrayList<String>();
                            for (var rows = statement.executeQuery(); rows.next(); ) names.add(rows.getString("nom"));
                            return names;
                        }""", "une requête est restée ouverte")
                .refused(1, "des ? entre apostrophes", header + """
                            return ask(connection, "select nom from eleves where ville = '?' and note >= ? order by nom", town, least);
                        }""", "est un texte ordinaire : ôtez les apostrophes")
                .refused(1, "une valeur oubliée", header + """
                            return ask(connection, "select nom from eleves where ville = ? and note >= ? order by nom", town);
                        }""", "plus de « ? » que vous ne donnez de valeurs")
                .refused(1, "une faute dans la requête", header + """
                            return ask(connection, "select nom from eleve where ville = ? and note >= ? order by nom", town, least);
                        }""", "le serveur refuse la requête. Il dit : ")
                .accepted(1, "les valeurs dans l'autre ordre", header + """
                            return ask(connection, "select nom from eleves where ? <= note and ? = ville order by nom asc", least, town);
                        }""")
                .accepted(1, "sans ask, et le tri fait en Java", header + """
                            try (var statement = connection.prepareStatement("select nom from eleves where note >= ? and ville = ?")) {
                                statement.setInt(1, least);
                                statement.setString(2, town);
                                var names = new TreeSet<String>();
                                for (var rows = statement.executeQuery(); rows.next(); ) names.add(rows.getString(1));
                                return List.copyOf(names);
                            }
                        }""");
    }

    private static String atOnce(String body) {
        return "List<Integer> atOnce() {\n" + body.indent(4) + "}";
    }

    private static void atOnceAnswers() {
        exercises
                .refused(2, "cinq nombres", atOnce("return List.of(5, 12, 1, 3, 4);"), "il faut six nombres")
                .refused(2, "ne rend pas la main", atOnce("while (true) Thread.onSpinWait();"), "votre méthode ne rend pas la main")
                .refused(2, "null", atOnce("return null;"), "il faut six nombres")
                .refused(2, "autant que de threads", atOnce("return List.of(12, 12, 12, 12, 12, 12);"), "cas A : vous prévoyez 12")
                .refused(2, "autant que de places", atOnce("return List.of(5, 30, 1, 5, 10, 8);"), "cas B : vous prévoyez 30")
                .refused(2, "la connexion partagée mènerait douze requêtes", atOnce("return List.of(5, 12, 12, 3, 4, 8);"),
                        "le serveur en a exécuté 1 à la fois : une connexion ne mène qu’une requête à la fois")
                .refused(2, "les connexions perdues comptées", atOnce("return List.of(5, 12, 1, 5, 4, 8);"),
                        "cas D : vous prévoyez 5, et le serveur en a exécuté 3 à la fois : une connexion jamais rendue")
                .refused(2, "le régulateur oublié", atOnce("return List.of(5, 12, 1, 3, 10, 8);"), "la limite la plus basse l’emporte")
                .refused(2, "une seule réserve comptée", atOnce("return List.of(5, 12, 1, 3, 4, 4);"), "chaque programme a sa réserve")
                .refused(2, "deux réserves, autant que de threads", atOnce("return List.of(5, 12, 1, 3, 4, 12);"),
                        "chaque programme a sa réserve")
                .accepted(2, "par un calcul", atOnce("""
                        int crowd = 12;
                        return List.of(Math.min(crowd, 5), Math.min(crowd, 30), 1, 5 - 2, Math.min(10, 4), 2 * Math.min(crowd / 2, 4));"""))
                .accepted(2, "par un tableau", atOnce("return Arrays.asList(new Integer[] {5, 12, 1, 3, 4, 8});"));
    }

    private static String within(String body) {
        return "String within(Connection connection, String question, Duration limit) throws Exception {\n" + body.indent(4) + "}";
    }

    private static void withinAnswers() {
        var ask = "var answer = new FutureTask<>(() -> ask(connection, question).getFirst());\n";
        var prepared = """
                try (var statement = connection.createStatement()) {
                    var answer = new FutureTask<>(() -> {
                        var rows = statement.executeQuery(question);
                        rows.next();
                        return rows.getString(1);
                    });
                    var thread = Thread.startVirtualThread(answer);
                """;
        exercises
                .refused(3, "attend sans limite", within("return ask(connection, question).getFirst();"), "votre méthode attend encore")
                .refused(3, "ne répond pas", within("throw new TimeoutException();"), "votre code lance TimeoutException")
                .refused(3, "get avec une durée, et rien de plus", within(ask + """
                        Thread.startVirtualThread(answer);
                        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);"""),
                        "le serveur exécute encore la question")
                .refused(3, "interrompt un thread virtuel", within(ask + """
                        Thread.startVirtualThread(answer);
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                        finally { answer.cancel(true); }"""), "le serveur exécute encore la question")
                .refused(3, "interrompt un thread de plateforme", within(ask + """
                        Thread.ofPlatform().daemon().start(answer);
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                        finally { answer.cancel(true); }"""), "le serveur exécute encore la question")
                .refused(3, "ferme la connexion", within(ask + """
                        Thread.startVirtualThread(answer);
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                        catch (TimeoutException late) { connection.abort(Runnable::run); throw late; }"""),
                        "le serveur exécute encore la question")
                .refused(3, "annule au serveur, et ferme", within(prepared + """
                            try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                            catch (TimeoutException late) {
                                statement.cancel();
                                thread.join();
                                connection.close();
                                throw late;
                            }
                        }"""), "la connexion ne sert plus")
                .refused(3, "annule, et rend null", within(prepared + """
                            try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                            catch (TimeoutException late) { statement.cancel(); return null; }
                        }"""), "vous rendez « null » : lancez une TimeoutException")
                .refused(3, "laisse sortir l'annulation", within("""
                        try (var statement = connection.createStatement()) {
                            statement.execute("set statement_timeout = " + limit.toMillis());
                            try { return ask(connection, question).getFirst(); }
                            finally { statement.execute("set statement_timeout = 0"); }
                        }"""), "l’appelant attend TimeoutException, et reçoit PSQLException")
                .refused(3, "oublie la limite sur le serveur", within("""
                        try (var statement = connection.createStatement()) {
                            statement.execute("set statement_timeout = " + limit.toMillis());
                            return ask(connection, question).getFirst();
                        } catch (SQLException late) {
                            if ("57014".equals(late.getSQLState())) throw new TimeoutException();
                            throw late;
                        }"""), "la limite que vous avez donnée au serveur y est restée")
                .refused(3, "toute erreur devient un retard", within(prepared + """
                            try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                            catch (ExecutionException | TimeoutException late) { statement.cancel(); throw new TimeoutException(); }
                        }"""), "l’appelant croira que le serveur est lent")
                .refused(3, "la requête dans une variable partagée", """
                        Statement current;
                        """ + within("""
                        current = connection.createStatement();
                        var answer = new FutureTask<>(() -> {
                            var rows = current.executeQuery(question);
                            rows.next();
                            return rows.getString(1);
                        });
                        var thread = Thread.startVirtualThread(answer);
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                        catch (TimeoutException late) { current.cancel(); throw late; }"""), "Ils se partagent une variable")
                .accepted(3, "la limite confiée au serveur, puis défaite", within("""
                        try (var statement = connection.createStatement()) {
                            statement.execute("set statement_timeout = " + limit.toMillis());
                            try { return ask(connection, question).getFirst(); }
                            catch (SQLException late) {
                                if ("57014".equals(late.getSQLState())) throw new TimeoutException();
                                throw late;
                            } finally { statement.execute("set statement_timeout = 0"); }
                        }"""))
                .accepted(3, "un réveil qui annule", within("""
                        try (var statement = connection.createStatement(); var alarm = Executors.newSingleThreadScheduledExecutor()) {
                            var rung = new AtomicBoolean();
                            var ring = alarm.schedule(() -> { rung.set(true); statement.cancel(); return null; },
                                limit.toMillis(), TimeUnit.MILLISECONDS);
                            try (var rows = statement.executeQuery(question)) {
                                rows.next();
                                return rows.getString(1);
                            } catch (SQLException failure) {
                                if (rung.get()) throw new TimeoutException();
                                throw failure;
                            } finally { ring.cancel(false); }
                        }"""));
    }
}
