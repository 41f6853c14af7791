///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw ssh-all uptime serveur1 alice@serveur2:2222

//JAVA 25+
//DEPS org.slf4j:slf4j-nop:2.0.20 org.apache.sshd:sshd-core:2.20.0 net.i2p.crypto:eddsa:0.3.0
//SOURCES ../cli/Command.java ../asynchelpers/Throttle.java ../lessons/ssh/SshFolder.java

import asynchelpers.Throttle;
import cli.Command;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import lessons.ssh.SshFolder;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

final String HELP = """
        Usage : ./jbangw ssh-all [--ssh=dossier] commande machine...

        Exécute une commande sur toutes ces machines, huit à la fois, avec vos clés et celles de votre agent.
          --ssh=dossier  le dossier de config, known_hosts et des clés (~/.ssh)
          commande       une commande ; entre guillemets si elle a plusieurs mots
          machine        un nom de config ou une adresse ; au besoin, l'utilisateur devant (alice@) et le port derrière (:2222)
        Une machine absente de known_hosts, ou dont la clé a changé, est refusée.
        Le code de sortie est 0 si la commande a réussi partout.
        """;

final int PLACES = 8;
final Duration CONNECTION = Duration.ofSeconds(15);
final Duration COMMAND = Duration.ofMinutes(5);
final Map<Integer, String> REFUSALS = Map.of(
        SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE,
        "machine refusée : sa clé n'est pas celle de known_hosts. Vérifiez-la, puis connectez-vous une fois avec ssh",
        SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
        "la machine n'accepte aucune de vos clés");
final String AGENT = System.getenv("SSH_AUTH_SOCK");

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var folder = arguments.option("--ssh").map(Path::of).orElse(Path.of(System.getProperty("user.home"), ".ssh"));
        var command = arguments.text("");
        runAll(folder, command, arguments.rest("Il faut une commande, puis au moins une machine."));
    });
}

void runAll(Path ssh, String command, List<String> hosts) throws Exception {
    var throttle = new Throttle(PLACES);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor(); var client = client(ssh)) {
        var jobs = hosts.stream().<Callable<Boolean>>map(host -> () -> succeeds(client, throttle, host, command)).toList();
        var failed = threads.invokeAll(jobs).stream().filter(job -> !job.resultNow()).count();
        if (failed > 0) throw new IOException("Machines où la commande n'a pas réussi : %d sur %d.".formatted(failed, hosts.size()));
    }
}

/** Exécute la commande sur une machine et montre ce qu'elle écrit ; une panne est une ligne comme une autre. */
boolean succeeds(SshClient client, Throttle throttle, String host, String command) throws InterruptedException {
    try (var _ = throttle.enter(); var session = connect(client, host)) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code = run(session, command, out, err);
        show(System.out, host, out.toString());
        show(System.err, host, err.toString());
        if (code == null) show(System.err, host, "pas de code de sortie : commande trop longue, ou connexion rompue");
        else if (code != 0) show(System.err, host, "code de sortie " + code);
        return code != null && code == 0;
    } catch (IOException e) {
        show(System.err, host, explain(e));
        return false;
    }
}

Integer run(ClientSession session, String command, OutputStream out, OutputStream err) throws IOException {
    try (var channel = session.createExecChannel(command)) {
        channel.setOut(out);
        channel.setErr(err);
        channel.open().verify(CONNECTION);
        channel.waitFor(Set.of(ClientChannelEvent.CLOSED), COMMAND);
        return channel.getExitStatus();
    }
}

/** Toutes les lignes d'une machine partent en une écriture : elles ne se mêlent pas à celles des autres. */
void show(PrintStream stream, String host, String text) {
    stream.print(text.lines().map(line -> host + " | " + line + "\n").collect(Collectors.joining()));
}

ClientSession connect(SshClient client, String host) throws IOException {
    var session = client.connect(host).verify(CONNECTION).getSession();
    try {
        session.auth().verify(CONNECTION);
        return session;
    } catch (IOException e) {
        session.close();
        throw e;
    }
}

SshClient client(Path ssh) throws IOException {
    var client = SshClient.setUpDefaultClient();
    client.setHostConfigEntryResolver(SshFolder.hosts(ssh));
    client.setKeyIdentityProvider(KeyIdentityProvider.wrapKeyPairs(SshFolder.keys(ssh, this::passphrase)));
    SshFolder.trust(client, ssh, RejectAllServerKeyVerifier.INSTANCE);
    if (AGENT != null && Files.exists(Path.of(AGENT))) client.setAgentFactory(new AgentFactory());
    client.start();
    return client;
}

String passphrase(Path file) {
    var console = System.console();
    if (AGENT != null || console == null || !console.isTerminal()) return null;
    return new String(console.readPassword("Phrase secrète de %s : ", file));
}

/** Pourquoi une machine n'a pas répondu ; pour un refus que l'on peut lever, comment le lever. */
String explain(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause())
        if (cause instanceof SshException refusal && REFUSALS.containsKey(refusal.getDisconnectCode()))
            return REFUSALS.get(refusal.getDisconnectCode());
    return SshFolder.explain(failure);
}

/** L'agent de clés du système : il garde les clés déverrouillées, et signe à notre place. */
final class Agent extends AbstractAgentProxy {
    private final SocketChannel socket;

    Agent(Path path) throws IOException {
        super(null);
        socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    @Override
    protected synchronized Buffer request(Buffer request) throws IOException {
        var message = ByteBuffer.wrap(request.array(), request.rpos(), request.available());
        while (message.hasRemaining()) socket.write(message);
        return new ByteArrayBuffer(read(read(Integer.BYTES).getInt()).array());
    }

    private ByteBuffer read(int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) if (socket.read(bytes) < 0) throw new EOFException("l'agent de clés a fermé la connexion");
        return bytes.flip();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

final class AgentFactory implements SshAgentFactory {
    @Override
    public SshAgent createClient(Session session, FactoryManager manager) throws IOException {
        return new Agent(Path.of(AGENT));
    }

    @Override
    public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
        return List.of();
    }

    @Override
    public SshAgentServer createServer(ConnectionService service) {
        throw new UnsupportedOperationException("l'agent n'est pas transmis aux machines");
    }
}
