//SOURCES ../Exercise.java
package lessons.ssh;

import static lessons.Exercise.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.RemoteException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;

/** Les vérifications des exercices de la leçon 10. Chacune démarre ses propres machines, et les arrête avant de répondre. */
public final class SshExercises {

    private static final Duration LIMIT = Duration.ofSeconds(25);

    /** L'exercice 1 : les codes de sortie de plusieurs commandes, par une seule connexion. */
    @FunctionalInterface
    public interface ExitCodes {
        List<Integer> of(SshClient client, String host, List<String> commands) throws Exception;
    }

    /** L'exercice 2 : les machines, rangées par version. */
    @FunctionalInterface
    public interface Inventory {
        Map<String, List<String>> of(Path ssh, List<String> hosts) throws Exception;
    }

    /** L'exercice 3 : une copie vérifiée. */
    @FunctionalInterface
    public interface Copy {
        boolean of(ClientSession session, Path file, String name) throws Exception;
    }

    private SshExercises() {}

    /** Vérifie {@code exitCodes}. Bloque jusqu'à la réponse, 25 secondes au plus. */
    public static Verdict exitCodes(ExitCodes answer) throws IOException, InterruptedException {
        var park = SshPark.named("exercice 1");
        var machine = park.start("alpha").latency(Duration.ofMillis(20));
        Files.write(park.ssh().resolve("known_hosts"), park.knownHosts());
        try (var client = newClient(park.ssh())) {
            return Exercise.check("cinq commandes, cinq codes, une seule connexion, refermée.", LIMIT,
                    () -> checkCodes(answer, client, machine));
        } finally {
            park.closeAll();
        }
    }

    private static void checkCodes(ExitCodes answer, SshClient client, SshMachine machine) throws Exception {
        var commands = List.of("true", "ls absent.txt", "hostname", "salut", "false");
        List<Integer> codes;
        try {
            codes = answer.of(client, machine.name(), commands);
        } catch (RemoteException e) {
            require(false, "executeRemoteCommand lance une exception dès qu’un code n’est pas 0. Servez-vous de « run ».");
            return;
        }
        require(codes != null, "votre méthode rend null au lieu d’une liste de codes.");
        require(codes.size() == commands.size(),
                codes.size() + " codes pour " + commands.size() + " commandes. Il en faut un par commande, même après un échec.");
        require(!codes.contains(null), "un code est null : il a été lu avant la fin de sa commande.");
        require(codes.equals(List.of(0, 2, 0, 127, 1)),
                "pour " + commands + ", les codes sont [0, 2, 0, 127, 1], et vous rendez " + codes + ".");
        int connections = machine.allConnections();
        require(connections == 1,
                "les codes sont justes, mais la machine a compté " + connections
                        + " connexions. Une seule suffit pour toutes les commandes.");
        require(idle(machine), "les codes sont justes, mais la connexion est restée ouverte. Qui la ferme ?");
    }

    private static boolean idle(SshMachine machine) throws InterruptedException {
        for (int i = 0; i < 200 && machine.connections() > 0; i++) Thread.sleep(10);
        return machine.connections() == 0;
    }

    /** Vérifie {@code inventory}. Bloque jusqu'à la réponse, 25 secondes au plus. */
    public static Verdict inventory(Inventory answer) throws IOException, InterruptedException {
        var park = SshPark.named("exercice 2");
        var machines = park.startAll(List.of("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"));
        Files.write(park.ssh().resolve("known_hosts"), park.knownHosts());
        try {
            for (var machine : machines.values()) machine.latency(Duration.ofMillis(300));
            for (var name : List.of("alpha", "delta", "golf")) setVersion(machines.get(name), "1.4");
            for (var name : List.of("bravo", "foxtrot")) setVersion(machines.get(name), "2.0");
            Files.deleteIfExists(machines.get("charlie").home().resolve("version.txt"));
            machines.get("echo").close();
            machines.get("hotel").vanishAtNextCommand();
            park.journal().clear();
            return Exercise.check("chaque machine est dans sa ligne, et jamais plus de quatre n’ont travaillé à la fois.", LIMIT,
                    () -> checkInventory(answer.of(park.ssh(), List.copyOf(machines.keySet())), park.journal()));
        } finally {
            park.closeAll();
        }
    }

    private static void setVersion(SshMachine machine, String version) throws IOException {
        Files.writeString(machine.home().resolve("version.txt"), version + "\n");
    }

