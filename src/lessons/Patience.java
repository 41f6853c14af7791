package lessons;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Une limite de temps qui ne se trompe pas de coupable. Quand elle est passée, elle regarde si la machine est occupée à autre chose ; si
 * c'est le cas, ou si une autre limite l'a vu depuis qu'elle a commencé, elle laisse d'autant plus de temps, une seule fois. Au repos,
 * c'est une limite ordinaire.
 *
 * {@snippet :
 * var patience = new Patience(Duration.ofSeconds(2));
 * while (!found() && patience.lasts()) Thread.sleep(10);
 * }
 *
 * <p>Un seul thread s'en sert à la fois.
 */
public final class Patience {

    private static final int MOST = 4;
    private static final long SAMPLE = 20_000_000;                // nanosecondes de calcul
    private static final long FRESH = 200_000_000;                // nanosecondes : deux essais ensemble se gêneraient

    private static int last = 1;                                  // le dernier essai, gardé par la classe, comme les suivants
    private static long expiry = System.nanoTime();
    private static final long[] seen = new long[MOST + 1];        // quand chaque lenteur a été vue pour la dernière fois
    static {
        Arrays.fill(seen, System.nanoTime());
    }

    private final Duration limit;
    private final long start = System.nanoTime();
    private long end;
    private boolean measured;

    /** La limite commence maintenant. */
    public Patience(Duration limit) {
        this(limit, false);
    }

    private Patience(Duration limit, boolean measured) {
        this.limit = limit;
        this.measured = measured;
        end = start + TimeUnit.NANOSECONDS.convert(limit);
    }

    /** Une limite ordinaire, sans supplément : pour une durée que {@link #stretched} ou {@link #slowness} a déjà allongée. */
    public static Patience exactly(Duration limit) {
        return new Patience(limit, true);
    }

    /**
     * Combien de fois plus longtemps un calcul dure en ce moment que s'il avait un processeur pour lui : 1 au repos, {@value #MOST} au
     * plus. Fait l'essai : 20 ms de calcul, dans un autre thread ; rend le précédent s'il vient de finir.
     */
    public static synchronized int slowness() throws InterruptedException {
        if (System.nanoTime() - expiry < 0) return last;
        var sample = new FutureTask<>(Patience::sample);          // un thread virtuel ne connaît pas son temps de calcul
        Thread.ofPlatform().daemon().name("patience").start(sample);
        try {
            last = sample.get();
            expiry = System.nanoTime() + FRESH;
            seen[last] = System.nanoTime();
            return last;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** La pire lenteur vue depuis cet instant, ou en ce moment : une limite laisse au moins autant de temps que celles qu'elle contient. */
    private static synchronized int worstSince(long start) throws InterruptedException {
        int worst = slowness();
        for (int slow = worst + 1; slow <= MOST; slow++) if (seen[slow] - start > 0) worst = slow;
        return worst;
    }

    private static int sample() {
        var threads = ManagementFactory.getThreadMXBean();
        if (!threads.isCurrentThreadCpuTimeSupported()) return 1;
        long start = System.nanoTime();
        long before = threads.getCurrentThreadCpuTime();
        long used = 0;
        while (used < SAMPLE) used = threads.getCurrentThreadCpuTime() - before;
        return (int) Math.clamp(Math.round((double) (System.nanoTime() - start) / used), 1, MOST);
    }

    /** Cette durée, allongée d'autant que la machine est occupée en ce moment. */
    public static Duration stretched(Duration duration) throws InterruptedException {
        return duration.multipliedBy(slowness());
    }

    /** Ce qu'il reste à attendre, ou zéro. Quand la limite vient de passer, bloque le temps d'un essai. */
    public Duration left() throws InterruptedException {
        if (System.nanoTime() - end >= 0 && !measured) {
            measured = true;
            long more = (worstSince(start) - 1) * TimeUnit.NANOSECONDS.convert(limit);
            end = System.nanoTime() + more;                       // l'essai lui-même a pu durer
        }
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** Vrai tant qu'il y a lieu d'attendre encore. */
    public boolean lasts() throws InterruptedException {
        return !left().isZero();
    }

    /**
     * La valeur de cette future ; n'annule rien.
     *
     * @throws TimeoutException si elle n'est pas finie à temps
     * @throws ExecutionException si le travail a échoué ; la cause dit pourquoi
     */
    public <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        for (;;)
            try {
                return future.get(left().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!lasts() && !future.isDone()) throw e;
            }
    }

    /** Attend que le compte soit à zéro ; rend faux s'il ne l'est pas à temps. */
    public boolean await(CountDownLatch latch) throws InterruptedException {
        while (!latch.await(left().toNanos(), TimeUnit.NANOSECONDS)) if (!lasts()) return latch.getCount() == 0;
        return true;
    }
}
