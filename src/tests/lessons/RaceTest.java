package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** La course des leçons 2 et 5 : qui court, combien de fois, et dans quel ordre. */
@DisplayName("Race")
class RaceTest {

    @Test
    @DisplayName("chacun court à son tour, un tour d'échauffement sur quatre")
    void alternateLaps() throws Exception {
        var laps = new ArrayList<String>();
        var results = new Race(3).add("a", () -> laps.add("a")).add("b", () -> laps.add("b")).run();
        assertEquals("abababab", String.join("", laps));
        assertEquals(List.of("a", "b"), results.stream().map(Race.Result::mode).toList());
        assertEquals("× 1,0", results.getFirst().ratio());
        assertTrue(results.stream().allMatch(result -> result.median().matches("\\d+,\\d ms")), results.toString());
    }

    @Test
    @DisplayName("avec une unité, chacun fait le nombre demandé, et l'on compare des vitesses")
    void speeds() throws Exception {
        var counts = new ArrayList<Integer>();
        var results = new Race(1, "lignes").add("a", 10, counts::add).add("b", 1000, counts::add).run();
        assertEquals(List.of(10, 1000), counts);
        assertTrue(results.stream().allMatch(result -> result.median().endsWith(" lignes par seconde")), results.toString());
    }

    @Test
    @DisplayName("un coureur qui échoue arrête la course")
    void failure() {
        var laps = new ArrayList<String>();
        var race = new Race(3).add("a", () -> { throw new IllegalStateException("panne"); }).add("b", () -> laps.add("b"));
        assertEquals("panne", assertThrows(IllegalStateException.class, race::run).getMessage());
        assertEquals(List.of(), laps);
    }
}
