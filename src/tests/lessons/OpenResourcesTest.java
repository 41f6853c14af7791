package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Ce qu'un notebook garde ouvert : une fois par nom, jusqu'à ce qu'on le ferme. */
@DisplayName("OpenResources")
class OpenResourcesTest {

    private final List<String> closed = new ArrayList<>();

    private AutoCloseable open(String name) {
        return OpenResources.get(name, () -> () -> closed.add(name));
    }

    /** Avant aussi : les tests d'une leçon, dans la même JVM, ont pu laisser quelque chose d'ouvert. */
    @BeforeEach
    @AfterEach
    void closeAll() throws Exception {
        OpenResources.closeAll();
    }

    @Test
    @DisplayName("le même nom désigne la même ressource, jusqu'à sa fermeture")
    void sameName() throws Exception {
        var first = open("site");
        assertSame(first, open("site"));
        assertNotSame(first, open("client"));
        OpenResources.close("site");
        assertEquals(List.of("site"), closed);
        assertNotSame(first, open("site"));
    }

    @Test
    @DisplayName("tout se ferme, la plus récente d'abord, et une seule fois")
    void mostRecentFirst() throws Exception {
        open("serveur");
        open("client");
        assertEquals(2, OpenResources.all().size());
        OpenResources.closeAll();
        OpenResources.closeAll();
        assertEquals(List.of("client", "serveur"), closed);
        assertEquals(List.of(), OpenResources.all());
    }

    @Test
    @DisplayName("une fermeture qui échoue n'empêche pas les autres, et se sait")
    void failedClosing() {
        open("serveur");
        OpenResources.get("client", () -> () -> { throw new IOException("panne"); });
        assertEquals("panne", assertThrows(IOException.class, OpenResources::closeAll).getMessage());
        assertEquals(List.of("serveur"), closed);
    }

    @Test
    @DisplayName("une ouverture qui échoue ne laisse rien, et sa cause se sait")
    void failedOpening() {
        var failure =
                assertThrows(IllegalStateException.class, () -> OpenResources.get("site", () -> { throw new IOException("port pris"); }));
        assertEquals("Ouverture impossible (site) : port pris", failure.getMessage());
        assertEquals(List.of(), OpenResources.all());
    }
}
