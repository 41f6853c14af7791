//SOURCES SshIo.java
package lessons.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Un dossier comme {@code ~/.ssh}, donné à Apache MINA SSHD : {@code config}, clés et {@code known_hosts} ; et les pannes, en français.
 *
 * <p>Les fichiers {@code config} et de clés sont lus une fois, tout de suite. Les lecteurs de MINA les relisent quand ils changent, mais
 * plusieurs connexions simultanées s'y gênent : les premières ne voient ni machine ni clé (version 2.20.0).
 */
public final class SshFolder {

    private static final List<String> KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    /** Une machine dont {@code known_hosts} ne dit rien. */
    public static final class UnknownKey extends RuntimeException {
        private UnknownKey(PublicKey key) {
            super("machine inconnue de known_hosts ; son empreinte : " + KeyUtils.getFingerPrint(key));
        }
    }

    private SshFolder() {}

    /**
     * Où sont les machines : ce que dit {@code config}, s'il existe. Sans autre indication, le port est 22, et l'utilisateur celui du
     * système.
     *
     * @throws IOException si {@code config} ne peut pas être lu, ou contient une section {@code Match}, que MINA ne connaît pas
     */
    public static HostConfigEntryResolver hosts(Path ssh) throws IOException {
        var config = ssh.resolve("config");
        var entries = new ArrayList<HostConfigEntry>();
        if (Files.exists(config)) entries.addAll(HostConfigEntry.readHostConfigEntries(config));
        var anyHost = new HostConfigEntry();
        anyHost.setHost("*");
        entries.add(anyHost);
        return HostConfigEntry.toHostConfigEntryResolver(entries);
    }

    /**
     * Qui je suis : les clés de ce dossier, sauf celles qu'une phrase secrète protège.
     *
     * @throws IOException s'il n'y en a aucune ; le message dit quoi faire
     */
    public static KeyIdentityProvider keys(Path ssh) throws IOException {
        var keys = keys(ssh, _ -> null);
        if (keys.isEmpty())
            throw new IOException("Aucune clé sans phrase secrète dans " + ssh + " : fabriquez-en une avec « ssh-keygen ».");
        return KeyIdentityProvider.wrapKeyPairs(keys);
    }

    /**
     * Les clés de ce dossier que l'on peut ouvrir ; peut-être aucune.
     *
     * @param passphrase la phrase secrète d'un fichier de clé qui en demande une ; null si on ne l'a pas
     */
    public static List<KeyPair> keys(Path ssh, Function<Path, String> passphrase) throws IOException {
        var keys = new ArrayList<KeyPair>();
        for (var name : KEYS) {
            var file = ssh.resolve(name);
            if (Files.exists(file)) keys.addAll(load(file, passphrase));
        }
        return keys;
    }

    private static List<KeyPair> load(Path file, Function<Path, String> passphrase) throws IOException {
        try {
            return List.copyOf(SecurityUtils.getKeyPairResourceParser().loadKeyPairs(null, file, (_, _, _) -> passphrase.apply(file)));
        } catch (GeneralSecurityException e) {
            return List.of();      // protégée par une phrase secrète que l'on n'a pas
        }
    }

    /**
     * À qui ce client se fie : aux seules machines de {@code known_hosts}, avec la clé qui y est écrite, même quand le fichier change. À
     * appeler avant {@code client.start()} : ses entrées-sorties seront celles de {@link SshIo}.
     */
    public static void trust(SshClient client, Path ssh) {
        trust(client, ssh, SshFolder::refuse);
    }

    /** De même ; {@code unknown} décide d'une machine dont {@code known_hosts} ne dit rien. */
    public static void trust(SshClient client, Path ssh, ServerKeyVerifier unknown) {
        client.setIoServiceFactoryFactory(new SshIo());
        var knownHosts = ssh.resolve("known_hosts");
        client.setServerKeyVerifier(new KnownHostsServerKeyVerifier(unknown, knownHosts));
        client.addSessionListener(new KnownKeysFirst(knownHosts));
    }

    /**
     * Une machine a souvent plusieurs clés d'hôte, d'un type chacune. Ce client demande d'abord celle que {@code known_hosts} connaît,
     * et sinon la clé ed25519, comme le fait OpenSSH : sans quoi la machine en montrerait une autre, et on la croirait changée.
     */
    private record KnownKeysFirst(Path knownHosts) implements SessionListener {
        @Override
        public void sessionNegotiationOptionsCreated(Session session, Map<KexProposalOption, String> proposal) {
            var known = knownTypes(session);
            proposal.computeIfPresent(KexProposalOption.SERVERKEYS, (_, types) -> Stream.of(types.split(","))
                    .sorted(Comparator.comparing((String type) -> !known.contains(type.startsWith("rsa-") ? "ssh-rsa" : type))
                            .thenComparing(type -> !type.equals("ssh-ed25519")))
                    .collect(Collectors.joining(",")));
        }

        private Set<String> knownTypes(Session session) {
            var addresses = new ArrayList<SocketAddress>(List.of(session.getIoSession().getRemoteAddress()));
            if (session instanceof ClientSession client && client.getConnectAddress() != null) addresses.add(client.getConnectAddress());
            try {
                return KnownHostEntry.readKnownHostEntries(knownHosts).stream()
                        .filter(entry -> addresses.stream().anyMatch(address -> matches(entry, (InetSocketAddress) address)))
                        .map(entry -> entry.getKeyEntry().getKeyType()).collect(Collectors.toSet());
            } catch (IOException e) {
                return Set.of();      // pas de known_hosts : la vérification refusera
            }
        }

        private static boolean matches(KnownHostEntry entry, InetSocketAddress address) {
            return entry.isHostMatch(address.getHostString(), address.getPort())
                    || entry.isHostMatch(address.getAddress().getHostAddress(), address.getPort());
        }
    }

    private static boolean refuse(ClientSession session, SocketAddress address, PublicKey key) {
        throw new UnknownKey(key);
    }

    /** Pourquoi une connexion a échoué, en une ligne. Ne bloque pas. */
    public static String explain(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var sentence = sentence(cause);
            if (sentence != null) return sentence;
        }
        return String.valueOf(failure.getMessage());
    }

    private static String sentence(Throwable cause) {
        return switch (cause) {
            case UnknownKey unknown -> unknown.getMessage();
            case ConnectException _ -> "connexion refusée : aucun service n’écoute à ce port";
            case SocketTimeoutException _, TimeoutException _ -> "pas de réponse à temps";
            case UnknownHostException _, UnresolvedAddressException _ -> "nom de machine introuvable";
            case InterruptedIOException _ -> "attente interrompue";
            case SshException e when e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE ->
                    "sa clé d’hôte A CHANGÉ, connexion coupée : réinstallée ou usurpée ?";
            case SshException e when e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE ->
                    "la machine n’accepte pas notre clé";
            default -> null;
        };
    }
}
