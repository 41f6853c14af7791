package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("la patience d'une vérification")
@Timeout(60)
class PatienceTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Des threads qui occupent tous les processeurs, huit fois. */
    private static final class Busy implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();

        Busy() {
            for (int i = 0; i < 8 * Runtime.getRuntime().availableProcessors(); i++)
                Thread.ofPlatform().daemon().start(() -> {
                    while (!over.get()) Thread.onSpinWait();
                });
        }

        /** Un essai peut venir d'avant : il en faut un qui les ait vus. */
        void await() throws InterruptedException {
            while (Patience.slowness() < 2) Thread.sleep(5);
        }

        @Override
        public void close() {
            over.set(true);
        }
    }

    @Test
    @DisplayName("une machine occupée se voit")
    void slowness() throws Exception {
        assertTrue(Patience.slowness() >= 1 && Patience.slowness() <= 4);
        try (var busy = new Busy()) {
            busy.await();
            assertTrue(Patience.stretched(SHORT).compareTo(SHORT) > 0);
        }
    }

    @Test
    @DisplayName("la limite passée, une machine occupée a encore du temps, une seule fois")
    void longer() throws Exception {
        try (var busy = new Busy()) {
            busy.await();
            var start = System.nanoTime();
            var patience = new Patience(SHORT);
            while (patience.lasts()) Thread.sleep(1);
            assertTrue(System.nanoTime() - start > 2 * SHORT.toNanos());
            assertFalse(patience.lasts());
            assertFalse(Patience.exactly(Duration.ZERO).lasts());
        }
    }

    @Test
    @DisplayName("une lenteur vue pendant la limite compte encore quand elle passe")
    void remembered() throws Exception {
        var patience = new Patience(Duration.ofMillis(500));
        var start = System.nanoTime();
        try (var busy = new Busy()) {
            busy.await();
        }
        while (patience.lasts()) Thread.sleep(1);
        assertTrue(System.nanoTime() - start > Duration.ofMillis(750).toNanos());
    }

    @Test
    @DisplayName("rien ne finit : TimeoutException, et pas avant la limite")
    void never() throws Exception {
        var start = System.nanoTime();
        assertThrows(TimeoutException.class, () -> new Patience(SHORT).get(new CompletableFuture<>()));
        assertFalse(new Patience(SHORT).await(new CountDownLatch(1)));
        assertTrue(System.nanoTime() - start >= 2 * SHORT.toNanos());
    }

    @Test
    @DisplayName("ce qui finit à temps est rendu, échecs compris, et ce qui est fini l'est même après la limite")
    void inTime() throws Exception {
        assertEquals("fini", new Patience(HOUR).get(CompletableFuture.supplyAsync(() -> "fini")));
        assertEquals("fini", new Patience(Duration.ZERO).get(CompletableFuture.completedFuture("fini")));
        assertTrue(new Patience(Duration.ZERO).await(new CountDownLatch(0)));
        var failed = CompletableFuture.failedFuture(new IllegalStateException("panne"));
        assertEquals("panne", assertThrows(ExecutionException.class, () -> new Patience(HOUR).get(failed)).getCause().getMessage());
    }

    @Test
    @DisplayName("une interruption arrête l'attente")
    void interrupted() throws Exception {
        var waiter = new FutureTask<>(
                () -> assertThrows(InterruptedException.class, () -> new Patience(HOUR).get(new CompletableFuture<>())));
        var thread = Thread.startVirtualThread(waiter);
        thread.interrupt();
        assertNotNull(waiter.get());
    }
}
