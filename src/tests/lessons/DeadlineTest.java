package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("une échéance pour plusieurs attentes")
@Timeout(30)
class DeadlineTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    @DisplayName("ce qui reste diminue, sans jamais dépasser la limite")
    void leftDecreases() throws Exception {
        var deadline = Deadline.in(HOUR);
        var first = deadline.left();
        Thread.sleep(1);
        assertTrue(deadline.left().compareTo(first) < 0);
        assertTrue(first.compareTo(HOUR) <= 0);
        assertFalse(deadline.passed());
    }

    @Test
    @DisplayName("une fois passée, il reste zéro, jamais moins")
    void neverNegative() {
        for (var limit : new Duration[] {Duration.ZERO, Duration.ofSeconds(-5)}) {
            var deadline = Deadline.in(limit);
            assertTrue(deadline.passed());
            assertEquals(Duration.ZERO, deadline.left());
        }
    }

    @Test
    @DisplayName("une durée plus longue que ce que l'horloge compte reste une échéance lointaine")
    void endless() {
        var deadline = Deadline.in(Duration.ofSeconds(Long.MAX_VALUE));
        assertFalse(deadline.passed());
        assertTrue(deadline.left().compareTo(Duration.ofDays(365)) > 0);
    }

    @Test
    @DisplayName("get rend la valeur d'une future finie, même après l'échéance")
    void doneIsRead() throws Exception {
        assertEquals("arrivée", Deadline.in(Duration.ZERO).get(CompletableFuture.completedFuture("arrivée")));
    }

    @Test
    @DisplayName("plusieurs get sur des futures qui ne viennent pas : ensemble, une seule limite")
    void severalWaits() {
        var limit = Duration.ofMillis(300);
        var start = System.nanoTime();
        var deadline = Deadline.in(limit);
        for (int i = 0; i < 40; i++) assertThrows(TimeoutException.class, () -> deadline.get(new CompletableFuture<>()));
        var elapsed = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(elapsed.compareTo(limit) >= 0, elapsed::toString);
        assertTrue(elapsed.compareTo(limit.multipliedBy(20)) < 0, elapsed::toString);      // et non quarante limites
    }

    @Test
    @DisplayName("un travail qui échoue est vu tel quel, et l'attente n'annule rien")
    void failureAndNoCancel() {
        var failed = CompletableFuture.failedFuture(new IllegalStateException("panne"));
        var failure = assertThrows(ExecutionException.class, () -> Deadline.in(HOUR).get(failed));
        assertEquals("panne", failure.getCause().getMessage());
        var late = new CompletableFuture<String>();
        assertThrows(TimeoutException.class, () -> Deadline.in(Duration.ofMillis(1)).get(late));
        assertFalse(late.isDone());
    }

    @Test
    @DisplayName("une interruption arrête l'attente aussitôt")
    void interrupted() throws Exception {
        var waiter = new FutureTask<>(
                () -> assertThrows(InterruptedException.class, () -> Deadline.in(HOUR).get(new CompletableFuture<>())));
        var thread = Thread.startVirtualThread(waiter);
        thread.interrupt();
        assertNotNull(waiter.get());
    }
}
