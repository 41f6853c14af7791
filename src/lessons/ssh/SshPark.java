//SOURCES ../OpenResources.java ../Patience.java ../TempFolder.java
package lessons.ssh;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lessons.OpenResources;
import lessons.Patience;
import lessons.TempFolder;

/**
 * Un parc de machines, et le dossier {@code ssh} qui y mène. Ce dossier a la forme d'un {@code ~/.ssh} : la clé de l'élève dans
 * {@code id_ed25519}, l'adresse de chaque machine dans {@code config}, et un {@code known_hosts} vide, que l'élève remplit.
 */
public final class SshPark implements AutoCloseable {

    /** Ce qui est ouvert à un moment donné : ports en écoute, connexions, commandes en cours, threads de MINA. */
    public record Census(String moment, int ports, int connexions, int commandes, long threads) {}

    private final TempFolder folder = TempFolder.create("java-asynchrone-ssh-");
    private final Path ssh = Files.createDirectory(folder.path().resolve("ssh"));
    private final SshJournal journal = new SshJournal();
    private final Map<String, SshMachine> machines = new LinkedHashMap<>();

    private SshPark() throws IOException {
        SshKeys.write(SshKeys.create(SshKeys.ED25519), SshMachine.USER, ssh.resolve("id_ed25519"));
        Files.createFile(ssh.resolve("known_hosts"));
        Files.createFile(ssh.resolve("config"));
    }

    /**
     * Le parc de ce nom, le même à chaque appel ; créé la première fois, dans un dossier provisoire effacé à l'arrêt de la JVM.
     *
     * @throws IllegalStateException si le dossier ne peut pas être créé ; la cause dit pourquoi
     */
    public static SshPark named(String name) {
        return OpenResources.get("parc " + name, SshPark::new);
    }

    /** Le dossier {@code ssh} de ce parc. */
    public Path ssh() {
        return ssh;
    }

    /** Ce qu'ont fait les machines de ce parc. */
    public SshJournal journal() {
        return journal;
    }

    /** Démarre toutes ces machines, comme {@link #start} ; rend chacune sous son nom, dans le même ordre. */
    public synchronized Map<String, SshMachine> startAll(Collection<String> names) throws IOException {
        var started = new LinkedHashMap<String, SshMachine>();
        for (var name : names) started.put(name, start(name));
        return started;
    }

    /**
     * Démarre une machine et l'inscrit dans le fichier {@code config}. Si elle tourne déjà, l'arrête d'abord : elle garde sa clé d'hôte,
     * et son port s'il est encore libre.
     *
     * @throws IOException si le port ou le dossier ne peuvent pas être ouverts
     */
    public synchronized SshMachine start(String name) throws IOException {
        var former = machines.get(name);
        if (former == null) return start(name, SshKeys.create(SshKeys.ED25519), 0);
        former.close();
        return start(name, former.hostKey(), former.port());
    }

    /** Remplace une machine par une autre, de même nom et de même port, mais dont la clé d'hôte est nouvelle. */
    synchronized SshMachine reinstall(SshMachine former) throws IOException {
        former.close();
        return start(former.name(), SshKeys.create(SshKeys.ED25519), former.port());
    }

    private SshMachine start(String name, KeyPair hostKey, int port) throws IOException {
        SshMachine machine;
        try {
            machine = new SshMachine(this, name, hostKey, port);
        } catch (BindException e) {
            machine = new SshMachine(this, name, hostKey, 0);      // un autre programme a pris ce port entre-temps
        }
        machines.put(name, machine);
        writeConfig();
        return machine;
    }

    private void writeConfig() throws IOException {
        var text = new StringBuilder();
        for (var machine : machines.values())
            text.append("""
                    Host %s
                        HostName 127.0.0.1
                        Port %d
                        User %s
                    """.formatted(machine.name(), machine.port(), SshMachine.USER));
        Files.writeString(ssh.resolve("config"), text);
    }

    /** Arrête toutes les machines de ce parc. Bloque jusqu'à la fin de leurs connexions. */
    public void closeAll() throws IOException {
        for (var machine : machines()) machine.close();
    }

    /** Arrête toutes les machines, et efface le dossier : le parc ne sert plus. */
    @Override
    public void close() throws IOException {
        closeAll();
        folder.close();
    }

    private synchronized List<SshMachine> machines() {
        return List.copyOf(machines.values());
    }

    /** Les lignes de {@code known_hosts} de ces machines, telles que leur administrateur les donnerait. */
    public List<String> knownHosts() {
        return machines().stream().map(SshMachine::knownHostsLine).toList();
    }

    /**
     * Attend que ces machines aient ensemble autant de commandes en cours ; pour zéro, attend aussi la fin de leurs connexions.
     *
     * @return faux si ce n'est pas arrivé en 5 secondes, ou plus sur une machine occupée
     * @throws InterruptedException si le thread est interrompu pendant l'attente
     */
    public boolean awaitCommands(int count) throws InterruptedException {
        return awaitCommands(count, Duration.ofSeconds(5));
    }

    boolean awaitCommands(int count, Duration limit) throws InterruptedException {
        for (var patience = new Patience(limit); patience.lasts(); Thread.sleep(10)) {
            int commands = machines().stream().mapToInt(SshMachine::commands).sum();
            int connections = machines().stream().mapToInt(SshMachine::connections).sum();
            if (commands == count && (count > 0 || connections == 0)) return true;
        }
        return false;
    }

    /** De même, mais attend d'abord que ces machines aient autant de commandes en cours : voir {@link #awaitCommands}. */
    public Census census(String moment, int commands) throws InterruptedException {
        awaitCommands(commands);
        return census(moment);
    }

    /** Ce qui est ouvert en ce moment dans la JVM, tous parcs confondus. Les threads sont ceux que nomment client et serveurs. */
    public static Census census(String moment) {
        var all = OpenResources.all().stream().flatMap(open -> open instanceof SshPark park ? park.machines().stream() : Stream.of())
                .toList();
        var threads = SshMachine.threadNames().filter(name -> name.matches("sshd-Ssh(Server|Client).*")).count();
        return new Census(moment, (int) all.stream().filter(SshMachine::isOpen).count(),
                all.stream().mapToInt(SshMachine::connections).sum(), all.stream().mapToInt(SshMachine::commands).sum(), threads);
    }
}
