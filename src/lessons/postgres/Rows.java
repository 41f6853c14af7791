package lessons.postgres;

import java.io.Reader;
import java.io.StringReader;
import java.sql.ResultSet;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Beaucoup de lignes : de quoi en écrire, et ce que coûte leur lecture. */
public final class Rows {

    /** De quoi obtenir des lignes à lire. */
    @FunctionalInterface
    public interface Source {
        ResultSet open() throws Exception;
    }

    private Rows() {}

    /** Des lignes à donner à {@code COPY} : les nombres de 0 à {@code rows} exclu, un par ligne. */
    public static Reader lines(int rows) {
        return new StringReader(IntStream.range(0, rows).mapToObj(i -> i + "\n").collect(Collectors.joining()));
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
            System.out.printf(Locale.FRENCH, "%-12s : %,d lignes, la première à %d %% de la durée, %d Mo en mémoire%n",
                    name, count, Math.round(100.0 * first / total), Math.max(0, Math.round(memory / 1e6)));
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
