package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
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

    private static void await(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException stopped) {
            // la relève arrive
        }
    }
}
