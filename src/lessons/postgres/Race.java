package lessons.postgres;

import java.io.Reader;
import java.io.StringReader;
import java.sql.ResultSet;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Compare des façons de faire : chacune est chronométrée, et dite par son rapport à la première. */
public final class Race {

    /** Un travail répété un nombre de fois. */
    @FunctionalInterface
    public interface Work {
        void run(int count) throws Exception;
    }

    /** De quoi obtenir des lignes à lire. */
    @FunctionalInterface
    public interface Rows {
        ResultSet open() throws Exception;
    }

    private final String unit;
    private double reference;

    /** @param unit ce que l'on compte : lignes, requêtes... */
    public Race(String unit) {
        this.unit = unit;
    }

    /** Fait le travail, puis dit combien de fois par seconde, et le rapport à la première mesure de cette course. */
    public void run(String name, int count, Work work) throws Exception {
        show(name, count, seconds(count, work));
    }

    /**
     * Fait le travail cinq fois, et dit la meilleure mesure comme {@link #run} : les premières fois, les classes se chargent et les
     * connexions s'ouvrent.
     */
    public void best(String name, int count, Work work) throws Exception {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) best = Math.min(best, seconds(count, work));
        show(name, count, best);
    }

    private static double seconds(int count, Work work) throws Exception {
        long start = System.nanoTime();
        work.run(count);
        return (System.nanoTime() - start) / 1e9;
    }

    private void show(String name, int count, double seconds) {
        double rate = count / seconds;
        if (reference == 0) reference = rate;
        System.out.printf(Locale.FRENCH, "%-13s : %,7d %s, %,9.0f par seconde, soit × %.1f%n", name, count, unit, rate, rate / reference);
    }

    /** Des lignes à donner à {@code COPY} : les nombres de 0 à {@code rows} exclu, un par ligne. */
    public static Reader lines(int rows) {
        return new StringReader(IntStream.range(0, rows).mapToObj(i -> i + "\n").collect(Collectors.joining()));
    }

    /** Lit toutes les lignes, puis dit quand la première est arrivée, et la mémoire que les lignes occupaient à ce moment. */
    public static void read(String name, Rows source) throws Exception {
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
