//SOURCES ../Exercise.java ../Race.java
package lessons.postgres;

import static lessons.Exercise.check;
import static lessons.Exercise.require;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import lessons.Exercise.Verdict;

/** Les vérifications des exercices de la leçon 8. Chacune prépare ses tables, temporaires, sur le serveur de la leçon. */
public final class PostgresExercises {

    /** Réponse à l'exercice 1. */
    @FunctionalInterface
    public interface Search {
        List<String> search(Connection connection, String town, int least) throws Exception;
    }

    /** Réponse à l'exercice 2. */
    @FunctionalInterface
    public interface AskAll {
        List<String> askAll(DataSource source, List<String> questions) throws Exception;
    }

    /** Réponse à l'exercice 3. */
    @FunctionalInterface
    public interface Transfer {
        void transfer(Connection connection, String from, String to, int amount) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PLACES = 4;
    private static final List<Integer> MOVED = List.of(70, 80, 990);      // les soldes, 30 une fois passés d'Ana à Bilal

    private PostgresExercises() {}

    /** Exercice 1 : une recherche dont les valeurs voyagent à part du texte de la requête. */
    public static Verdict search(Postgres postgres, Search answer) throws InterruptedException {
        return check("les valeurs voyagent à part : aucun texte ne devient du code.", LIMIT, () -> {
            try (var connection = postgres.connect()) {
                run(connection, "create temp table eleves(nom text, ville text, note int)", """
                        insert into eleves values
                            ('Zoé', 'Nice', 15), ('Ana', 'Nice', 12), ('Bilal', 'Nice', 11), ('Chloé', 'L''Haÿ-les-Roses', 18)""");
                var spy = new Spy();
                var watched = spy.watch(connection);
                requireNice(answer.search(watched, "Nice", 12));
                require(!connection.isClosed(), "la connexion n’est pas à vous : ne la fermez pas.");
                require(spy.texts.stream().noneMatch(text -> text.contains("Nice")),
                        "la ville est écrite dans le texte de la requête. Mettez un ? à sa place, et donnez la valeur à part.");
                require(answer.search(watched, "L'Haÿ-les-Roses", 0).equals(List.of("Chloé")),
                        "Chloé habite L’Haÿ-les-Roses, et vous ne la trouvez pas.");
                require(answer.search(watched, "x' or 'a' = 'a", 0).isEmpty(), "un texte bien choisi montre tous les élèves.");
                require(spy.texts.stream().noneMatch(text -> text.contains("12")),
                        "la note est écrite dans le texte de la requête : mettez un ? à sa place.");
                require(spy.open.get() == 0, "une requête est restée ouverte : try (var statement = ...) la ferme.");
            }
        });
    }

    private static void requireNice(List<String> names) {
        require(names != null && !names.isEmpty(), "aucun élève trouvé à Nice, avec 12 au moins. Exécutez la requête, et rendez ses noms.");
        require(!names.contains("Chloé"), "Chloé n’habite pas Nice : la requête doit comparer la ville.");
        require(!names.contains("Bilal"), "Bilal a 11, et l’on demande 12 au moins : comparez aussi la note.");
        require(names.contains("Ana"), "Ana a juste 12, et l’on demande 12 au moins : >= et non >.");
        require(names.equals(List.of("Ana", "Zoé")), "il faut rendre Ana puis Zoé, dans l’ordre des noms ; vous rendez " + names + ".");
    }

    /** Exercice 2 : des questions posées ensemble, une connexion chacune, les réponses dans l'ordre. */
    public static Verdict askAll(Postgres postgres, AskAll answer) throws InterruptedException {
        return check("les questions avancent ensemble, les réponses sont dans l’ordre, et chaque connexion a été rendue.", LIMIT, () -> {
            var pool = new CountingPool(postgres.dataSource());
            var questions = List.of("select 'a' from pg_sleep(0.3)", "select 'b' from pg_sleep(0.2)", "select 'c' from pg_sleep(0.1)",
                    "select 'd'", "select 'e'", "select 'f'");
            var answers = answer.askAll(pool.source(), questions);
            require(answers != null && !answers.isEmpty(), "aucune réponse. Posez chaque question, et gardez sa réponse.");
            require(answers.size() == questions.size(),
                    "il faut " + questions.size() + " réponses, une par question ; vous en rendez " + answers.size() + ".");
            require(pool.opened.get() > 1, "toutes les questions passent par la même connexion : le serveur y répond l’une après l’autre.");
            require(pool.most.get() > 1, "les questions sont posées l’une après l’autre. Lancez-les toutes avant d’en attendre une.");
            require(answers.equals(List.of("a", "b", "c", "d", "e", "f")),
                    "les réponses doivent suivre l’ordre des questions ; vous rendez " + answers + ".");
            require(pool.borrowed.get() == 0,
                    pool.borrowed.get() + " connexions n’ont pas été rendues : try (var connection = source.getConnection()).");
            require(fails(() -> answer.askAll(pool.source(), List.of("select 'g'", "select erreur"))),
                    "une question fausse passe inaperçue : son échec doit arriver jusqu’à celui qui appelle.");
            require(pool.borrowed.get() == 0, "après une question fausse, une connexion n’a pas été rendue.");
        });
    }

