package kernel.protocol;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import kernel.support.Log;
import kernel.support.SpareMemory;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Les cinq canaux du protocole Jupyter (section « Introduction ») et l'unique thread qui touche à leurs sockets.
 * Un socket ZeroMQ ne se partage pas, et un thread interrompu y couperait un message en deux : les autres threads déposent
 * donc leurs messages dans une file, sans jamais bloquer, et celui-ci les envoie dans l'ordre.
 */
public final class Channels {

    public enum Channel { SHELL, CONTROL, STDIN, IOPUB, HEARTBEAT }

    private record Outgoing(Channel channel, Message message) {}

    /** Délai pendant lequel les petites écritures d'une cellule attendent d'autres pour voyager ensemble, en millisecondes. */
    private static final int BATCH_MILLIS = 20;
    /** Délai avant de réessayer quand un client ne lit plus assez vite, en millisecondes. */
    private static final int RETRY_MILLIS = 2;
    /** Nombre de messages envoyés avant de regarder les autres canaux. */
    private static final int BURST = 500;
    /** Nombre de messages qu'un client peut avoir en retard. */
    private static final int HIGH_WATER_MARK = 4000;
    /** Longueur de la plus longue trame acceptée, en octets. Une demande qui en approche est refusée de toute façon. */
    private static final long LONGEST_FRAME = 64L << 20;
    /** Délai au bout duquel on n'attend plus un client qui ne lit pas, en secondes. */
    private static final int DEAF_SECONDS = 5;

    private final ZMQ.Context context = ZMQ.context(1);
    private final Map<Channel, ZMQ.Socket> sockets = new EnumMap<>(Channel.class);
    private final Map<Channel, Consumer<Message>> readers = new EnumMap<>(Channel.class);
    private final Queue<Outgoing> replies = new ConcurrentLinkedQueue<>();
    private final Queue<Message> broadcasts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger backlog = new AtomicInteger();
    private final Queue<Runnable> written = new ConcurrentLinkedQueue<>();
    private final Selector selector = Selector.open();
    private final Wire wire;
    private final Thread thread =
            Thread.ofPlatform().name("kernel-channels").daemon().inheritInheritableThreadLocals(false).unstarted(this::loop);
    private volatile boolean closing;
    private volatile boolean full;
    private long flushAt;
    private long blockedSince;
    private boolean lossy;

    /**
     * Ouvre les cinq sockets aux ports du fichier de connexion, au plus tôt : un client qui les trouve fermés ne réessaie que 100 à 200 ms
     * plus tard. D'abord les deux dont il attend un message.
     *
     * @throws IOException si l'un des ports est déjà pris
     */
    public Channels(ConnectionFile connection) throws IOException {
        context.setUncaughtExceptionHandler((zmqThread, thrown) -> stopWithout(zmqThread, thrown));
        try {
            open(Channel.IOPUB, SocketType.XPUB, connection, connection.iopub());
            open(Channel.SHELL, SocketType.ROUTER, connection, connection.shell());
            open(Channel.CONTROL, SocketType.ROUTER, connection, connection.control());
            open(Channel.STDIN, SocketType.ROUTER, connection, connection.stdin());
            open(Channel.HEARTBEAT, SocketType.REP, connection, connection.heartbeat());
        } catch (org.zeromq.ZMQException e) {
            throw new IOException("un port du fichier de connexion est déjà pris (" + e.getMessage() + ")");
        }
        wire = new Wire(connection.key());
    }

    private void open(Channel channel, SocketType type, ConnectionFile connection, int port) throws IOException {
        ZMQ.Socket socket = context.socket(type);
        socket.setLinger(1000);
        socket.setMaxMsgSize(LONGEST_FRAME);                             // un inconnu en annoncerait deux milliards d'octets
        if (type == SocketType.ROUTER) socket.setRouterHandover(true);   // un client qui se reconnecte garde son identité
        if (type == SocketType.XPUB) {
            socket.setSndHWM(HIGH_WATER_MARK);
            socket.setXpubVerbose(true);                                 // chaque abonné reçoit son mot de bienvenue
            socket.setXpubNoDrop(true);                                  // plutôt attendre un client lent que perdre une ligne
        }
        if (connection.curve().isPresent()) encrypt(socket, connection.curve().get());
        socket.bind(connection.address(port));
        sockets.put(channel, socket);
        socket.getFD().register(selector, SelectionKey.OP_READ);
    }

