//SOURCES ../Exercise.java ../Patience.java ../Race.java
package lessons.postgres;

import static lessons.Exercise.check;
import static lessons.Exercise.require;
import static lessons.postgres.Postgres.ask;

import asynchelpers.Throttle;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import lessons.Exercise.Verdict;
import lessons.Patience;

/** Les vérifications des exercices de la leçon 8 : ce que le serveur a reçu, exécuté, ou exécute encore. */
public final class PostgresExercises {

    /** Réponse à l'exercice 1. */
    @FunctionalInterface
    public interface Search {
        List<String> search(Connection connection, String town, int least) throws Exception;
    }

    /** Réponse à l'exercice 3 : la réponse à une question, ou {@code TimeoutException} quand la durée est passée. */
    @FunctionalInterface
    public interface Within {
        String ask(Connection connection, String question, Duration limit) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);      // un filet : chaque appel a sa limite, bien plus courte

    private PostgresExercises() {}

    // ---------------------------------------------------------------- exercice 1

    /** Exercice 1 : une recherche dont les valeurs voyagent à part du texte de la requête. */
    public static Verdict search(Postgres postgres, Search answer) throws InterruptedException {
        return check("les valeurs voyagent à part : aucun texte ne devient du code.", LIMIT, () -> {
            try (var connection = postgres.connect()) {
                run(connection, "create temp table eleves(nom text, ville text, note int)", """
                        insert into eleves values
                            ('Zoé', 'Nice', 15), ('Ana', 'Nice', 12), ('Bilal', 'Nice', 11), ('Chloé', 'L''Haÿ-les-Roses', 18)""");
                var spy = new Spy();
                var watched = spy.watch(connection);
                requireNice(find(answer, watched, "Nice", 12));
                require(!connection.isClosed(), "la connexion n’est pas à vous : ne la fermez pas.");
                require(spy.texts.stream().noneMatch(text -> text.contains("Nice")),
                        "la ville est écrite dans le texte de la requête. Mettez un ? à sa place, et donnez la valeur à part.");
                require(find(answer, watched, "L'Haÿ-les-Roses", 0).equals(List.of("Chloé")),
                        "Chloé habite L’Haÿ-les-Roses, et vous ne la trouvez pas.");
                require(find(answer, watched, "x' or 'a' = 'a", 0).isEmpty(), "un texte bien choisi montre tous les élèves.");
                require(spy.texts.stream().noneMatch(text -> text.contains("12")),
                        "la note est écrite dans le texte de la requête : mettez un ? à sa place.");
                require(spy.open.get() == 0, "une requête est restée ouverte : try (var statement = ...) la ferme.");
            }
        });
    }

    /** Appelle la réponse ; ce que le pilote ou le serveur refuse, le dit en français. */
    private static List<String> find(Search answer, Connection connection, String town, int least) throws Exception {
        try {
            return answer.search(connection, town, least);
        } catch (SQLException refused) {
            var message = String.valueOf(refused.getMessage());
            require(!message.contains("column index is out of range"),
                    "vous donnez plus de valeurs que la requête n’a de « ? ». Un ? entre apostrophes est un texte ordinaire : ôtez les "
                            + "apostrophes.");
            require(!message.contains("No value specified"), "la requête a plus de « ? » que vous ne donnez de valeurs.");
            require(false, "le serveur refuse la requête. Il dit : " + message.lines().findFirst().orElse(""));
            return null;
        }
    }

    private static void requireNice(List<String> names) {
        require(names != null && !names.isEmpty(), "aucun élève trouvé à Nice, avec 12 au moins. Exécutez la requête, et rendez ses noms.");
        require(!names.contains("Chloé"), "Chloé n’habite pas Nice : la requête doit comparer la ville.");
        require(!names.contains("Bilal"), "Bilal a 11, et l’on demande 12 au moins : comparez aussi la note.");
        require(names.contains("Ana"), "Ana a juste 12, et l’on demande 12 au moins : >= et non >.");
        require(names.equals(List.of("Ana", "Zoé")), "il faut rendre Ana puis Zoé, dans l’ordre des noms ; vous rendez " + names + ".");
    }

    // ---------------------------------------------------------------- exercice 2

    /** Six essais sur une machine très occupée ; la réponse, elle, doit venir aussitôt. */
    private static final Duration MEASURE = Duration.ofSeconds(30);
    private static final int CROWD = 12;
    /** Le serveur fait attendre cette question tant que quelqu'un tient le verrou {@code exclusive}. */
    private static final String BLOCKED = "select pg_advisory_lock_shared(20251126), pg_advisory_unlock_shared(20251126)";
    private static final String HOLD = "select pg_advisory_lock(20251126)";
    private static final String LET_GO = "select pg_advisory_unlock(20251126)";