    /** Exercice 3 : un virement qui se fait en entier, ou pas du tout. */
    public static Verdict transfer(Postgres postgres, Transfer answer) throws InterruptedException {
        return check("le virement se fait en entier, ou pas du tout.", LIMIT, () -> {
            try (var connection = postgres.connect()) {
                run(connection, "create temp table comptes(nom text, solde int check (solde between 0 and 1000))",
                        "insert into comptes values ('Ana', 100), ('Bilal', 50), ('Chloé', 990)");
                var spy = new Spy();
                Transfer watched = (own, from, to, amount) -> answer.transfer(spy.watch(own), from, to, amount);
                requireTransfer(watched, connection);
                requireRefusal(watched, connection, "Bilal", "Ana", 90);         // Bilal ne les a pas
                requireRefusal(watched, connection, "Ana", "Chloé", 20);         // un compte ne dépasse pas 1000
                spy.failAt = 2;
                requireAllOrNothing(watched, connection);
            }
        });
    }

    private static void requireTransfer(Transfer answer, Connection connection) throws Exception {
        answer.transfer(connection, "Ana", "Bilal", 30);
        require(!connection.isClosed(), "la connexion n’est pas à vous : ne la fermez pas.");
        var found = balances(connection);
        require(found.equals(MOVED), "après un virement de 30 d’Ana à Bilal, il faut 70, 80 et 990 ; on trouve " + found + ".");
        require(connection.getAutoCommit(), "la connexion garde son mode manuel : remettez setAutoCommit(true) à la fin.");
    }

    private static void requireRefusal(Transfer answer, Connection connection, String from, String to, int amount) throws Exception {
        var loud = fails(() -> answer.transfer(connection, from, to, amount));
        require(!stuck(connection), "après un échec, la transaction reste ouverte : rollback() la termine.");
        require(loud, "un virement impossible passe inaperçu : l’exception doit arriver jusqu’à celui qui appelle.");
        var found = balances(connection);
        require(found.equals(MOVED), "un virement refusé a changé les soldes : " + MOVED + " est devenu " + found + ".");
        require(connection.getAutoCommit(),
                "après un échec, la connexion garde son mode manuel : remettez setAutoCommit(true) dans finally.");
    }

    /** Une panne vient entre les deux ordres. Un seul ordre peut aussi avoir tout fait. */
    private static void requireAllOrNothing(Transfer answer, Connection connection) throws Exception {
        fails(() -> answer.transfer(connection, "Ana", "Bilal", 10));
        if (!connection.getAutoCommit()) connection.setAutoCommit(true);
        var found = balances(connection);
        require(found.equals(MOVED) || found.equals(List.of(60, 90, 990)),
                "une panne entre les deux ordres a laissé un demi-virement : appelez rollback() avant setAutoCommit(true).");
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static boolean fails(Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
            return false;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return true;
        }
    }

    /** Vrai si la connexion est restée dans une transaction que son échec a condamnée. */
    private static boolean stuck(Connection connection) {
        try {
            run(connection, "select 1");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    private static List<Integer> balances(Connection connection) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery("select solde from comptes order by nom")) {
            var balances = new ArrayList<Integer>();
            while (rows.next()) balances.add(rows.getInt(1));
            return balances;
        }
    }

    private static void run(Connection connection, String... orders) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var order : orders) statement.execute(order);
        }
    }

    /** Regarde ce que la réponse demande à une connexion : les textes envoyés, les requêtes laissées ouvertes ; sait simuler une panne. */
    private static final class Spy {
        final List<String> texts = new ArrayList<>();
        final AtomicInteger open = new AtomicInteger();
        int failAt;                                      // l'ordre qui échouera : 1 pour le premier, 0 pour aucun
        private int orders;

        Connection watch(Connection connection) {
            return proxy(Connection.class, (_, method, args) -> {
                note(args);
                if (method.getName().equals("setAutoCommit")) orders = 0;
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
                if (method.getName().startsWith("execute")) {
                    note(args);
                    if (++orders == failAt) throw new SQLException("panne simulée par la vérification");
                }
                if (method.getName().equals("close") && !statement.isClosed()) open.decrementAndGet();
                return call(statement, method, args);
            });
        }

        private void note(Object[] args) {
            if (args != null && args.length > 0 && args[0] instanceof String text) texts.add(text);
        }
    }

    /**
     * Une réserve de quatre connexions qui compte. La première emprunteuse attend la seconde un moment : le compte ne dépend pas de la
     * machine.
     */
    private static final class CountingPool {
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger borrowed = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        private final Semaphore places = new Semaphore(PLACES);
        private final CountDownLatch second = new CountDownLatch(2);
        private final DataSource source;

        CountingPool(DataSource source) {
            this.source = source;
        }

        DataSource source() {
            return proxy(DataSource.class,
                    (_, method, args) -> method.getName().equals("getConnection") ? borrow() : call(source, method, args));
        }

        private Connection borrow() throws Exception {
            if (!places.tryAcquire(5, TimeUnit.SECONDS))
                throw new SQLException("la réserve est vide depuis 5 secondes : des connexions n’ont pas été rendues");
            opened.incrementAndGet();
            most.accumulateAndGet(borrowed.incrementAndGet(), Math::max);
            second.countDown();
            second.await(2, TimeUnit.SECONDS);
            var connection = source.getConnection();
            return proxy(Connection.class, (_, method, args) -> {
                if (method.getName().equals("close") && !connection.isClosed()) {
                    borrowed.decrementAndGet();
                    places.release();
                }
                return call(connection, method, args);
            });
        }
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
