//SOURCES ../Exercise.java ../Patience.java ../postgres/Postgres.java
package lessons.project;

import static lessons.Exercise.check;
import static lessons.Exercise.require;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import lessons.Exercise.Verdict;
import lessons.Patience;
import lessons.postgres.Postgres;

/** La vérification de l'étape 6, sur le serveur de la leçon 8, dans une table à elle. */
public final class SaveExercise {

    /** L'étape 6 : écrit le code d'une page, ou remplace celui qui était écrit. */
    @FunctionalInterface
    public interface Save {
        void save(DataSource base, Page page) throws Exception;
    }

    private static final int PLACES = 4;

    private SaveExercise() {}

    public static Verdict save(Save answer) throws Exception {
        var postgres = Postgres.start();                          // hors de la limite : la première fois, c'est long
        var schema = "verification_" + ProcessHandle.current().pid();
        try (var connection = postgres.connect(); var order = connection.createStatement()) {
            order.execute("drop schema if exists " + schema + " cascade");
            order.execute("create schema " + schema);
            order.execute("set search_path to " + schema);
            order.execute(PageBase.TABLE);
            try {
                return check("chaque page a une ligne, la dernière réponse l’emporte, et chaque connexion a été rendue.", Trial.LIMIT,
                        () -> steps(answer, new Pool(postgres.dataSource(), schema), connection));
            } finally {
                order.execute("drop schema if exists " + schema + " cascade");
            }
        }
    }

    private static void steps(Save answer, Pool pool, Connection own) throws Exception {
        var home = URI.create("http://site/");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                once(threads.submit(() -> call(answer, pool, page(home, 200))));
                require(!PageBase.rows(own).isEmpty(), "rien n’est écrit dans la table pages.");
                require(codes(own).equals(List.of("http://site/ 200")),
                        "on attend la ligne http://site/ 200 ; on trouve " + codes(own) + ".");
                returned(pool, "une connexion n’a pas été rendue : try (var connection = base.getConnection()).");

                once(threads.submit(() -> call(answer, pool, page(home, 404))));
                require(codes(own).equals(List.of("http://site/ 404")), "une page répondait 200, elle répond 404, et la table dit "
                        + codes(own) + " : le dernier code doit l’emporter.");

                var odd = URI.create("http://site/l'aide");
                once(threads.submit(() -> call(answer, pool, page(odd, 200))));
                require(codes(own).contains("http://site/l'aide 200"), "l’adresse http://site/l'aide n’est pas dans la table : donnez les "
                        + "valeurs à part, avec des ?.");
                together(answer, pool, own, threads);
                many(answer, pool, own, threads);
                visible(answer, pool, home);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Deux threads écrivent la même page, et le serveur ne répond à leur premier ordre qu'une fois les deux arrivés. */
    private static void together(Save answer, Pool pool, Connection own, java.util.concurrent.ExecutorService threads) throws Exception {
        for (var code : List.of(200, 503)) {                      // une ligne nouvelle, puis une ligne qui existe
            pool.pair = new CyclicBarrier(2);
            var page = page(URI.create("http://site/commune"), code);
            var both = List.of(threads.submit(() -> call(answer, pool, page)), threads.submit(() -> call(answer, pool, page)));
            for (var one : both)
                try {
                    once(one);
                } catch (SQLException e) {
                    require(false, "deux threads ont écrit la même page au même instant, et l’un échoue : « %s ». ".formatted(e.getMessage()
                            .lines().findFirst().orElse(""))
                            + "Entre la question et l’écriture, l’autre est passé : un seul ordre doit faire "
                            + "les deux (insert… on conflict… do update).");
                }
            pool.pair = null;
            require(codes(own).contains("http://site/commune " + code),
                    "deux threads ont écrit la même page au même instant : la table dit "
                            + codes(own) + ".");
        }
    }

    /** Plus d'écritures que de connexions. */
    private static void many(Save answer, Pool pool, Connection own, java.util.concurrent.ExecutorService threads) throws Exception {
        var all = new ArrayList<Future<Void>>();
        for (int number = 0; number < 20; number++) {
            var page = page(URI.create("http://site/n" + number), 200);
            all.add(threads.submit(() -> call(answer, pool, page)));
        }
        for (var one : all) once(one);
        var rows = codes(own).stream().filter(row -> row.contains("/n")).count();
        require(rows == 20, "vingt threads ont écrit vingt pages, et la table en a %d.".formatted(rows));
        returned(pool, "des connexions n’ont pas été rendues : try (var connection = base.getConnection()).");
        require(pool.open.get() == 0, "une requête est restée ouverte : try (var order = connection.prepareStatement(...)).");
    }

    /** La base refuse : celui qui appelle doit le savoir, et la connexion revenir. */
    private static void visible(Save answer, Pool pool, URI uri) throws Exception {
        pool.broken = true;
        Exception seen = null;
        try {
            call(answer, pool, page(uri, 200));
        } catch (SQLException e) {
            seen = e;
        }
        pool.broken = false;
        require(seen != null, "la base a refusé d’écrire, et personne ne l’a su : laissez passer SQLException.");
        returned(pool, "quand la base refuse d’écrire, la connexion n’est pas rendue.");
    }

    private static void returned(Pool pool, String missing) {
        require(pool.borrowed.get() == 0, missing);
    }

    private static Page page(URI uri, int code) {
        return new Page(new Link(uri), code, List.of());
    }

    private static Void call(Save answer, Pool pool, Page page) throws Exception {
        answer.save(pool.source(), page);
        return null;
    }

    private static void once(Future<Void> task) throws Exception {
        try {
            new Patience(Duration.ofMillis(2500)).get(task);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof Exception cause) throw cause;
            throw e;
        } catch (java.util.concurrent.TimeoutException e) {
            require(false, "votre code n’a pas fini en 2,5 secondes. Attend-il une connexion que personne ne rend ?");
        }
    }

