//DEPS org.slf4j:slf4j-nop:2.0.20 org.apache.sshd:sshd-sftp:2.20.0 net.i2p.crypto:eddsa:0.3.0
package lessons.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import display.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.RejectAllPasswordAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.Handle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Une « machine » : un vrai serveur SSH, avec son nom, sa clé d'hôte et son dossier personnel, mais dans cette JVM et sans shell.
 *
 * <p>Le chiffrement, les clés, les canaux et SFTP sont ceux d'Apache MINA SSHD. Les commandes, elles, sont écrites en Java : la leçon
 * montre donc la même chose sous Linux, macOS et Windows. La machine n'écoute que sur l'adresse de bouclage, et n'accepte que la clé
 * publique de l'élève, jamais de mot de passe.
 *
 * <p>Les machines d'un même dossier {@code ssh} forment un parc. Ce dossier a la forme d'un {@code ~/.ssh} : la clé de l'élève dans
 * {@code id_ed25519}, l'adresse de chaque machine dans {@code config}, et un {@code known_hosts} vide, que l'élève remplit.
 */
public final class SshMachine implements AutoCloseable {

    /** L'utilisateur de toutes les machines. */
    public static final String USER = "eleve";

    /** Ce qu'une machine met à répondre : l'aller-retour vers une machine lointaine. */
    private static final Duration LATENCY = Duration.ofMillis(400);

    private static final String ED25519 = "ssh-ed25519";

    private static final Map<String, Path> folders = new HashMap<>();
    private static final Map<Path, SshMachine> running = new LinkedHashMap<>();    // dossier de la machine -> machine
    private static final List<Work> journal = new ArrayList<>();

    /** Une ligne du tableau des machines. */
    public record Card(String machine, int port, String empreinte) {}

    /** Une commande exécutée : où, laquelle, et quand, en millisecondes depuis le début du journal. */
    public record Work(String machine, String command, long start, long end) {}

    /** Ce qui est ouvert à un moment donné : ports en écoute, connexions, commandes en cours, threads de MINA. */
    public record Census(String moment, int ports, int connexions, int commandes, long threads) {}

    private static long journalStart = System.nanoTime();

    private final Path ssh;
    private final String name;
    private final Path home;
    private final KeyPair hostKey;
    private final SshServer server;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger allConnections = new AtomicInteger();
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicInteger transfers = new AtomicInteger();

    private volatile Duration latency = LATENCY;
    private volatile boolean vanishing;
    private volatile boolean badDisk;

    private SshMachine(Path ssh, String name, KeyPair hostKey, int port) throws IOException {
        this.ssh = ssh;
        this.name = name;
        this.hostKey = hostKey;
        this.home = Files.createDirectories(folder(ssh, name).resolve("home"));
        Files.writeString(home.resolve("nom.txt"), name + "\n");
        this.server = server(port);
    }

    // ---------------------------------------------------------------- le parc

    /**
     * Le dossier {@code ssh} d'un parc de ce nom ; créé la première fois, dans un dossier provisoire effacé à l'arrêt de la JVM.
     *
     * @throws IOException si le dossier ne peut pas être créé
     */
    public static synchronized Path folder(String park) throws IOException {
        var known = folders.get(park);
        if (known != null) return known;
        var root = Files.createTempDirectory("java-asynchrone-ssh-");
        deleteOnExit(root);
        var ssh = Files.createDirectory(root.resolve("ssh"));
        writeKey(newKey(ED25519), ssh.resolve("id_ed25519"));
        Files.createFile(ssh.resolve("known_hosts"));
        Files.createFile(ssh.resolve("config"));
        folders.put(park, ssh);
        return ssh;
    }

    /** Démarre toutes ces machines, comme {@link #start} ; rend chacune sous son nom, dans le même ordre. */
    public static synchronized Map<String, SshMachine> startAll(Path ssh, Collection<String> names) throws IOException {
        var machines = new LinkedHashMap<String, SshMachine>();
        for (var name : names) machines.put(name, start(ssh, name));
        return machines;
    }

    /**
     * Démarre une machine et l'inscrit dans le fichier {@code config} de ce dossier. Si elle tourne déjà, l'arrête d'abord : elle
     * garde sa clé d'hôte, et son port s'il est encore libre.
     *
     * @throws IOException si le port ou le dossier ne peuvent pas être ouverts
     */
    public static synchronized SshMachine start(Path ssh, String name) throws IOException {
        var former = running.get(folder(ssh, name));
        if (former == null) return start(ssh, name, newKey(ED25519), 0);
        former.close();
        return start(ssh, name, former.hostKey, former.port());
    }

