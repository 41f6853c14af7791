//SOURCES ../../lessons/ssh/Ssh*.java
package examples;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lessons.ssh.SshMachine;
import lessons.ssh.SshPark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ssh-all, sur les machines de la leçon 10. */
@DisplayName("Extrait ssh-all")
@Timeout(300)
class SshAllTest {

    private static final List<String> NAMES =
            List.of("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett");

    private static SshPark park;
    private static Path ssh;
    private static Map<String, SshMachine> machines;

    @BeforeAll
    @Timeout(600)
    static void compile() throws Exception {
        SnippetRun.compileAll();
        park = SshPark.named("ssh-all");
        ssh = park.ssh();
    }

    @BeforeEach
    void startMachines() throws Exception {
        machines = park.startAll(NAMES);
        Files.write(ssh.resolve("known_hosts"), park.knownHosts());
    }

    @AfterAll
    static void stopMachines() throws Exception {
        park.closeAll();
    }

    /** Sans l'agent de celui qui lance les tests. */
    private static SnippetRun sshAll(Path folder, String... words) throws Exception {
        return sshAll(folder, null, words);
    }

    private static SnippetRun sshAll(Path folder, Path agent, String... words) throws Exception {
        var arguments = new ArrayList<>(List.of("ssh-all", "--ssh=" + folder));
        arguments.addAll(List.of(words));
        var builder = SnippetRun.builder(arguments.toArray(String[]::new));
        builder.environment().remove("SSH_AUTH_SOCK");
        if (agent != null) builder.environment().put("SSH_AUTH_SOCK", agent.toString());
        return SnippetRun.of(builder);
    }

    private static String plain(String text) {
        return text.replace('\u00a0', ' ');
    }

    @Test
    @DisplayName("dix machines répondent, jamais plus de huit à la fois")
    void everywhere() throws Exception {
        park.journal().clear();
        var words = Stream.concat(Stream.of("hostname"), NAMES.stream()).toArray(String[]::new);
        var run = sshAll(ssh, words);
        assertEquals(0, run.code(), run.err());
        assertEquals(NAMES.stream().map(name -> name + " | " + name).toList(), run.lines().stream().sorted().toList());
        assertEquals("", run.err());
        var most = park.journal().mostAtOnce();
        assertTrue(most > 1 && most <= 8, "machines à la fois : " + most);
    }

    @Test
    @DisplayName("une commande qui échoue sur une machine : son code, ses erreurs à part, et le code de sortie 1")
    void commandFails() throws Exception {
        Files.writeString(machines.get("alpha").home().resolve("ici.txt"), "bien là\n");
        var run = sshAll(ssh, "cat ici.txt", "alpha", "bravo");
        assertEquals(1, run.code());
        assertEquals(List.of("alpha | bien là"), run.lines());
        assertEquals(
                List.of("bravo | cat : « ici.txt » n'existe pas", "bravo | code de sortie 2",
                        "Machines où la commande n'a pas réussi : 1 sur 2."),
                plain(run.err()).lines().toList());
    }

    @Test
    @DisplayName("une machine éteinte, une réinstallée, une inconnue, une sans adresse : chacune sa phrase, et les autres répondent")
    void faults() throws Exception {
        machines.get("alpha").close();
        machines.get("bravo").reinstall();
        Files.write(ssh.resolve("known_hosts"), Files.readAllLines(ssh.resolve("known_hosts")).stream()
                .filter(line -> !line.startsWith("[127.0.0.1]:" + machines.get("charlie").port() + " ")).toList());
        var run = sshAll(ssh, "hostname", "alpha", "bravo", "charlie", "delta", "nulle-part.invalid");
        assertEquals(1, run.code());
        assertEquals(List.of("delta | delta"), run.lines());
        var err = plain(run.err());
        assertTrue(err.contains("alpha | connexion refusée"), err);
        assertTrue(err.contains("bravo | machine refusée : sa clé n'est pas celle de known_hosts"), err);
        assertTrue(err.contains("charlie | machine refusée"), err);
        assertTrue(err.contains("nulle-part.invalid | nom de machine introuvable"), err);
        assertTrue(err.endsWith("Machines où la commande n'a pas réussi : 4 sur 5.\n"), err);
    }

    @Test
    @DisplayName("une machine qui disparaît pendant la commande n'a pas réussi")
    void vanishes() throws Exception {
        machines.get("alpha").vanishAtNextCommand();
        var run = sshAll(ssh, "hostname", "alpha");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("alpha | pas de code de sortie"), run.err());
    }

    @Test
    @DisplayName("sans aucune clé, la machine refuse ; avec l'agent qui la connaît, elle accepte")
    void agent(@TempDir Path folder) throws Exception {
        for (var file : List.of("config", "known_hosts"))
            Files.copy(ssh.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        var refused = sshAll(folder, "hostname", "alpha");
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("alpha | la machine n'accepte aucune de vos clés"), refused.err());

        var socket = folder.resolve("agent");
        var agent = startAgent(socket);
        try {
            while (!Files.exists(socket)) Thread.sleep(10);
            var add = new ProcessBuilder("ssh-add", "-q", ssh.resolve("id_ed25519").toString()).inheritIO();
            add.environment().put("SSH_AUTH_SOCK", socket.toString());
            assertEquals(0, add.start().waitFor(), "ssh-add");
            var accepted = sshAll(folder, socket, "hostname", "alpha");
            assertEquals(0, accepted.code(), accepted.err());
            assertEquals(List.of("alpha | alpha"), accepted.lines());
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    private static Process startAgent(Path socket) {
        try {
            return new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            assumeTrue(false, "ssh-agent n'est pas installé");
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("sans machine : une phrase, code 2")
    void noHost() throws Exception {
        var run = sshAll(ssh, "uptime");
        assertEquals(2, run.code());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("Il faut une commande, puis au moins une machine."), run.err());
    }
}