    /** Une situation : douze threads posent la question, par une ou deux réserves ; {@code why} explique ce que le serveur voit. */
    private record Case(String name, int pools, int places, int lost, int throttle, boolean shared, String why) {}

    private static final List<Case> CASES = List.of(
            new Case("A", 1, 5, 0, CROWD, false, "chaque place mène une requête à la fois, et les autres threads attendent une place"),
            new Case("B", 1, CROWD, 0, CROWD, false, "il n’y a que douze questions : les autres places ne servent à personne"),
            new Case("C", 1, 1, 0, CROWD, true, "une connexion ne mène qu’une requête à la fois, aussi nombreux que soient les threads"),
            new Case("D", 1, 5, 2, CROWD, false, "une connexion jamais rendue manque à tous les autres"),
            new Case("E", 1, 10, 0, 4, false, "la limite la plus basse l’emporte, que ce soit celle du régulateur ou celle de la réserve"),
            new Case("F", 2, 4, 0, CROWD, false, "chaque programme a sa réserve, et le serveur les sert toutes les deux"));

    /** Exercice 2 : combien de requêtes le serveur exécute à la fois, dans six situations, prévues puis mesurées. */
    public static Verdict atOnce(Postgres postgres, Callable<List<Integer>> answer) throws InterruptedException {
        return check("le serveur a vu exactement ce que vous aviez prévu, dans les six cas.", MEASURE, () -> {
            var predicted = call(answer, SOON, "votre méthode ne rend pas la main : il faut seulement une liste de six nombres.");
            require(predicted != null && predicted.size() == CASES.size(), "il faut six nombres, un par cas, de A à F.");
            require(predicted.stream().anyMatch(number -> number != 0),
                    "douze threads posent une question : le serveur en voit au moins une.");
            try (var server = new Crowd(postgres)) {
                for (int i = 0; i < CASES.size(); i++) {
                    var one = CASES.get(i);
                    int seen = server.atOnce(one);
                    require(predicted.get(i) == seen, "cas %s : vous prévoyez %d, et le serveur en a exécuté %d à la fois : %s."
                            .formatted(one.name, predicted.get(i), seen, one.why));
                }
            }
        });
    }

    /** Douze connexions, une de plus pour tenir la porte, et une pour regarder. */
    private static final class Crowd implements AutoCloseable {
        private final List<Connection> connections = new ArrayList<>();
        private final Connection holder;
        private final Connection watcher;
        private final String name;