    /** Désormais, ce socket ne parle qu'aux clients qui connaissent sa clé publique. */
    private static void encrypt(ZMQ.Socket socket, ConnectionFile.Curve keys) {
        socket.setCurveServer(true);
        socket.setCurvePublicKey(keys.publicKey().getBytes(StandardCharsets.US_ASCII));
        socket.setCurveSecretKey(keys.secretKey().getBytes(StandardCharsets.US_ASCII));
    }

    /** Un client de canaux ouverts {@linkplain ConnectionFile#withinThisJvm dans cette JVM}, à fermer après usage. */
    public ZMQ.Socket client(SocketType type, String address) {
        ZMQ.Socket socket = context.socket(type);
        socket.setLinger(0);
        socket.connect(address);
        return socket;
    }

    /** Confie à {@code reader} chaque message valide de ce canal ; {@code reader} ne doit pas bloquer. */
    public void onMessage(Channel channel, Consumer<Message> reader) {
        readers.put(channel, reader);
    }

    public void start() {
        thread.start();
    }

    /** Envoie un message quand son tour viendra. Ne bloque pas, n'échoue pas, peu importe le thread ou son interruption. */
    public void send(Channel channel, Message message) {
        if (channel == Channel.IOPUB) {
            backlog.incrementAndGet();
            broadcasts.add(message);
        } else replies.add(new Outgoing(channel, message));
        selector.wakeup();
    }

    /** Vrai quand trop de messages attendent d'être diffusés : le code d'une cellule doit alors patienter. */
    public boolean isBehind() {
        return backlog.get() > BURST;
    }

    /**
     * Quelque chose attend d'être envoyé, depuis la première ligne écrite : {@code flush}, qui l'envoie, sera appelée ici dans
     * {@value #BATCH_MILLIS} ms, avec ce qui s'y sera ajouté. Ne bloque pas.
     */
    public void written(Runnable flush) {
        written.add(flush);
        selector.wakeup();
    }

    /** Une cellule a tant écrit qu'il ne faut plus attendre. Ne bloque pas. */
    public void hurry() {
        full = true;
        selector.wakeup();
    }

