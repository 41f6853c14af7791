package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Relay")
@Timeout(30)
class RelayTest {

    @Test
    @DisplayName("la tâche du même nom est finie avant que la suivante commence")
    void previousTaskEndsFirst() throws Exception {
        var started = new CountDownLatch(1);
        var first = Relay.start("relève", () -> {
            started.countDown();
            await(new CountDownLatch(1));
        });
        started.await();
        var firstWasOver = new FutureTask<>(() -> first.getState() == Thread.State.TERMINATED);
        Relay.start("relève", firstWasOver);
        assertTrue(firstWasOver.get(10, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("un autre nom ne dérange personne")
    void otherNameLeavesTaskAlone() throws Exception {
        var end = new CountDownLatch(1);
        var waiting = new FutureTask<>(() -> end.await(10, TimeUnit.SECONDS));
        Relay.start("reste", waiting);
        Relay.start("passe", () -> {}).join();
        end.countDown();
        assertTrue(waiting.get(10, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("un port bloqué dans accept est rendu à la relève")
    void portIsHandedOver() throws Exception {
        var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = free.getLocalPort();
        Relay.start("port", () -> {
            try (free) {
                free.accept();
            } catch (Exception closed) {
                // interrompu : c'est l'effet voulu
            }
        });
        var again = new FutureTask<>(() -> {
            try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return server.getLocalPort();
            }
        });
        Relay.start("port", again);
        assertEquals(port, again.get(10, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("le thread est de la sorte demandée, et porte le nom de la tâche")
    void builder() throws Exception {
        var current = new FutureTask<>(Thread::currentThread);
        Relay.start("plateforme", Thread.ofPlatform().daemon(), current::run);
        var thread = current.get(10, TimeUnit.SECONDS);
        assertFalse(thread.isVirtual());
        assertTrue(thread.isDaemon());
        assertEquals("plateforme", thread.getName());
    }

    @Test
    @DisplayName("une tâche qui absorbe des interruptions est interrompue de nouveau")
    void interruptedAgain() throws Exception {
        var never = new CountDownLatch(1);
        var thread = Relay.start("distraite", Thread.ofVirtual(), () -> {
            for (int i = 0; i < 3; i++) await(never);
        });
        Relay.stop("distraite");
        assertEquals(Thread.State.TERMINATED, thread.getState());
    }

    @Test
    @DisplayName("arrêter une tâche finie, ou inconnue, est sans effet")
    void stopTwice() throws Exception {
        Relay.start("courte", () -> {}).join();
        Relay.stop("courte");
        Relay.stop("courte");
        Relay.stop("jamais lancée");
    }

    @Test
    @DisplayName("une exception termine le thread, et se voit ; une interruption n'en est pas une")
    void failure() throws Exception {
        var seen = new LinkedBlockingQueue<Throwable>();
        var builder = Thread.ofVirtual().uncaughtExceptionHandler((_, failure) -> seen.add(failure));
        Relay.start("arrêtée", builder, () -> { throw new InterruptedException(); }).join();
        Relay.start("en échec", builder, () -> { throw new IOException("disque plein"); }).join();
        Relay.start("fausse", builder, () -> { throw new ArithmeticException("zéro"); }).join();
        assertEquals("disque plein", seen.remove().getCause().getMessage());
        assertEquals("zéro", seen.remove().getMessage());
        assertTrue(seen.isEmpty(), seen::toString);
    }

    private static void await(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException stopped) {
            // la relève arrive
        }
    }
}
