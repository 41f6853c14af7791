package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import kernel.KernelClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.Folders;
import tools.OtherUser;
import tools.Shell;

/** Les serveurs des leçons sur une machine partagée : leurs secrets ne sont ni dans la liste des processus, ni dans un fichier ouvert. */
@DisplayName("un autre utilisateur de la machine")
@Timeout(300)
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

    /** Une cellule qui démarre un serveur avec ces sources du cours, et va chercher des bibliothèques : seule la classe a une limite. */
    private static void prepare(KernelClient kernel, String topic, String code) throws Exception {
        var sources = Shell.course().resolve("src");
        var cell = kernel.execute("//SOURCES " + sources + "/asynchelpers/*.java " + sources + "/lessons/" + topic + "/*.java\n" + code);
        while (cell.reply() == null) Thread.sleep(100);
        cell.done();
        assertEquals("ok", cell.status(), cell::toString);
    }

    /** Les dossiers que le serveur a créés, un au moins : cet utilisateur voit leurs noms, et rien de plus. */
    private void assertClosed(String prefix) throws Exception {
        try (var files = Files.list(shared)) {
            var folders = files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
            assertFalse(folders.isEmpty(), "aucun dossier " + prefix);
            for (var folder : folders) assertNotEquals(0, OtherUser.run("ls", folder.toString()).exitCode(), folder.toString());
        }
    }

    @Test
    @DisplayName("PostgreSQL : le mot de passe n'est vu de personne, et sans lui on n'entre pas ; le dossier du serveur est fermé")
    void postgres() throws Exception {
        try (var kernel = KernelClient.startWithTemp(shared)) {
            prepare(kernel, "postgres", "import lessons.postgres.*;\nvar server = Postgres.start();");
            var address = URI.create(kernel.value("server.uri()"));
            var password = address.getUserInfo().split(":")[1];
            var processes = OtherUser.run("ps", "-eww", "-o", "args").output();
            assertTrue(processes.contains("port=" + address.getPort()), "le serveur y est : " + processes);
            assertFalse(processes.contains(password), "le mot de passe y est");
            for (var wrong : new String[] {"", "lecon", "postgres"}) {
                var refused = kernel.value("""
                        String refusal;
                        try (var c = java.sql.DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/postgres", "lecon", "%s")) {
                            refusal = "entré";
                        } catch (java.sql.SQLException e) {
                            refusal = e.getSQLState();
                        }
                        refusal""".formatted(address.getPort(), wrong));
                assertTrue(refused.startsWith("28") || refused.equals("08004"), "« " + wrong + " » : " + refused);
            }
            assertClosed("postgres-");
            kernel.shutdown(false);
            kernel.kernel().exitCode();
        }
    }

    @Test
    @DisplayName("SSH : la clé du parc n'est lisible que de son propriétaire")
    void ssh() throws Exception {
        try (var kernel = KernelClient.startWithTemp(shared)) {
            prepare(kernel, "ssh", "//DEPS org.slf4j:slf4j-nop:2.0.20 org.apache.sshd:sshd-sftp:2.20.0 net.i2p.crypto:eddsa:0.3.0\n"
                    + "import lessons.ssh.*;\nvar park = SshPark.named(\"secret\");");
            var key = kernel.value("park.ssh().resolve(\"id_ed25519\").toString()");
            assertTrue(Files.readString(Path.of(key)).contains("PRIVATE KEY"));
            assertNotEquals(0, OtherUser.run("cat", key).exitCode());
            assertClosed("java-asynchrone-ssh-");
            kernel.shutdown(false);
            kernel.kernel().exitCode();
        }
    }
}
