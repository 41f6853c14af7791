package lessons.threads;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Ce qu'un travail a demandé au thread qui l'a fait.
 *
 * @param elapsed le temps passé, du début à la fin
 * @param computed la part de ce temps où un processeur exécutait ce thread ; le reste est de l'attente
 */
public record Effort(Duration elapsed, Duration computed) {

    /**
     * Fait le travail dans le thread appelant, qui doit être un thread de plateforme : le JDK ne compte pas le temps des threads virtuels.
     *
     * @throws Exception celle du travail, telle quelle
     */
    public static Effort of(Callable<?> work) throws Exception {
        var clock = ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long busy = clock.getCurrentThreadCpuTime();
        work.call();
        return new Effort(Duration.ofNanos(System.nanoTime() - start), Duration.ofNanos(clock.getCurrentThreadCpuTime() - busy));
    }

    /** Un calcul, sans aucune attente : une fraction de seconde d'un processeur. */
    public static long compute() {
        long sum = 0;
        for (long i = 0; i < 40_000_000; i++) sum += i * i;
        return sum;
    }

    @Override
    public String toString() {
        return String.format(Locale.FRANCE, "%.3f s, dont %.3f s de calcul", elapsed.toNanos() / 1e9, computed.toNanos() / 1e9);
    }
}
