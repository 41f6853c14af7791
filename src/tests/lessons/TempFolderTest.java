package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Le dossier provisoire des leçons : rien n'en reste, et rien d'autre n'est effacé. */
@DisplayName("TempFolder")
class TempFolderTest {

    @TempDir
    Path parent;

    @Test
    @DisplayName("fermé, il n'est plus là, ni rien de ce qu'il contenait")
    void closed() throws IOException {
        var folder = TempFolder.create(parent, "essai-");
        Files.writeString(Files.createDirectories(folder.path().resolve("a/b")).resolve("c.txt"), "texte");
        assertTrue(folder.exists());
        folder.close();
        assertFalse(folder.exists());
        assertEquals(0, parent.toFile().list().length);
    }

    @Test
    @DisplayName("il renaît au même endroit, et se ferme de nouveau")
    void reborn() throws IOException {
        var folder = TempFolder.create(parent, "essai-");
        var path = folder.path();
        folder.close();
        folder.close();
        assertEquals(path, folder.path());
        assertTrue(Files.isDirectory(path) && folder.holds(path.resolve("x")) && !folder.holds(parent));
        folder.close();
        assertFalse(Files.exists(path));
    }

    @Test
    @DisplayName("un lien est effacé, ce qu'il désigne non")
    @DisabledOnOs(OS.WINDOWS)
    void link() throws IOException {
        var precious = Files.writeString(Files.createDirectory(parent.resolve("ailleurs")).resolve("précieux.txt"), "texte");
        var folder = TempFolder.create(parent, "essai-");
        Files.createSymbolicLink(folder.path().resolve("lien"), precious.getParent());
        folder.close();
        assertFalse(folder.exists());
        assertTrue(Files.exists(precious));
    }

    @Test
    @DisplayName("effacer ce qui n'existe pas est sans effet")
    void absent() throws IOException {
        TempFolder.delete(parent.resolve("absent"));
    }
}
