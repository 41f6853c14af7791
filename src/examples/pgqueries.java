///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw pg-queries 20 5

//JAVA 25+
//DEPS com.zaxxer:HikariCP:7.1.0
//DEPS org.slf4j:slf4j-nop:2.0.20
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java ../lessons/postgres/Postgres.java

import static asynchelpers.AsyncHelpers.*;

import cli.Command;
import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import lessons.postgres.Postgres;

final String HELP = """
        Usage : ./jbangw pg-queries [requêtes] [connexions]

        Pose des questions lentes (0,2 seconde chacune) à PostgreSQL : l'une après l'autre, puis ensemble, par une réserve de connexions.
          requêtes    nombre de questions (20)
          connexions  nombre de connexions de la réserve (20)
        Le serveur est embarqué, ou celui de la variable d'environnement %s.
        """.formatted(Postgres.VARIABLE);

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var queries = arguments.number("Nombre de requêtes", 1, 1_000, 20);
        var connections = arguments.number("Nombre de connexions", 1, 90, 20);
        arguments.end();
        startTimer();
        var postgres = Postgres.start();
        showTimer(postgres);
        var alone = seconds(() -> oneByOne(queries, postgres.dataSource()));
        showTimer("l'une après l'autre :", alone, "s");
        try (var pool = pool(connections, postgres.dataSource())) {
            var together = seconds(() -> together(queries, pool));
            showTimer("ensemble, par %d connexions : %.1f s, soit %.1f fois moins".formatted(connections, together, alone / together));
        }
    });
}

HikariDataSource pool(int connections, DataSource source) {
    var pool = new HikariDataSource();
    pool.setDataSource(source);
    pool.setMaximumPoolSize(connections);
    return pool;
}

Void oneByOne(int queries, DataSource source) throws Exception {
    for (int i = 0; i < queries; i++) ask(source).call();
    return null;
}

Void together(int queries, DataSource source) throws Exception {
    var tasks = IntStream.range(0, queries).mapToObj(_ -> ask(source)).toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var answer : threads.invokeAll(tasks)) answer.get();  // get : l'échec d'une requête doit se voir
    }
    return null;
}

Callable<List<String>> ask(DataSource source) {
    return () -> {
        try (var connection = source.getConnection()) {
            return Postgres.ask(connection, "select pg_sleep(0.2)");
        }
    };
}

double seconds(Callable<?> work) throws Exception {
    long start = System.nanoTime();
    work.call();
    return Math.round((System.nanoTime() - start) / 1e8) / 10.0;
}
