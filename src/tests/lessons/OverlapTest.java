package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Le point de rencontre qui rend une course certaine : sans protection, tout le monde s'y trouve ; avec un verrou, un seul à la fois. */
@DisplayName("Overlap")
@Timeout(30)
class OverlapTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int THREADS = 4;

    private final Overlap overlap = new Overlap(THREADS);
    private final Total total = new Total();

    /** Lit, passe au point, écrit. */
    private final class Total {
        private int value;

        int get() {
            return value;
        }

        void set(int value) {
            overlap.pass();
            this.value = value;
        }

        void add(int n) {
            set(get() + n);
        }
    }

    @RepeatedTest(value = 10, name = "{displayName} ({currentRepetition})")
    @DisplayName("sans protection : tous ont lu avant qu'aucun n'écrive, chaque fois")
    void race() throws Exception {
        overlap.run(THREADS, LIMIT, _ -> total.add(1));
        assertEquals(1, total.value);
        assertEquals(THREADS, overlap.most());
    }

    @RepeatedTest(value = 10, name = "{displayName} ({currentRepetition})")
    @DisplayName("la lecture et l'écriture protégées chacune de leur côté : la course a lieu quand même")
    void twoSmallLocks() throws Exception {
        var read = new Object();
        overlap.run(THREADS, LIMIT, _ -> {
            int seen;
            synchronized (read) {
                seen = total.get();
            }
            synchronized (total) {
                total.set(seen + 1);
            }
        });
        assertEquals(1, total.value);
    }

    @RepeatedTest(value = 10, name = "{displayName} ({currentRepetition})")
    @DisplayName("le même verrou autour de chacune des deux : un autre passe entre elles, chaque fois")
    void sameLockTwice() throws Exception {
        overlap.run(THREADS, LIMIT, _ -> {
            int seen;
            synchronized (total) {
                seen = total.get();
            }
            overlap.pass();
            synchronized (total) {
                total.set(seen + 1);
            }
        });
        assertEquals(1, total.value);
    }

    @Test
    @DisplayName("synchronized, ReentrantLock, tryLock, sémaphore : un seul à la fois au point, et rien n'est perdu")
    void locks() throws Exception {
        var lock = new ReentrantLock();
        var semaphore = new Semaphore(1);
        overlap.run(THREADS, LIMIT, _ -> {
            synchronized (total) {
                total.add(1);
            }
        });
        overlap.run(THREADS, LIMIT, _ -> {
            lock.lock();
            try {
                total.add(1);
            } finally {
                lock.unlock();
            }
        });
        overlap.run(THREADS, LIMIT, _ -> {
            assertTrue(lock.tryLock(5, TimeUnit.SECONDS));
            try {
                total.add(1);
            } finally {
                lock.unlock();
            }
        });
        overlap.run(THREADS, LIMIT, _ -> {
            semaphore.acquire();
            total.add(1);
            semaphore.release();
        });
        assertEquals(4 * THREADS, total.value);
        assertEquals(1, overlap.most());
    }

    @Test
    @DisplayName("un propriétaire unique, à qui les autres confient leurs ajouts : rien n'est perdu")
    void oneOwner() throws Exception {
        try (var owner = Executors.newSingleThreadExecutor()) {
            overlap.run(THREADS, LIMIT, _ -> owner.submit(() -> total.add(1)).get());
        }
        assertEquals(THREADS, total.value);
        assertEquals(1, overlap.most());
    }

    @Test
    @DisplayName("des threads virtuels que l'élève lance lui-même : le premier attend les autres")
    void unknownVirtualThreads() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < THREADS; i++) threads.submit(() -> total.add(1));
        }
        assertEquals(1, total.value);
        assertEquals(THREADS, overlap.most());
    }

    @Test
    @DisplayName("la même chose avec un verrou : un seul à la fois")
    void lockedVirtualThreads() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < THREADS; i++)
                threads.submit(() -> {
                    synchronized (total) {
                        total.add(1);
                    }
                });
        }
        assertEquals(THREADS, total.value);
        assertEquals(1, overlap.most());
    }

    @Test
    @DisplayName("total += lire() : Java lit total, puis appelle lire ; tous partent de la même valeur")
    void compoundAssignment() throws Exception {
        var sum = new int[1];
        Callable<Integer> read = () -> {
            overlap.pass();
            return 1;
        };
        overlap.run(THREADS, LIMIT, _ -> sum[0] += read.call());
        assertEquals(1, sum[0]);
    }

    @Test
    @DisplayName("un thread seul ne s'arrête pas au point ; un thread qui dort n'est pas attendu sans fin")
    void noEndlessWait() throws Exception {
        new Overlap(1).pass();
        var gate = new CountDownLatch(1);
        var passed = new AtomicInteger();
        overlap.run(2, LIMIT, number -> {
            if (number == 1) assertTrue(gate.await(10, TimeUnit.SECONDS));
            else {
                overlap.pass();
                passed.incrementAndGet();
                gate.countDown();
            }
        });
        assertEquals(1, passed.get());
    }

    @Test
    @DisplayName("qui ne finit pas est interrompu, et le dit ; qui échoue fait échouer l'ensemble")
    void failures() {
        var interrupted = new CountDownLatch(1);
        assertThrows(TimeoutException.class, () -> overlap.run(1, Duration.ofMillis(50), _ -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }));
        assertDoesNotThrow(() -> assertTrue(interrupted.await(10, TimeUnit.SECONDS)));
        var panne = assertThrows(IllegalStateException.class,
                () -> new Overlap(2).run(2, LIMIT, _ -> { throw new IllegalStateException("panne"); }));
        assertEquals("panne", panne.getMessage());
    }
}