    private static void checkInventory(Map<String, List<String>> answer, SshJournal journal) {
        require(answer != null, "votre méthode rend null au lieu d’un dictionnaire.");
        var found = new TreeMap<String, Set<String>>();
        answer.forEach((version, hosts) -> found.put(String.valueOf(version), new TreeSet<>(hosts)));
        int count = answer.values().stream().mapToInt(List::size).sum();
        require(count > 0, "le dictionnaire est vide : demandez le contenu de version.txt à toutes les machines.");
        requireRow(found, "2.0", Set.of("bravo", "foxtrot"), "sous « 2.0 », on attend bravo et foxtrot");
        requireRow(found, "1.4", Set.of("alpha", "delta", "golf"), "sous « 1.4 », on attend alpha, delta et golf");
        requireRow(found, "absente", Set.of("charlie"),
                "charlie a répondu, avec un code 2 : pas de fichier. Sa place est sous « absente »");
        requireRow(found, "injoignable", Set.of("echo", "hotel"),
                "echo est éteinte, hotel disparaît en route : pas de code. Leur place est sous « injoignable »");
        require(found.size() == 4 && count == 8, "quatre lignes et huit machines sont attendues ; vous avez " + found + ".");
        var most = journal.mostAtOnce();
        require(most > 1, "le résultat est juste, mais les machines ont travaillé l’une après l’autre. Interrogez-en quatre à la fois.");
        require(most <= 4, "le résultat est juste, mais " + most + " machines ont travaillé à la fois. Quatre au plus.");
    }

    private static void requireRow(Map<String, Set<String>> found, String version, Set<String> hosts, String missing) {
        require(hosts.equals(found.get(version)), missing + " ; vous avez " + found + ".");
    }

    /** Vérifie {@code copy}. Bloque jusqu'à la réponse, 25 secondes au plus. */
    public static Verdict copy(Copy answer) throws IOException, InterruptedException {
        var park = SshPark.named("exercice 3");
        var good = park.start("alpha").latency(Duration.ofMillis(20));
        var bad = park.start("bravo").latency(Duration.ofMillis(20));
        Files.write(park.ssh().resolve("known_hosts"), park.knownHosts());
        bad.badDisk();
        try (var client = newClient(park.ssh())) {
            return Exercise.check("la bonne copie est gardée, la mauvaise est reconnue et effacée.", LIMIT, () -> {
                checkGoodCopy(answer, client, good);
                checkBadCopy(answer, client, bad);
            });
        } finally {
            park.closeAll();
        }
    }

    private static void checkGoodCopy(Copy answer, SshClient client, SshMachine machine) throws Exception {
        var file = Files.writeString(machine.home().resolveSibling("envoi"), "un fichier de plusieurs paquets\n".repeat(5000));
        var copy = machine.home().resolve("copie.txt");
        Files.deleteIfExists(copy);
        try (var session = connect(client, machine)) {
            var kept = answer.of(session, file, "copie.txt");
            require(machine.transfers() > 0, "la machine n’a reçu aucun fichier par SFTP.");
            require(kept, "la copie était bonne, et vous rendez false. Que contient exactement la ligne que la machine répond ?");
            require(Files.exists(copy), "la machine n’a pas le fichier sous le nom demandé.");
            require(Files.mismatch(file, copy) == -1, "le fichier reçu n’a pas le même contenu que l’original.");
        }
    }

    private static void checkBadCopy(Copy answer, SshClient client, SshMachine machine) throws Exception {
        var file = Files.writeString(machine.home().resolveSibling("envoi"), "un fichier de plusieurs paquets\n".repeat(5000));
        var copy = machine.home().resolve("copie.txt");
        Files.deleteIfExists(copy);
        try (var session = connect(client, machine)) {
            var kept = answer.of(session, file, "copie.txt");
            require(!kept, "le disque de bravo a changé un octet, à taille égale, et vous rendez true. Comparez les résumés SHA-256.");
            require(!Files.exists(copy), "la mauvaise copie est reconnue, mais elle est restée sur la machine. Effacez-la.");
        }
    }

    private static ClientSession connect(SshClient client, SshMachine machine) throws IOException {
        var session = client.connect(machine.name()).verify(LIMIT).getSession();
        session.auth().verify(LIMIT);
        return session;
    }

    private static SshClient newClient(Path ssh) throws IOException {
        var client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(SshFolder.hosts(ssh));
        client.setKeyIdentityProvider(SshFolder.keys(ssh));
        SshFolder.trust(client, ssh);
        client.start();
        return client;
    }
}
