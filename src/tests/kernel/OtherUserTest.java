package kernel;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.Folders;
import tools.OtherUser;

/** Une machine partagée : ce qu'un autre utilisateur voit des fichiers d'un noyau. */
@DisplayName("Un autre utilisateur de la machine")
class OtherUserTest {
    private Path shared;

    @BeforeEach
    void share() throws Exception {
        shared = OtherUser.sharedFolder();
    }

    @AfterEach
    void delete() throws Exception {
        if (shared != null) Folders.deleteTree(shared);
    }

    private Path folderOf(KernelClient kernel) throws Exception {
        try (var files = Files.list(shared)) {
            return files.filter(file -> file.getFileName().toString().startsWith("java-kernel-" + kernel.kernel().process().pid() + "-"))
                    .findFirst().orElseThrow();
        }
    }

    @Test
    @DisplayName("ni les classes d'un //SOURCES, ni l'historique des cellules ne lui sont lisibles")
    void readsNothing() throws Exception {
        Files.writeString(shared.resolve("Safe.java"), "package secret; public class Safe { public static int key() { return 42; } }");
        try (var kernel = KernelClient.startWithTemp(shared)) {
            assertEquals("42", kernel.value("//SOURCES Safe.java\nsecret.Safe.key()"));
            kernel.ask("history_request", "hist_access_type", "tail", "n", 1);   // ce qui précède est écrit
            var folder = folderOf(kernel);
            assertTrue(OtherUser.run("ls", shared.toString()).output().contains(folder.getFileName().toString()), "il voit leurs noms");
            assertNotEquals(0, OtherUser.run("ls", folder.toString()).exitCode());
            var history = shared.resolve("history.jsonl");
            assertTrue(Files.readString(history).contains("secret.Safe.key()"));
            assertNotEquals(0, OtherUser.run("cat", history.toString()).exitCode());
        }
    }

    @Test
    @DisplayName("en s'arrêtant, un noyau n'efface que ce que des noyaux du même utilisateur ont laissé, et ne dit rien du reste")
    void sweepsItsOwn() throws Exception {
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        var own = Files.createDirectory(shared.resolve("java-kernel-" + dead.pid() + "-1"));
        var other = Files.createDirectory(shared.resolve("java-kernel-" + dead.pid() + "-2"));
        Files.setAttribute(other, "unix:uid", OtherUser.UID);
        try (var kernel = KernelClient.startWithTemp(shared)) {
            kernel.value("1 + 1");                                               // prêt : l'arrêt, qui a peu de temps, n'attend rien
            kernel.shutdown(false);
            kernel.kernel().exitCode();
            assertFalse(Files.exists(own));
            assertTrue(Files.exists(other));
            assertFalse(kernel.kernel().log().contains("non effacé"), kernel.kernel().log());
        }
    }
}
