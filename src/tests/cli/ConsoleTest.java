package cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("console")
class ConsoleTest {

    @Test
    @DisplayName("une espace insécable va devant les deux-points, et autour de ce qui est entre guillemets")
    void french() {
        assertEquals("Déjà\u00a0: «\u00a0quoi\u00a0», vraiment\u00a0? Oui\u00a0; voilà\u00a0!",
                Console.french("Déjà : « quoi », vraiment ? Oui ; voilà !"));
    }

    @Test
    @DisplayName("une adresse et une heure restent telles quelles")
    void addresses() {
        assertEquals("http://127.0.0.1:8080/?a=b, 12:30", Console.french("http://127.0.0.1:8080/?a=b, 12:30"));
    }
}