    /** Envoie ce qui reste, ferme les sockets, et attend que ce soit fait, au plus {@code millis} millisecondes. */
    public void close(long millis) {
        closing = true;
        selector.wakeup();
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            while (!closing) {
                boolean blocked = !exchangeOrWait();
                giveUpOnDeafClient(blocked);
                long timeout = blocked ? RETRY_MILLIS : written.isEmpty() ? 0
                        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(flushAt - System.nanoTime()));
                if (!full || blocked) selector.select(timeout);
                selector.selectedKeys().clear();
            }
            full = true;
            exchange();
            sockets.values().forEach(ZMQ.Socket::close);
            context.close();
        } catch (IOException | RuntimeException e) {
            stopWithout(thread, e);
        }
    }

    /** Sans ce thread, plus personne ne peut joindre le noyau : mieux vaut finir, Jupyter en démarre alors un autre. */
    private static void stopWithout(Thread thread, Throwable thrown) {
        Log.warn("le thread " + thread.getName() + " s'arrête, et le noyau avec lui", thrown);
        Runtime.getRuntime().halt(1);
    }

    /** Un client abonné qui ne lit plus rien ne doit pas figer le noyau pour les autres : passé ce délai, lui seul perd des lignes. */
    private void giveUpOnDeafClient(boolean blocked) {
        if (!blocked || lossy) blockedSince = 0;
        else if (blockedSince == 0) blockedSince = System.nanoTime();
        else if (System.nanoTime() - blockedSince > TimeUnit.SECONDS.toNanos(DEAF_SECONDS)) {
            Log.warn("un client ne lit plus ce que le noyau lui envoie : les lignes qui suivent seront perdues pour lui");
            sockets.get(Channel.IOPUB).setXpubNoDrop(false);
            lossy = true;
            blockedSince = 0;
        }
    }

    /** Comme {@link #exchange}, mais une mémoire pleine, qui est la faute d'une cellule, n'arrête pas ce thread. */
    private boolean exchangeOrWait() {
        try {
            return exchange();
        } catch (OutOfMemoryError e) {
            SpareMemory.spend();
            blockedSince = 0;                                                    // aucun client n'y est pour rien
            return false;
        }
    }

    /** Lit et envoie tout ce qui peut l'être ; faux si un client lent empêche d'envoyer. */
    private boolean exchange() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Channel channel : sockets.keySet()) busy |= receiveAll(channel);
            for (Outgoing reply; (reply = replies.peek()) != null; busy = true) {
                var frames = wire.encode(reply.message());
                replies.remove();                                                // si la mémoire a manqué, elle attend encore
                transmit(sockets.get(reply.channel()), frames);
            }
            if (broadcasts.isEmpty()) collectOutput();
            Message next;
            // puis les autres canaux : il faut pouvoir interrompre
            for (int sent = 0; sent < BURST && (next = broadcasts.peek()) != null; sent++) {
                busy = true;
                if (!transmit(sockets.get(Channel.IOPUB), wire.encode(next))) return false;
                broadcasts.remove();
                backlog.decrementAndGet();
            }
            // laisse aux clients qui lisent le temps de suivre
            if (lossy && busy) return false;
        }
        return true;
    }

    private void collectOutput() {
        if (written.isEmpty()) {
            full = false;
            flushAt = 0;
            return;
        }
        if (flushAt == 0) flushAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BATCH_MILLIS);
        if (!full && System.nanoTime() < flushAt) return;
        full = false;
        flushAt = 0;
        for (Runnable flush; (flush = written.peek()) != null; written.remove()) flush.run();
    }

    /** Lit tout ce qui attend sur ce canal ; vrai s'il y avait quelque chose. */
    private boolean receiveAll(Channel channel) {
        ZMQ.Socket socket = sockets.get(channel);
        boolean some = false;
        for (; (socket.getEvents() & ZMQ.Poller.POLLIN) != 0; some = true) receive(channel, socket);
        return some;
    }

    private void receive(Channel channel, ZMQ.Socket socket) {
        var frames = new ArrayList<byte[]>();
        do frames.add(socket.recv(ZMQ.DONTWAIT)); while (socket.hasReceiveMore());
        if (channel == Channel.SHELL) receiveAll(Channel.CONTROL);        // une interruption envoyée avant cette cellule doit la précéder
        switch (channel) {
            case HEARTBEAT -> transmit(socket, frames);
            case IOPUB -> welcome(socket, frames.getFirst());
            default -> {
                try {
                    readers.get(channel).accept(wire.decode(frames));
                } catch (Wire.BadMessage e) {
                    Log.warn("message refusé sur le canal " + channel.name().toLowerCase() + " : " + e.getMessage());
                }
            }
        }
    }

    /** Répond à un abonnement : section « Welcome message », depuis le protocole 5.4. */
    private void welcome(ZMQ.Socket socket, byte[] subscription) {
        if (subscription.length == 0 || subscription[0] != 1) return;
        String topic = new String(subscription, 1, subscription.length - 1);
        var message = Message.publish("iopub_welcome", Json.object(), Json.object("subscription", topic));
        transmit(socket, wire
                .encode(new Message(List.of(topic.getBytes()), message.header(), message.parent(), message.metadata(), message.content())));
    }

    /** Faux si le client n'a plus de place : rien n'est parti, il faudra recommencer. */
    private static boolean transmit(ZMQ.Socket socket, List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            int more = i < frames.size() - 1 ? ZMQ.SNDMORE : 0;
            if (!socket.send(frames.get(i), ZMQ.DONTWAIT | more)) return false;
        }
        return true;
    }
}