        Crowd(Postgres postgres) throws Exception {
            name = postgres.application();
            holder = postgres.connect();
            watcher = postgres.connect();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var one : threads.invokeAll(Collections.nCopies(CROWD, (Callable<Connection>) postgres::connect)))
                    connections.add(one.get());
            }
        }

        /** Le plus grand nombre de ces questions que le serveur exécute à la fois : il les retient jusqu'à ce que l'on ait compté. */
        int atOnce(Case situation) throws Exception {
            var pools = new ArrayList<BlockingQueue<Connection>>();
            for (int i = 0; i < situation.pools; i++)
                pools.add(new ArrayBlockingQueue<>(CROWD, false,
                        connections.subList(i * situation.places + situation.lost, (i + 1) * situation.places)));
            var throttle = new Throttle(situation.throttle);
            ask(holder, HOLD);
            var answers = new ArrayList<Future<?>>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < CROWD; i++) {
                    var places = pools.get(i % situation.pools);
                    answers.add(threads.submit(() -> question(situation, places, throttle)));
                }
                int seen = count();
                ask(holder, LET_GO);
                for (var answer : answers) answer.get();
                return seen;
            }
        }

        private List<String> question(Case situation, BlockingQueue<Connection> places, Throttle throttle) throws Exception {
            try (var _ = throttle.enter()) {
                if (situation.shared) return ask(connections.getFirst(), BLOCKED);
                var connection = places.take();
                try {
                    return ask(connection, BLOCKED);
                } finally {
                    places.add(connection);
                }
            }
        }

        /** Attend que le nombre de questions retenues ne bouge plus depuis un moment. */
        private int count() throws Exception {
            int last = -1;
            int enough = 4 * Patience.slowness();
            for (int calm = 0; calm < enough; Thread.sleep(25)) {
                int now =
                        ask(watcher, "select pid from pg_stat_activity where application_name = ? and state = 'active' and query = ?", name,
                                BLOCKED).size();
                calm = now == last && now > 0 ? calm + 1 : 0;
                last = now;
            }
            return last;
        }

        @Override
        public void close() throws SQLException {
            for (var connection : Stream.concat(connections.stream(), Stream.of(holder, watcher)).toList()) connection.close();
        }
    }

    // ---------------------------------------------------------------- exercice 3

    private static final Duration SOON = Duration.ofMillis(1500);
    private static final String MINUTE = "select pg_sleep(60)";

    /** Exercice 3 : une question abandonnée est annulée sur le serveur, et sa connexion sert encore. */
    public static Verdict within(Postgres postgres, Within answer) throws InterruptedException {
        return check("la question abandonnée ne travaille plus sur le serveur, et la connexion sert encore.", LIMIT, () -> {
            try (var connection = postgres.connect(); var other = postgres.connect(); var watcher = postgres.connect()) {
                try {
                    inTime(answer, connection);
                    refused(answer, connection);
                    tooLate(answer, connection, watcher);
                    twoAtOnce(answer, connection, other, watcher);
                } finally {
                    for (var one : List.of(connection, other)) cancel(watcher, one);
                }
            }
        });
    }

    private static void inTime(Within answer, Connection connection) throws Exception {
        var late = "une réponse venue à temps n’est pas rendue : votre méthode l’attend encore.";
        var quick = call(() -> answer.ask(connection, "select 'oui'", Duration.ofSeconds(3)), SOON, late);
        require("oui".equals(quick), "le serveur a répondu « oui » aussitôt, et vous rendez « " + quick + " ».");
        var slow = call(() -> answer.ask(connection, "select 'tard' from pg_sleep(0.3)", Duration.ofSeconds(3)), SOON, late);
        require("tard".equals(slow), "le serveur a répondu « tard » après 0,3 s, à temps, et vous rendez « " + slow + " ».");
        require(!connection.isClosed(), "la connexion n’est pas à vous : ne la fermez pas.");
    }

    private static void refused(Within answer, Connection connection) throws Exception {
        try {
            var found =
                    call(() -> answer.ask(connection, "select erreur", Duration.ofSeconds(3)), SOON, "une question fausse n’a pas de fin.");
            require(false, "une question fausse passe inaperçue : vous rendez « " + found + " ». Laissez sortir l’exception.");
        } catch (TimeoutException wrong) {
            require(false,
                    "une question fausse devient TimeoutException : l’appelant croira que le serveur est lent. Laissez sortir la sienne.");
        } catch (Exception expected) {
            require(state(expected) != null, "une question fausse devient " + expected.getClass().getSimpleName()
                    + ", qui ne dit rien de l’erreur du serveur : laissez sortir la SQLException, ou donnez-la pour cause.");
        }
    }

    /** Le code SQL de cette exception ou de l'une de ses causes ; null s'il n'y en a pas. */
    private static String state(Throwable failure) {
        for (; failure != null; failure = failure.getCause())
            if (failure instanceof SQLException sql) return String.valueOf(sql.getSQLState());
        return null;
    }

    private static void tooLate(Within answer, Connection connection, Connection watcher) throws Exception {
        int pid = pid(connection);
        try {
            var found = call(() -> answer.ask(connection, MINUTE, Duration.ofMillis(300)), SOON,
                    "la durée permise, 0,3 s, est passée depuis longtemps, et votre méthode attend encore.");
            require(false, "le serveur n’a pas répondu à temps, et vous rendez « " + found + " » : lancez une TimeoutException.");
        } catch (TimeoutException expected) {
            // c'est ce qui était demandé
        } catch (Exception failure) {
            if (isVerdict(failure)) throw failure;
            require(!"57014".equals(state(failure)), "le serveur a bien été prévenu ; mais l’appelant attend TimeoutException, et reçoit "
                    + failure.getClass().getSimpleName() + ".");
            require(false, "la durée est passée : lancez TimeoutException. Votre code lance " + failure.getClass().getSimpleName() + ".");
        }
        require(idle(watcher, pid), "votre méthode a rendu la main, et pg_stat_activity montre que le serveur exécute encore la question : "
                + "prévenez-le, avec cancel.");
        require(!connection.isClosed(),
                "la connexion ne sert plus. Fermer, ou interrompre un thread virtuel, coupe la connexion ; cancel la garde.");
        try {
            ask(connection, "select 'suite' from pg_sleep(0.4)");
        } catch (SQLException failure) {
            require(!"57014".equals(failure.getSQLState()),
                    "la question suivante est annulée elle aussi : la limite que vous avez donnée au serveur y "
                            + "est restée. Remettez-la à zéro.");
            require(false, "la connexion ne sert plus : " + failure.getMessage());
        }
    }

    /** L'une est abandonnée, l'autre doit recevoir sa réponse. */
    private static void twoAtOnce(Within answer, Connection connection, Connection other, Connection watcher) throws Exception {
        int pid = pid(connection);
        var abandoned = new FutureTask<>(() -> answer.ask(connection, MINUTE, Duration.ofMillis(700)));
        var thread = Thread.ofPlatform().daemon().name("essai").start(abandoned);
        try {
            for (var patience = new Patience(SOON); patience.lasts() && !active(watcher, pid);) Thread.sleep(10);
            var found = call(() -> answer.ask(other, "select 'b' from pg_sleep(1)", Duration.ofSeconds(4)), Duration.ofMillis(2500),
                    "de deux appels à la fois, l’un attend encore une réponse déjà venue.");
            require("b".equals(found), "deux appels à la fois : l’un devait rendre « b », et rend « " + found
                    + " ». Ils se partagent une variable, déclarée hors de la méthode.");
        } catch (Exception failure) {
            if (isVerdict(failure)) throw failure;
            require(false,
                    "deux appels à la fois : l’abandon de l’un a annulé la question de l’autre. Ils se partagent une variable, "
                            + "déclarée hors de la méthode.");
        } finally {
            thread.interrupt();
        }
        require(idle(watcher, pid), "deux appels à la fois : la question abandonnée travaille encore sur le serveur.");
    }

    /** La valeur de l'appel, fait dans un thread de plateforme ; {@code late} est dit à l'élève s'il n'a pas fini à temps. */
    private static <T> T call(Callable<T> call, Duration limit, String late) throws Exception {
        var task = new FutureTask<T>(call);
        var thread = Thread.ofPlatform().daemon().name("essai").start(task);
        try {
            return new Patience(limit).get(task);
        } catch (TimeoutException e) {
            require(false, late);
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) throw failure;
            throw (Error) e.getCause();
        } finally {
            thread.interrupt();
        }
    }

    /** Vrai pour ce que lance {@code require}. */
    private static boolean isVerdict(Exception failure) {
        return failure.getClass().getName().startsWith("lessons.Exercise");
    }

    private static int pid(Connection connection) throws SQLException {
        return Integer.parseInt(ask(connection, "select pg_backend_pid()").getFirst());
    }

    private static boolean active(Connection watcher, int pid) throws SQLException {
        return !ask(watcher, "select pid from pg_stat_activity where pid = ? and state = 'active'", pid).isEmpty();
    }

    /** Attend que le processus de cette connexion ne travaille plus, une seconde au plus, davantage si la machine est occupée. */
    private static boolean idle(Connection watcher, int pid) throws Exception {
        for (var patience = new Patience(Duration.ofSeconds(1)); patience.lasts(); Thread.sleep(20)) if (!active(watcher, pid)) return true;
        return false;
    }

    /** Une mauvaise réponse ne laisse rien derrière elle. */
    private static void cancel(Connection watcher, Connection connection) throws SQLException {
        ask(watcher, "select pg_terminate_backend(pid) from pg_stat_activity where state = 'active' and query = ? and application_name = "
                + "current_setting('application_name')", MINUTE);
        if (!connection.isClosed()) connection.abort(Runnable::run);
    }

    // ---------------------------------------------------------------- de quoi regarder

    private static void run(Connection connection, String... orders) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var order : orders) statement.execute(order);
        }
    }

    /** Regarde ce que la réponse demande à une connexion : les textes envoyés, les requêtes laissées ouvertes. */
    private static final class Spy {
        final List<String> texts = new ArrayList<>();
        final AtomicInteger open = new AtomicInteger();

        Connection watch(Connection connection) {
            return proxy(Connection.class, (_, method, args) -> {
                note(args);
                return switch (call(connection, method, args)) {
                    case PreparedStatement statement -> watch(PreparedStatement.class, statement);
                    case Statement statement -> watch(Statement.class, statement);
                    case null -> null;
                    case Object other -> other;
                };
            });
        }

        private <S extends Statement> S watch(Class<S> type, S statement) {
            open.incrementAndGet();
            return proxy(type, (_, method, args) -> {
                if (method.getName().startsWith("execute")) note(args);
                if (method.getName().equals("close") && !statement.isClosed()) open.decrementAndGet();
                return call(statement, method, args);
            });
        }

        private void note(Object[] args) {
            if (args != null && args.length > 0 && args[0] instanceof String text) texts.add(text);
        }

        private static <T> T proxy(Class<T> type, InvocationHandler handler) {
            var loader = type.getClassLoader() == null ? PostgresExercises.class.getClassLoader() : type.getClassLoader();
            return type.cast(Proxy.newProxyInstance(loader, new Class<?>[] {type}, handler));
        }

        private static Object call(Object target, java.lang.reflect.Method method, Object[] args) throws Throwable {
            try {
                return method.invoke(target, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