    private static List<String> codes(Connection own) throws SQLException {
        return PageBase.rows(own).stream().map(row -> row.adresse() + " " + row.code()).toList();
    }

    /** Une réserve de quatre connexions, qui compte, sait faire échouer, et sait faire se rencontrer deux threads. */
    private static final class Pool {
        final AtomicInteger borrowed = new AtomicInteger();
        final AtomicInteger open = new AtomicInteger();
        volatile CyclicBarrier pair;
        volatile boolean broken;
        private static final long MEET = 300;                     // millisecondes

        private final Semaphore places = new Semaphore(PLACES);
        private final int slowness = Patience.slowness();
        private final DataSource source;
        private final String schema;

        Pool(DataSource source, String schema) throws InterruptedException {
            this.source = source;
            this.schema = schema;
        }

        DataSource source() {
            return proxy(DataSource.class,
                    (_, method, args) -> method.getName().equals("getConnection") ? borrow() : call(source, method, args));
        }

        /** Prend une place ; l'attend 2 secondes, davantage si la machine est occupée : y ouvrir une connexion est long. */
        private boolean acquire() throws InterruptedException {
            for (var patience = new Patience(Duration.ofSeconds(2)); patience.lasts();)
                if (places.tryAcquire(patience.left().toMillis() + 1, TimeUnit.MILLISECONDS)) return true;
            return false;
        }

        private Connection borrow() throws Exception {
            if (!acquire())
                throw new SQLException("la réserve est vide depuis 2 secondes : des connexions n’ont pas été rendues");
            borrowed.incrementAndGet();
            var connection = source.getConnection();
            try (var order = connection.createStatement()) {
                order.execute("set search_path to " + schema);
            }
            return proxy(Connection.class, (_, method, args) -> {
                if (method.getName().equals("close") && !connection.isClosed()) {
                    borrowed.decrementAndGet();
                    places.release();
                }
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
                if (method.getName().equals("close") && !statement.isClosed()) open.decrementAndGet();
                if (!method.getName().startsWith("execute")) return call(statement, method, args);
                if (broken) throw new SQLException("panne simulée par la vérification");
                var result = call(statement, method, args);
                meet();
                return result;
            });
        }

        /** Attend l'autre thread, très peu : dans la base, un ordre retient parfois celui de l'autre. */
        private void meet() throws InterruptedException {
            var barrier = pair;
            if (barrier == null || barrier.isBroken()) return;
            try {
                barrier.await(MEET * slowness, TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.BrokenBarrierException | java.util.concurrent.TimeoutException alone) {
                // l'autre ne viendra pas
            }
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(SaveExercise.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
