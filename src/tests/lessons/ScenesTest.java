package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("les scènes d'une vérification")
@Timeout(120)
class ScenesTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    @DisplayName("la valeur de la scène, et son exception telle quelle")
    void valueAndException() throws Exception {
        assertEquals(3, new Scenes().play(SHORT, () -> "bloquée", () -> 3));
        var failure =
                assertThrows(IOException.class, () -> new Scenes().play(SHORT, () -> "bloquée", () -> { throw new IOException("panne"); }));
        assertEquals("panne", failure.getMessage());
        assertThrows(StackOverflowError.class, () -> new Scenes().play(SHORT, () -> "bloquée", () -> { throw new StackOverflowError(); }));
    }

    @Test
    @DisplayName("une scène qui ne finit pas est nommée, et interrompue")
    void stuck() throws Exception {
        var interrupted = new CountDownLatch(1);
        var verdict = Exercise.check("réussi", Duration.ofSeconds(20), () -> new Scenes().play(SHORT, () -> "la page sans fin", () -> {
            try {
                new CountDownLatch(1).await();
                return null;
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }));
        assertFalse(verdict.passed());
        assertEquals("la page sans fin", verdict.message());
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("ensemble, les scènes ne durent pas plus que prévu")
    void whole() throws Exception {
        var scenes = new Scenes();
        var start = System.nanoTime();
        for (int i = 0; i < 3; i++)
            assertThrows(RuntimeException.class, () -> scenes.play(Duration.ofMinutes(1), () -> "bloquée", () -> {
                new CountDownLatch(1).await();
                return null;
            }));
        assertTrue(Duration.ofNanos(System.nanoTime() - start).compareTo(Duration.ofSeconds(60)) < 0);      // et non trois minutes
        assertEquals(Duration.ZERO, scenes.left());
    }
}