    private static SshMachine start(Path ssh, String name, KeyPair hostKey, int port) throws IOException {
        SshMachine machine;
        try {
            machine = new SshMachine(ssh, name, hostKey, port);
        } catch (BindException e) {
            machine = new SshMachine(ssh, name, hostKey, 0);      // un autre programme a pris ce port entre-temps
        }
        running.put(folder(ssh, name), machine);
        writeConfig(ssh);
        return machine;
    }

    /** Arrête toutes les machines de ce dossier. Bloque jusqu'à la fin de leurs connexions. */
    public static void closeAll(Path ssh) throws IOException {
        for (var machine : machines(ssh)) machine.close();
    }

    /** Les lignes de {@code known_hosts} de ces machines, telles que leur administrateur les donnerait. */
    public static List<String> knownHosts(Map<String, SshMachine> machines) {
        return machines.values().stream().map(SshMachine::knownHostsLine).toList();
    }

    /** Ce qui est ouvert en ce moment dans la JVM, toutes machines confondues. Les threads sont ceux que nomment client et serveurs. */
    public static synchronized Census census(String moment) {
        var all = running.values();
        return new Census(moment, (int) all.stream().filter(machine -> machine.server.isOpen()).count(),
                all.stream().mapToInt(SshMachine::connections).sum(), all.stream().mapToInt(SshMachine::commands).sum(), threads());
    }

