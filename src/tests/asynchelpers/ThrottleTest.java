package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Throttle")
class ThrottleTest {
    @Test
    @DisplayName("une place prise puis rendue est libre")
    void placeIsFreed() throws Exception {
        var throttle = new Throttle(2);
        try (var place = throttle.enter()) {
            assertEquals(1, throttle.inUse());
        }
        assertEquals(2, throttle.available());
    }
}
