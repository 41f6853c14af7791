package lessons.threads;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Une foule de threads qui attendent tous au même instant, et ce qu'elle coûte.
 *
 * @param kind la sorte de threads, en un mot
 * @param count combien attendent à la fois
 * @param systemThreads les threads du système que ce programme a de plus pendant ce temps
 * @param micros le temps moyen pour en lancer un, en microsecondes
 */
public record ThreadCost(String kind, int count, int systemThreads, double micros) {

    /**
     * Lance la foule, la regarde quand tous attendent, puis attend que tous aient fini. Interrompue, elle les libère aussi.
     *
     * @param kind {@code Thread.ofVirtual()} ou {@code Thread.ofPlatform()}
     */
    public static ThreadCost of(Thread.Builder kind, int count) throws InterruptedException {
        var system = ManagementFactory.getThreadMXBean();
        var door = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        int before = system.getThreadCount();
        try {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) threads.add(kind.start(() -> await(door)));
            double micros = (System.nanoTime() - start) / 1e3 / count;
            for (var thread : threads) while (thread.getState() != Thread.State.WAITING) Thread.sleep(1);
            var name = kind instanceof Thread.Builder.OfVirtual ? "virtuels" : "de plateforme";
            return new ThreadCost(name, count, system.getThreadCount() - before, micros);
        } finally {
            door.countDown();
            for (var thread : threads) thread.join();
        }
    }

    private static void await(CountDownLatch door) {
        try {
            door.await();
        } catch (InterruptedException stop) {
            // fini plus tôt : personne ne l'attend ailleurs
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.FRANCE, "%,d threads %s : %d threads du système de plus, %.1f µs pour lancer chacun", count, kind,
                systemThreads, micros);
    }
}