    /**
     * Attend que ces machines aient ensemble autant de commandes en cours ; pour zéro, attend aussi la fin de leurs connexions.
     *
     * @return faux si ce n'est pas arrivé en 5 secondes
     * @throws InterruptedException si le thread est interrompu pendant l'attente
     */
    public static boolean awaitCommands(Map<String, SshMachine> machines, int count) throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            int commands = machines.values().stream().mapToInt(SshMachine::commands).sum();
            int connections = machines.values().stream().mapToInt(SshMachine::connections).sum();
            if (commands == count && (count > 0 || connections == 0)) return true;
            Thread.sleep(10);
        }
        return false;
    }

    private static long threads() {
        return threadNames().filter(name -> name.startsWith("sshd-SshServer") || name.startsWith("sshd-SshClient")).count();
    }

    private static Stream<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    private static synchronized List<SshMachine> machines(Path ssh) {
        return running.values().stream().filter(machine -> machine.ssh.equals(ssh)).toList();
    }

    private static Path folder(Path ssh, String name) {
        return ssh.resolveSibling(name);
    }

    private static void writeConfig(Path ssh) throws IOException {
        var text = new StringBuilder();
        for (var machine : machines(ssh))
            text.append("Host %s\n    HostName 127.0.0.1\n    Port %d\n    User %s\n".formatted(machine.name, machine.port(), USER));
        Files.writeString(ssh.resolve("config"), text);
    }

    // ---------------------------------------------------------------- une machine

    public String name() {
        return name;
    }

    /** Son port d'écoute, y compris après son arrêt. */
    public int port() {
        return server.getPort();
    }

    /** Son dossier personnel : ce que voient {@code ls}, {@code cat} et SFTP. */
    public Path home() {
        return home;
    }

    /** L'empreinte de sa clé d'hôte, comme {@code ssh-keygen -l} l'écrit. */
    public String fingerprint() {
        return KeyUtils.getFingerPrint(hostKey.getPublic());
    }

    /** Sa ligne de {@code known_hosts}. */
    public String knownHostsLine() {
        return "[127.0.0.1]:" + port() + " " + PublicKeyEntry.toString(hostKey.getPublic());
    }

    public Card card() {
        return new Card(name, port(), fingerprint());
    }

    /** Le nombre de connexions ouvertes en ce moment. */
    public int connections() {
        return connections.get();
    }

    /** Le nombre de connexions reçues depuis son démarrage, refusées comprises. */
    public int allConnections() {
        return allConnections.get();
    }

    /** Le nombre de commandes en cours. */
    public int commands() {
        return commands.get();
    }

    /** Le nombre de fichiers ouverts puis fermés par SFTP depuis son démarrage. */
    public int transfers() {
        return transfers.get();
    }

    /** L'arrête : le port est rendu, les connexions sont coupées, les commandes interrompues. Bloque jusque-là. Le refaire est sans effet. */
    @Override
    public void close() throws IOException {
        server.stop(true);
        var mark = "[" + Integer.toHexString(server.hashCode()) + "]";      // MINA nomme ainsi ses threads
        for (int i = 0; i < 200 && threadNames().anyMatch(name -> name.contains(mark)); i++) LockSupport.parkNanos(10_000_000);
    }

    // ---------------------------------------------------------------- ses pannes

    /** Désormais, chacune de ses commandes attend aussi longtemps avant de commencer. */
    public SshMachine latency(Duration latency) {
        this.latency = latency;
        return this;
    }

    /** La prochaine commande coupera brutalement la machine, sans réponse. */
    public void vanishAtNextCommand() {
        vanishing = true;
    }

    /** Désormais, le contenu de chaque fichier reçu par SFTP change d'un octet, à taille égale. */
    public void badDisk() {
        badDisk = true;
    }

    /** Réinstalle la machine : même nom, même port, mais une nouvelle clé d'hôte. */
    public SshMachine reinstall() throws IOException {
        synchronized (SshMachine.class) {
            close();
            return start(ssh, name, newKey(ED25519), port());
        }
    }

    // ---------------------------------------------------------------- le journal des commandes

    /** Oublie les commandes passées ; le temps du journal repart de zéro. */
    public static void clearJournal() {
        synchronized (journal) {
            journal.clear();
            journalStart = System.nanoTime();
        }
    }

    /** Le temps passé depuis le dernier {@link #clearJournal}, en secondes. */
    public static double elapsed() {
        return now() / 1000.0;
    }

    /** Les commandes finies depuis le dernier {@link #clearJournal}, dans l'ordre de leur fin. */
    public static List<Work> journal() {
        synchronized (journal) {
            return List.copyOf(journal);
        }
    }

    /** Le plus grand nombre de ces commandes en cours au même instant. */
    public static int mostAtOnce(List<Work> works) {
        return Timeline.mostAtOnce(works, Work::start, Work::end);
    }

    /** Le journal, dessiné : une ligne par machine, une barre par commande. */
    public static Timeline timeline() {
        var works = journal().stream().sorted(Comparator.comparingLong(Work::start)).toList();
        var drawing = new Timeline("%d commandes, au plus %d à la fois".formatted(works.size(), mostAtOnce(works)));
        for (var work : works) drawing.row(work.machine()).done(1_000_000 * work.start(), 1_000_000 * work.end());
        return drawing;
    }

    private static long now() {
        synchronized (journal) {
            return (System.nanoTime() - journalStart) / 1_000_000;
        }
    }

    private void log(String command, long start) {
        synchronized (journal) {
            journal.add(new Work(name, command, start, now()));
        }
    }

    // ---------------------------------------------------------------- le serveur

    private SshServer server(int port) throws IOException {
        var sshd = SshServer.setUpDefaultServer();
        sshd.setHost("127.0.0.1");
        sshd.setPort(port);
        sshd.setNioWorkers(1);
        sshd.setKeyPairProvider(KeyPairProvider.wrap(hostKey, newKey("ecdsa-sha2-nistp256")));      // deux clés, comme un serveur ordinaire
        var authorized = PublicKeyEntry.parsePublicKeyEntry(Files.readString(ssh.resolve("id_ed25519.pub")));
        sshd.setPublickeyAuthenticator((user, key, _) -> user.equals(USER) && KeyUtils.compareKeys(key, resolve(authorized)));
        sshd.setPasswordAuthenticator(RejectAllPasswordAuthenticator.INSTANCE);
        sshd.setKeyboardInteractiveAuthenticator(null);
        sshd.setCommandFactory((_, line) -> new Running(line));
        sshd.setShellFactory(null);
        sshd.setFileSystemFactory(new VirtualFileSystemFactory(home));
        var sftp = new SftpSubsystemFactory();
        sftp.addSftpEventListener(new Disk());
        sshd.setSubsystemFactories(List.of(sftp));
        CoreModuleProperties.IDLE_TIMEOUT.set(sshd, Duration.ofMinutes(10));
        sshd.addSessionListener(new Counter());
        sshd.start();
        return sshd;
    }

    private static java.security.PublicKey resolve(PublicKeyEntry entry) {
        try {
            return entry.resolvePublicKey(null, Map.of(), null);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("clé publique illisible", e);
        }
    }

    private final class Counter implements SessionListener {
        @Override
        public void sessionCreated(Session session) {
            connections.incrementAndGet();
            allConnections.incrementAndGet();
        }

        @Override
        public void sessionClosed(Session session) {
            connections.decrementAndGet();
        }
    }

    /** Un disque qui, en panne, change le premier octet de ce qu'on y écrit. */
    private final class Disk implements SftpEventListener {
        @Override
        public void closed(ServerSession session, String remoteHandle, Handle handle, Throwable thrown) throws IOException {
            if (!(handle instanceof FileHandle)) return;
            transfers.incrementAndGet();
            if (!badDisk) return;
            var file = home.resolve(home.getFileSystem().getPath(handle.getFile().toString().substring(1)));
            var bytes = Files.readAllBytes(file);
            if (bytes.length == 0) return;
            bytes[0] ^= 1;
            Files.write(file, bytes);
        }
    }

    /** Une commande en cours : un thread virtuel, interrompu si le client ferme le canal. */
    private final class Running implements Command {
        private final String line;
        private OutputStream out;
        private OutputStream err;
        private ExitCallback exit;
        private Thread thread;

        Running(String line) {
            this.line = line;
        }

        @Override
        public void setInputStream(InputStream in) {
            // ces commandes ne lisent rien
        }

        @Override
        public void setOutputStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void setErrorStream(OutputStream err) {
            this.err = err;
        }

        @Override
        public void setExitCallback(ExitCallback exit) {
            this.exit = exit;
        }

        @Override
        public void start(ChannelSession channel, Environment env) {
            commands.incrementAndGet();
            thread = Thread.ofVirtual().name("machine " + name).start(this::run);
        }

        @Override
        public void destroy(ChannelSession channel) {
            if (thread != null) thread.interrupt();
        }

        private void run() {
            var start = now();
            try {
                Thread.sleep(latency);
                if (vanishing) {
                    server.stop(true);
                    return;
                }
                var code = execute(line.strip().split("\\s+"));
                out.flush();
                err.flush();
                exit.onExit(code);
            } catch (InterruptedException | IOException e) {
                exit.onExit(130);      // comme un shell, après une interruption ; le client n'est plus là pour le lire
            } finally {
                commands.decrementAndGet();
                log(line, start);
            }
        }

        private int execute(String[] words) throws IOException, InterruptedException {
            var argument = words.length > 1 ? words[1] : "";
            return switch (words[0]) {
                case "hostname" -> say(name);
                case "whoami" -> say(USER);
                case "echo" -> say(line.strip().substring("echo".length()).strip());
                case "sleep" -> sleep(argument);
                case "ls" -> argument.isEmpty() ? list() : onFile("ls", argument, file -> say(argument));
                case "cat" -> onFile("cat", argument, file -> say(Files.readString(file).stripTrailing()));
                case "sha256sum" -> onFile("sha256sum", argument, file -> say(sha256(file) + "  " + argument));
                case "false" -> 1;
                case "true" -> 0;
                default -> fail(127, words[0] + " : commande inconnue de cette machine");
            };
        }

        private int say(String text) throws IOException {
            out.write((text + "\n").getBytes(UTF_8));
            return 0;
        }

        private int fail(int code, String text) throws IOException {
            err.write((text + "\n").getBytes(UTF_8));
            return code;
        }

        private int sleep(String seconds) throws IOException, InterruptedException {
            try {
                Thread.sleep(Duration.ofMillis((long) (1000 * Double.parseDouble(seconds))));
                return 0;
            } catch (NumberFormatException e) {
                return fail(1, "sleep : il faut un nombre de secondes, et non « " + seconds + " »");
            }
        }

        private int list() throws IOException {
            try (var files = Files.list(home)) {
                for (var file : files.map(Path::getFileName).sorted().toList()) say(file.toString());
            }
            return 0;
        }

        private int onFile(String command, String argument, OnFile action) throws IOException {
            var file = home.resolve(argument).normalize();
            if (!argument.isEmpty() && file.startsWith(home) && Files.isRegularFile(file)) return action.apply(file);
            return fail(2, command + " : « " + argument + " » n'existe pas");
        }
    }

    private interface OnFile {
        int apply(Path file) throws IOException;
    }

    // ---------------------------------------------------------------- clés et fichiers

    /** Le résumé SHA-256 du contenu d'un fichier, en hexadécimal, comme l'écrit {@code sha256sum}. */
    public static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);      // tout JDK l'a
        }
    }

    private static KeyPair newKey(String type) throws IOException {
        try {
            return KeyUtils.generateKeyPair(type, 256);
        } catch (GeneralSecurityException e) {
            throw new IOException("Impossible de fabriquer une clé " + type + ".", e);
        }
    }

    private static void writeKey(KeyPair key, Path file) throws IOException {
        var writer = OpenSSHKeyPairResourceWriter.INSTANCE;
        try (var secret = Files.newOutputStream(file); var open = Files.newOutputStream(file.resolveSibling(file.getFileName() + ".pub"))) {
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            writer.writePrivateKey(key, USER, null, secret);
            writer.writePublicKey(key, USER, open);
        } catch (GeneralSecurityException e) {
            throw new IOException("Impossible d'écrire la clé dans " + file + ".", e);
        }
    }

    private static void deleteOnExit(Path root) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (var files = Files.walk(root)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
            } catch (IOException | UncheckedIOException e) {
                // un dossier provisoire : le système l'effacera
            }
        }));
    }
}
