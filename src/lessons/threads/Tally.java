package lessons.threads;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Recommence un essai, et compte ses issues. */
public final class Tally {

    private Tally() {}

    /**
     * Fait l'essai tant de fois, l'une après l'autre.
     *
     * @return le nombre de fois où chaque résultat est venu
     * @throws Exception celle d'un essai, qui arrête tout
     */
    public static <T extends Comparable<T>> Map<T, Integer> of(int times, Callable<T> trial) throws Exception {
        var counts = new TreeMap<T, Integer>();
        for (int i = 0; i < times; i++) counts.merge(trial.call(), 1, Integer::sum);
        return counts;
    }
}
