//DEPS org.slf4j:slf4j-nop:2.0.20 org.apache.sshd:sshd-sftp:2.20.0 net.i2p.crypto:eddsa:0.3.0
package lessons.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.RejectAllPasswordAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Une « machine » : un vrai serveur SSH, avec son nom, sa clé d'hôte et son dossier personnel, mais dans cette JVM et sans shell ;
 * elle sait tomber en panne sur commande.
 *
 * <p>Le chiffrement, les clés, les canaux et SFTP sont ceux d'Apache MINA SSHD ; les commandes, celles de {@link SshShell}. La machine
 * n'écoute que sur l'adresse de bouclage, et n'accepte que la clé publique de l'élève, jamais de mot de passe.
 */
public final class SshMachine implements AutoCloseable {

    /** L'utilisateur de toutes les machines. */
    public static final String USER = "eleve";

    /** Ce qu'une machine met à répondre : l'aller-retour vers une machine lointaine. */
    private static final Duration LATENCY = Duration.ofMillis(400);

    /** Une ligne du tableau des machines. */
    public record Card(String machine, int port, String empreinte) {}

    private final SshPark park;
    private final String name;
    private final Path home;
    private final SshDisk disk;
    private final KeyPair hostKey;
    private final SshServer server;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger allConnections = new AtomicInteger();
    private final AtomicInteger commands = new AtomicInteger();
    private final Map<Session, AtomicInteger> sessions = new ConcurrentHashMap<>();     // canaux ouverts, par connexion

    private volatile Duration latency = LATENCY;
    private volatile int maxSessions = Integer.MAX_VALUE;
    private volatile boolean vanishing;
    private volatile ServerSocket frozen;

    /** Démarre une machine de ce parc, sur ce port ; 0 pour un port libre. */
    SshMachine(SshPark park, String name, KeyPair hostKey, int port) throws IOException {
        this.park = park;
        this.name = name;
        this.hostKey = hostKey;
        this.home = Files.createDirectories(park.ssh().resolveSibling(name).resolve("home"));
        this.disk = new SshDisk(home);
        Files.writeString(home.resolve("nom.txt"), name + "\n");
        this.server = server(port);
    }

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

    KeyPair hostKey() {
        return hostKey;
    }

    boolean isOpen() {
        return server.isOpen();
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
        return disk.transfers();
    }

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
        disk.spoil();
    }

    /** N'acceptera désormais que {@code most} canaux à la fois par connexion, comme le fait OpenSSH (MaxSessions, 10 par défaut). */
    public SshMachine maxSessions(int most) {
        maxSessions = most;
        return this;
    }

    /**
     * La fige : son port accepte encore les connexions, comme le fait un système dont aucun programme ne répond plus, mais plus rien n'en
     * vient. {@link #close} la libère.
     *
     * @throws IOException si un autre programme prend le port à cet instant
     */
    public void freeze() throws IOException {
        close();
        frozen = new ServerSocket(port(), 50, InetAddress.getByName("127.0.0.1"));
    }

    /** Réinstalle la machine : même nom, même port, mais une nouvelle clé d'hôte. */
    public SshMachine reinstall() throws IOException {
        return park.reinstall(this);
    }

    /** L'arrête : le port est rendu, les connexions coupées, les commandes interrompues. Bloque jusque-là. Le refaire est sans effet. */
    @Override
    public void close() throws IOException {
        var silent = frozen;
        if (silent != null) silent.close();
        server.stop(true);
        var mark = "[" + Integer.toHexString(server.hashCode()) + "]";      // MINA nomme ainsi ses threads
        for (int i = 0; i < 200 && threadNames().anyMatch(name -> name.contains(mark)); i++) LockSupport.parkNanos(10_000_000);
    }

    static Stream<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    /** Le résumé SHA-256 du contenu d'un fichier, en hexadécimal, comme l'écrit {@code sha256sum}. */
    public static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);      // tout JDK l'a
        }
    }

    private SshServer server(int port) throws IOException {
        var sshd = SshServer.setUpDefaultServer();
        sshd.setHost("127.0.0.1");
        sshd.setPort(port);
        sshd.setNioWorkers(1);
        sshd.setIoServiceFactoryFactory(new SshIo());
        sshd.setKeyPairProvider(KeyPairProvider.wrap(hostKey, SshKeys.create(SshKeys.ECDSA)));      // deux clés, comme un serveur ordinaire
        var student = SshKeys.readPublic(park.ssh().resolve("id_ed25519.pub"));
        sshd.setPublickeyAuthenticator((user, key, _) -> user.equals(USER) && KeyUtils.compareKeys(key, student));
        sshd.setPasswordAuthenticator(RejectAllPasswordAuthenticator.INSTANCE);
        sshd.setKeyboardInteractiveAuthenticator(null);
        sshd.setCommandFactory((channel, line) -> new SshCommand("machine " + name,
                (out, err) -> answer(channel.getSession(), line, out, err)));
        sshd.setChannelFactories(List.of(new ChannelSessionFactory() {
            @Override
            public Channel createChannel(Session session) {
                return new LimitedChannel();
            }
        }));
        sshd.setShellFactory(null);
        sshd.setFileSystemFactory(new VirtualFileSystemFactory(home));
        var sftp = new SftpSubsystemFactory();
        sftp.addSftpEventListener(disk);
        sshd.setSubsystemFactories(List.of(sftp));
        CoreModuleProperties.IDLE_TIMEOUT.set(sshd, Duration.ofMinutes(10));
        sshd.addSessionListener(new Counter());
        sshd.start();
        return sshd;
    }

    /** Répond à une commande, après un temps de latence. Le journal la note avant que le client n'en reçoive le code. */
    private Integer answer(Session session, String line, OutputStream out, OutputStream err) throws IOException, InterruptedException {
        var start = System.nanoTime();
        var done = false;
        commands.incrementAndGet();
        try {
            Thread.sleep(latency);
            if (!vanishing) {
                var code = new SshShell(name, home, out, err).execute(line);
                done = true;
                return code;
            }
            server.stop(true);
            return null;
        } finally {
            commands.decrementAndGet();
            park.journal().add(session, name, line, start, done);
        }
    }

    /**
     * Un canal que la machine refuse d'ouvrir quand la connexion en porte déjà trop, comme le fait OpenSSH. Celui de MINA ne sait que
     * couper toute la connexion (MAX_CONCURRENT_CHANNELS).
     */
    private final class LimitedChannel extends ChannelSession {

        private LimitedChannel() {
            super(List.of());
        }

        @Override
        protected OpenFuture doInit(Buffer buffer) {
            var count = sessions.computeIfAbsent(getSession(), _ -> new AtomicInteger());
            addCloseFutureListener(_ -> count.decrementAndGet());
            if (count.incrementAndGet() <= maxSessions) return super.doInit(buffer);
            var refusal = new DefaultOpenFuture(this, this);
            refusal.setException(new SshChannelOpenException(getChannelId(), SshConstants.SSH_OPEN_CONNECT_FAILED, "open failed"));
            return refusal;
        }
    }

    private final class Counter implements SessionListener {
        @Override
        public void sessionCreated(Session session) {
            connections.incrementAndGet();
            allConnections.incrementAndGet();
            park.journal().arrived(session, name);
        }

        @Override
        public void sessionClosed(Session session) {
            connections.decrementAndGet();
            sessions.remove(session);
            park.journal().left(session);
        }
    }
}
