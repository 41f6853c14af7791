package lessons.postgres;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/**
 * Trois façons d'écrire les nombres de 0 à {@code rows} exclu dans la table {@code mesures(n int)}, un par ligne ; et
 * ce que coûte une lecture.
 */
public final class Rows {

    private static final String INSERT = "insert into mesures values (?)";

    /** De quoi obtenir des lignes à lire. */
    @FunctionalInterface
    public interface Source {
        ResultSet open() throws Exception;
    }

    private Rows() {}

    /** Un ordre par ligne, et l'on attend chaque réponse. */
    public static void oneByOne(Connection connection, int rows) throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
            }
        }
    }

    /** Le pilote garde les ordres, puis les envoie par paquets, et n'attend qu'une réponse par paquet. */
    public static void batch(Connection connection, int rows) throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Les lignes partent d'un trait, comme un fichier : {@code COPY}. */
    public static void copy(Connection connection, int rows) throws SQLException, IOException {
        var lines = IntStream.range(0, rows).mapToObj(i -> i + "\n").collect(Collectors.joining());
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy mesures from stdin", new StringReader(lines));
    }

    /** Lit toutes les lignes, puis dit quand la première est arrivée, et la mémoire que les lignes occupaient à ce moment. */
    public static void read(String name, Source source) throws Exception {
        long before = usedMemory();
        long start = System.nanoTime();
        try (var rows = source.open()) {
            rows.next();
            long first = System.nanoTime() - start;
            long memory = usedMemory() - before;
            long resumed = System.nanoTime();
            int count = 1;
            while (rows.next()) count++;
            long total = first + System.nanoTime() - resumed;
            System.out.printf(Locale.FRANCE, "%-12s : %,d lignes, la première à %d %% de la durée, %d Mo en mémoire%n",
                    name, count, Math.round(100.0 * first / total), Math.max(0, Math.round(memory / 1e6)));
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
