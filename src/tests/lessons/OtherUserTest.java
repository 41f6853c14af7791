package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kernel.KernelClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.OtherUser;
import tools.Shell;

/** Les serveurs des leçons sur une machine partagée : leurs secrets ne sont ni dans la liste des processus, ni dans un fichier ouvert. */
@DisplayName("un autre utilisateur de la machine")
@Timeout(300)
class OtherUserTest {
    private static final Path NOTEBOOKS = Shell.course().resolve("notebooks");

    @BeforeEach
    void available() throws Exception {
        OtherUser.assumeAvailable();
    }

    /** Dans le dossier temporaire du système, où un autre utilisateur peut entrer. */
    private static KernelClient start() throws Exception {
        return KernelClient.start(NOTEBOOKS, Map.of(), word -> word.startsWith("-Djava.io.tmpdir=") ? "-Djava.io.tmpdir=/tmp"
                : word.startsWith("-Dkernel.history=") ? word.replace(NOTEBOOKS.toString(), "/nulle-part") : word);
    }

    /** Une cellule qui va chercher des bibliothèques, puis démarre un serveur : seule la limite de la classe la borne. */
    private static void prepare(KernelClient kernel, String code) throws Exception {
        var cell = kernel.execute(code);
        while (cell.reply() == null) Thread.sleep(100);
        assertEquals("ok", cell.done().status(), cell::toString);
    }

    @Test
    @DisplayName("PostgreSQL : le mot de passe n'est vu de personne, et sans lui on n'entre pas ; le dossier du serveur est fermé")
    void postgres() throws Exception {
        try (var kernel = start()) {
            prepare(kernel, "//SOURCES ../src/asynchelpers/*.java ../src/lessons/postgres/*.java\n"
                    + "import lessons.postgres.*;\nvar server = Postgres.start();");
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
            try (var files = Files.list(Path.of("/tmp"))) {
                for (var file : files.filter(file -> file.getFileName().toString().startsWith("postgres-")).toList())
                    assertNotEquals(0, OtherUser.run("ls", file.toString()).exitCode(), file.toString());
            }
            kernel.shutdown(false);
            kernel.kernel().exitCode();
        }
    }

    @Test
    @DisplayName("SSH : la clé du parc n'est lisible que de son propriétaire")
    void ssh() throws Exception {
        try (var kernel = start()) {
            prepare(kernel, "//SOURCES ../src/asynchelpers/*.java ../src/lessons/ssh/*.java\n"
                    + "//DEPS org.slf4j:slf4j-nop:2.0.20 org.apache.sshd:sshd-sftp:2.20.0 net.i2p.crypto:eddsa:0.3.0\n"
                    + "import lessons.ssh.*;\nvar park = SshPark.named(\"secret\");");
            var key = kernel.value("park.ssh().resolve(\"id_ed25519\").toString()");
            assertTrue(Files.readString(Path.of(key)).contains("PRIVATE KEY"));
            assertNotEquals(0, OtherUser.run("cat", key).exitCode());
            assertNotEquals(0, OtherUser.run("ls", Path.of(key).getParent().toString()).exitCode());
            kernel.shutdown(false);
            kernel.kernel().exitCode();
        }
    }
}
