//SOURCES ../../../lessons/http/Pairs.java
package lessons.http;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Le rendez-vous qui rend certaine la course de l'exercice 1. */
@DisplayName("Pairs")
@Timeout(60)
class PairsTest {

    private static final int MEETINGS = 10_000;

    private static int missing(List<Integer> list) throws InterruptedException {
        var pairs = new Pairs();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < MEETINGS; i++)
                threads.submit(() -> {
                    pairs.meet();
                    return list.add(1);
                });
        }
        return MEETINGS - Collections.frequency(list, 1);
    }

    @Test
    @DisplayName("une ArrayList que plusieurs threads remplissent après un rendez-vous y perd des éléments")
    void lost() throws Exception {
        var lost = 0;
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(45);      // une machine occupée fait rarement avancer deux threads ensemble
        while (lost == 0 && System.nanoTime() < end) lost = missing(new ArrayList<>());
        assertTrue(lost > 0);
    }

    @Test
    @DisplayName("une collection faite pour plusieurs threads n'y perd rien")
    void kept() throws Exception {
        assertEquals(0, missing(new CopyOnWriteArrayList<>()));
    }

    @Test
    @DisplayName("seul au rendez-vous, on repart")
    void alone() throws Exception {
        var pairs = new Pairs();
        var meeting = new FutureTask<>(pairs::meet, null);
        Thread.ofPlatform().daemon().start(meeting);
        meeting.get(30, TimeUnit.SECONDS);
    }
}
