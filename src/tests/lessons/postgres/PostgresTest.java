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

/** Ce que montre chaque cellule de la leçon 8, et ce que ses vérifications répondent aux réponses justes et fausses. */
@DisplayName("leçon 8, PostgreSQL")
class PostgresTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(300)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("08-postgresql");
        exercises = new Exercises(lesson);
        searchAnswers();
        askAllAnswers();
        transferAnswers();
        var plan = new NotebookRun.Plan(lesson)
                .runUntil("notify").await("listen", 2, "reçu ").run("interrupt", "cancel", "nothing-left")
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
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("le serveur démarre, et dit sa version")
    void server() {
        var lines = run.first("start-server").lines();
        assertTrue(lines.getLast().contains("connecté à PostgreSQL 18"), lines.toString());
    }

    @Test
    @DisplayName("la valeur collée trouve tout le monde ; donnée à part, personne")
    void injection() {
        assertEquals(List.of("3 élèves trouvés", "0 élèves trouvés"), run.first("injection").lines());
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

    @Test
    @DisplayName("la réserve vide : deux emprunts réussissent, le troisième renonce")
    void exhausted() {
        var lines = run.first("exhausted").lines();
        assertEquals(List.of("emprunt 1 : réussi, true", "emprunt 2 : réussi, true"), lines.subList(0, 2));
        assertTrue(lines.getLast().matches("emprunt 3 : échec, .* timed out after 4\\d\\dms \\(total=2, active=2, idle=0, waiting=\\d\\)"),
                lines.getLast());
    }

    @Test
    @DisplayName("JDBC sur threads virtuels et Vert.x font vingt requêtes dans des durées voisines")
    void vertx() {
        var lines = run.first("vertx").text().lines().skip(1).toList();
        assertEquals(2, lines.size());
        assertTrue(lines.getFirst().startsWith("JDBC ") && lines.getLast().startsWith("Vert.x "), lines.toString());
        assertTrue(lines.stream().allMatch(line -> line.contains(" requêtes par seconde ")), lines.toString());
        var ratio = number(lines.getLast(), Pattern.compile("× ([\\d,]+)"));
        assertTrue(ratio > 0.1 && ratio < 10, lines.toString());
    }

    @Test
    @DisplayName("sans transaction, 60 ; avec, 100")
    void transaction() {
        assertEquals(List.of("sans transaction : [60]", "avec transaction : [100]"), run.first("transaction").lines());
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
    @DisplayName("par petits groupes, la première ligne arrive tôt et la mémoire reste libre")
    void stream() {
        var lines = run.first("stream").lines();
        var first = lines.stream().map(line -> number(line, Pattern.compile("à (\\d+) %"))).toList();
        var memory = lines.stream().map(line -> number(line, Pattern.compile("(\\d+) Mo"))).toList();
        assertTrue(first.get(0) > 50 && first.get(1) < 30, lines.toString());
        assertTrue(memory.get(0) > 15 && memory.get(1) < 8, lines.toString());
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
    @DisplayName("interrompre le thread laisse la requête au serveur")
    void interrupted() {
        var lines = run.first("interrupt").lines();
        assertTrue(lines.getFirst().startsWith("requête : échec, "), lines.toString());
        assertEquals(List.of("encore sur le serveur : [select pg_sleep(60)]", "annulées : 1"), lines.subList(1, 3));
    }

    @Test
    @DisplayName("cancel arrête la requête sur le serveur, et la connexion sert encore")
    void cancelled() {
        var lines = run.first("cancel").lines();
        assertTrue(lines.get(0).contains("canceling statement due to user request"), lines.toString());
        assertEquals("la suivante : réussi, [la connexion sert encore]", lines.get(1));
        assertTrue(lines.get(2).startsWith("coupée : échec, FATAL: terminating connection"), lines.toString());
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

    private static void askAllAnswers() {
        var header = "List<String> askAll(DataSource source, List<String> questions) throws Exception {\n";
        exercises
                .refused(2, "l'une après l'autre", header + """
                            var answers = new ArrayList<String>();
                            for (var question : questions)
                                try (var connection = source.getConnection()) { answers.add(ask(connection, question).getFirst()); }
                            return answers;
                        }""", "l’une après l’autre")
                .refused(2, "une connexion pour toutes", header + """
                            try (var connection = source.getConnection(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var tasks = questions.stream()
                                        .map(question -> (Callable<String>) () -> ask(connection, question).getFirst()).toList();
                                var answers = new ArrayList<String>();
                                for (var future : threads.invokeAll(tasks)) answers.add(future.get());
                                return answers;
                            }
                        }""", "la même connexion")
                .refused(2, "attend chaque réponse avant la suivante", header + """
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var answers = new ArrayList<String>();
                                for (var question : questions)
                                    answers.add(threads.submit(() -> {
                                        try (var connection = source.getConnection()) { return ask(connection, question).getFirst(); }
                                    }).get());
                                return answers;
                            }
                        }""", "l’une après l’autre")
                .refused(2, "dans l'ordre des réponses", header + """
                            var answers = Collections.synchronizedList(new ArrayList<String>());
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                for (var question : questions)
                                    threads.submit(() -> {
                                        try (var connection = source.getConnection()) {
                                            return answers.add(ask(connection, question).getFirst());
                                        }
                                    });
                            }
                            return answers;
                        }""", "l’ordre des questions")
                .refused(2, "ne rend pas les connexions", header + """
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var tasks = questions.stream()
                                        .map(question -> (Callable<String>) () -> ask(source.getConnection(), question).getFirst())
                                        .toList();
                                var answers = new ArrayList<String>();
                                for (var future : threads.invokeAll(tasks)) answers.add(future.get());
                                return answers;
                            }
                        }""", "des connexions n’ont pas été rendues")
                .refused(2, "rend la connexion seulement en cas de succès", header + """
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var tasks = questions.stream().map(question -> (Callable<String>) () -> {
                                    var connection = source.getConnection();
                                    var answer = ask(connection, question).getFirst();
                                    connection.close();
                                    return answer;
                                }).toList();
                                var answers = new ArrayList<String>();
                                for (var future : threads.invokeAll(tasks)) answers.add(future.get());
                                return answers;
                            }
                        }""", "après une question fausse")
                .refused(2, "tait les échecs", header + """
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var tasks = questions.stream().map(question -> (Callable<String>) () -> {
                                    try (var connection = source.getConnection()) { return ask(connection, question).getFirst(); }
                                    catch (SQLException failure) { return null; }
                                }).toList();
                                var answers = new ArrayList<String>();
                                for (var future : threads.invokeAll(tasks)) answers.add(future.get());
                                return answers;
                            }
                        }""", "passe inaperçue")
                .accepted(2, "avec des tâches lancées une à une", header + """
                            var futures = new ArrayList<Future<String>>();
                            try (var threads = Executors.newCachedThreadPool()) {
                                for (var question : questions)
                                    futures.add(threads.submit(() -> {
                                        try (var connection = source.getConnection()) { return ask(connection, question).getFirst(); }
                                    }));
                            }
                            var answers = new ArrayList<String>();
                            for (var future : futures) answers.add(future.get());
                            return answers;
                        }""");
    }

    private static void transferAnswers() {
        var change = """
                int change(Connection connection, String sql, Object... values) throws SQLException {
                    try (var statement = connection.prepareStatement(sql)) {
                        for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
                        return statement.executeUpdate();
                    }
                }

                """;
        var header = change + "void transfer(Connection connection, String from, String to, int amount) throws SQLException {\n";
        var debit = "change(connection, \"update comptes set solde = solde - ? where nom = ?\", amount, from);\n";
        var credit = "change(connection, \"update comptes set solde = solde + ? where nom = ?\", amount, to);\n";
        exercises
                .refused(3, "sans transaction, débit d'abord", header + debit + credit + "}", "un virement refusé a changé les soldes")
                .refused(3, "sans transaction, crédit d'abord", header + credit + debit + "}", "un virement refusé a changé les soldes")
                .refused(3, "dans le mauvais sens", header + debit.replace("from", "to") + credit.replace(", to)", ", from)") + "}",
                        "il faut 70, 80 et 990")
                .refused(3, "oublie commit",
                        header + "connection.setAutoCommit(false);\n" + debit + credit
                                + "connection.rollback();\nconnection.setAutoCommit(true);\n}",
                        "il faut 70, 80 et 990")
                .refused(3, "garde le mode manuel",
                        header + "connection.setAutoCommit(false);\n" + debit + credit + "connection.commit();\n}", "mode manuel")
                .refused(3, "oublie rollback",
                        header + "connection.setAutoCommit(false);\n" + debit + credit
                                + "connection.commit();\nconnection.setAutoCommit(true);\n}",
                        "la transaction reste ouverte")
                .refused(3, "tait l'échec",
                        header + "connection.setAutoCommit(false);\ntry {\n" + debit + credit + "connection.commit();\n} "
                                + "catch (SQLException failure) { connection.rollback(); }\nfinally { connection.setAutoCommit(true); }\n}",
                        "passe inaperçu")
                .refused(3, "compte sur finally, sans rollback",
                        header + "connection.setAutoCommit(false);\ntry {\n" + debit + credit + "}\n"
                                + "finally { connection.setAutoCommit(true); }\n}",
                        "demi-virement")
                .refused(3, "ferme la connexion",
                        header + "try (connection) {\nconnection.setAutoCommit(false);\n" + debit + credit + "connection.commit();\n}\n}",
                        "ne la fermez pas")
                .accepted(3, "crédit d'abord", header + "connection.setAutoCommit(false);\ntry {\n" + credit + debit
                        + "connection.commit();\n} "
                        + "catch (SQLException failure) { connection.rollback(); throw failure; }\n"
                        + "finally { connection.setAutoCommit(true); }\n}")
                .accepted(3, "un seul ordre, indivisible", header
                        + "change(connection, \"update comptes set solde = solde + case nom when ? then - ?::int else ?::int end where "
                        + "nom in (?, ?)\", "
                        + "from, amount, amount, from, to);\n}");
    }
}
