package asynchelpers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("AsyncHelpers")
@Timeout(30)
class AsyncHelpersTest {

    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final PrintStream stdout = System.out;

    /** Ce que reçoit le terminal, une écriture par élément. */
    @BeforeEach
    void recordWrites() {
        System.setOut(new PrintStream(new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                Thread.yield();  // laisse aux autres threads l'occasion de s'intercaler
                writes.add(new String(bytes, offset, length, UTF_8));
            }
        }, false, UTF_8));
    }

    @AfterEach
    void restoreStdout() {
        System.setOut(stdout);
    }

    @Test
    @DisplayName("startTimer affiche une ligne de tirets et « zero »")
    void startTimerPrintsDashes() {
        AsyncHelpers.startTimer();
        assertLine("-+ zero");
    }

    @Test
    @DisplayName("showTimer affiche les secondes, les millièmes, puis les arguments")
    void showTimerPrintsTimeThenArguments() {
        AsyncHelpers.showTimer("a", 1, null);
        assertLine("\\d+s \\+ \\d{3}ms a 1 null");
    }

    @Test
    @DisplayName("showTimer sans argument n'affiche que le temps")
    void showTimerAlone() {
        AsyncHelpers.showTimer();
        assertLine("\\d+s \\+ \\d{3}ms");
    }

    @Test
    @DisplayName("showTimer accepte null comme seul argument")
    void showTimerOfNull() {
        AsyncHelpers.showTimer((Object[]) null);
        assertLine("\\d+s \\+ \\d{3}ms null");
    }

    @Test
    @DisplayName("startTimer remet le temps à zéro")
    void startTimerResets() throws Exception {
        AsyncHelpers.startTimer();
        Thread.sleep(1100);  // ce qu'il faut mesurer : plus d'une seconde écoulée
        AsyncHelpers.showTimer("avant");
        AsyncHelpers.startTimer();
        AsyncHelpers.showTimer("après");
        assertFalse(writes.get(1).startsWith("0s"), writes.get(1));
        assertTrue(millis(writes.get(3)) < millis(writes.get(1)), writes.toString());
    }

    @Test
    @DisplayName("sequence affiche le début puis la fin, et rend dix fois la durée")
    void sequenceTellsItsStory() throws Exception {
        assertEquals(0.5, AsyncHelpers.sequence("a", 0.05), 1e-9);
        assertEquals(2, writes.size());
        assertTrue(writes.get(0).endsWith(" >>> a\n"), writes.get(0));
        assertTrue(writes.get(1).endsWith(" <<< a\n"), writes.get(1));
    }

    @Test
    @DisplayName("sequence dure au moins le temps demandé")
    void sequenceLastsAsLongAsAsked() throws Exception {
        var start = System.nanoTime();
        AsyncHelpers.sequence("a", 0.2);
        assertTrue(System.nanoTime() - start >= 200_000_000);
    }

    @ParameterizedTest(name = "sequence refuse une durée de {0} s")
    @ValueSource(doubles = {-1, Double.NEGATIVE_INFINITY, Double.NaN})
    void sequenceRefuses(double seconds) {
        var error = assertThrows(IllegalArgumentException.class, () -> AsyncHelpers.sequence("a", seconds));
        assertTrue(error.getMessage().contains(String.valueOf(seconds)), error.getMessage());
        assertEquals(List.of(), writes);
    }

    @Test
    @DisplayName("une séquence interrompue cesse aussitôt, sans ligne de fin")
    void interruptedSequenceStops() throws Exception {
        var task = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> AsyncHelpers.sequence("a", 3600)));
        var thread = Thread.ofVirtual().start(task);
        Wait.until(() -> !writes.isEmpty());
        thread.interrupt();
        task.get();
        assertEquals(1, writes.size());
    }

    @Test
    @DisplayName("les lignes de cinquante threads ne se mélangent pas")
    void linesNeverInterleave() throws Exception {
        var together = new CountDownLatch(50);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 50; i++) threads.submit(() -> {
                together.countDown();
                together.await();
                for (var j = 0; j < 20; j++) AsyncHelpers.showTimer("un", "deux", "trois");
                return null;
            });
        }
        assertEquals(1000, writes.size(), "une écriture par ligne");
        for (var line : writes) assertTrue(line.matches("\\d+s \\+ \\d{3}ms un deux trois\n"), line);
    }

    private void assertLine(String pattern) {
        assertEquals(1, writes.size(), () -> "une seule écriture : " + writes);
        assertTrue(writes.getFirst().matches(pattern + "\n"), writes.getFirst());
    }

    private static long millis(String line) {
        var numbers = line.split("\\D+");
        return Long.parseLong(numbers[0]) * 1000 + Long.parseLong(numbers[1]);
    }
}
