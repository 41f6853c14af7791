package kernel.cell;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import kernel.protocol.Channels;
import kernel.protocol.Json;
import kernel.protocol.Message;

/**
 * L'exécution d'une cellule : ce à quoi se rapportent les sorties, tout de suite ou bien plus tard, et le drapeau
 * qui l'arrête. Tout thread qu'une cellule a lancé garde son {@code Cell}, même quand la cellule est finie : c'est ainsi
 * qu'une ligne tardive s'affiche sous la bonne cellule.
 */
public final class Cell {
    private static final int HURRY = 8 * 1024;          // octets : au-delà, on envoie sans attendre
    private static final int ENVELOPE = 512;            // octets : ce que coûte un message, si court soit-il
    private static final int LIMIT = 64 * 1024;         // octets : au-delà, celui qui écrit attend

    private final Message request;
    private final int number;
    private final Channels channels;
    private final boolean silent;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private final Queue<JsonObject> payloads = new ConcurrentLinkedQueue<>();
    private int pending;
    private boolean ended;
    private volatile boolean stopped;
    private volatile boolean finished;
    private volatile Cell rerun;
    private volatile JsonObject result;

    /** Des octets d'affilée sur une même sortie : l'ordre entre System.out et System.err est gardé. */
    private static final class Chunk {
        final boolean err;
        byte[] bytes = new byte[256];
        int length;

        Chunk(boolean err) {
            this.err = err;
        }

        void append(byte[] source, int offset, int count) {
            if (length + count > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
            System.arraycopy(source, offset, bytes, length, count);
            length += count;
        }
    }

    public Cell(Message request, int number, Channels channels) {
        this.request = request;
        this.number = number;
        this.channels = channels;
        this.silent = Json.flag(request.content(), "silent", false);
    }

    /** Le numéro que Jupyter affiche entre crochets devant la cellule. */
    public int number() {
        return number;
    }

    public Message request() {
        return request;
    }

    /**
     * Demande l'arrêt de la cellule et de tout ce qu'elle a lancé ; définitif.
     *
     * @return faux si elle était déjà finie : rien n'est alors demandé, ce qu'elle a lancé continue
     */
    public synchronized boolean stop() {
        if (!ended) stopped = true;
        return stopped;
    }

    /** Son code a fini de s'exécuter : il est trop tard pour l'interrompre. */
    public synchronized void end() {
        ended = true;
    }

    public boolean stopped() {
        return stopped;
    }

    /** La cellule ne fait plus rien d'elle-même : ce qui s'écrira encore viendra de ses tâches. */
    public void finish() {
        finished = true;
    }

    /** La même cellule du notebook vient d'être relancée : sa sortie y est maintenant celle de {@code next}. */
    public void rerunAs(Cell next) {
        rerun = next;
    }

    /** Une tâche d'une exécution remplacée écrit encore : le navigateur ne montre plus ses lignes. La nouvelle le dit, une fois. */
    private void tellRerun() {
        Cell next = rerun;
        if (next == null || !next.finished) return;
        rerun = null;
        byte[] note = ("Une tâche lancée par l’exécution précédente de cette cellule, [" + number + "], écrit encore : ses lignes ne sont pas montrées."
                + " Pour l’arrêter, annulez-la, ou redémarrez le noyau.\n").getBytes(StandardCharsets.UTF_8);
        next.write(true, note, 0, note.length);
    }

    /**
     * Ajoute à la sortie de la cellule. Attend qu'il y ait de la place quand le client lit moins vite que la cellule
     * n'écrit ; une interruption n'y coupe pas court, pour ne perdre aucun octet, mais reste signalée.
     */
    void write(boolean err, byte[] source, int offset, int count) {
        if (rerun != null) tellRerun();
        lock.lock();
        try {
            while (pending >= LIMIT) room.awaitUninterruptibly();
            boolean first = pending == 0;
            if (chunks.isEmpty() || chunks.peekLast().err != err) {
                chunks.addLast(new Chunk(err));
                pending += ENVELOPE;
            }
            chunks.peekLast().append(source, offset, count);
            pending += count;
            if (first) channels.written(this::flush);
            if (pending >= HURRY) channels.hurry();
        } finally {
            lock.unlock();
        }
    }

    /** Remet aux canaux tout ce que la cellule a écrit jusqu'ici. */
    public void flush() {
        lock.lock();
        try {
            for (Chunk chunk; (chunk = chunks.pollFirst()) != null; ) {
                int whole = chunks.isEmpty() ? wholeCharacters(chunk.bytes, chunk.length) : chunk.length;
                if (whole > 0) {
                    String text = new String(chunk.bytes, 0, whole, StandardCharsets.UTF_8);
                    channels.send(Channels.Channel.IOPUB, Message.publish("stream", request.header(), Json.object("name", chunk.err ? "stderr" : "stdout", "text", text)));
                }
                if (whole < chunk.length) {                       // le début d'un caractère attend sa fin
                    var rest = new Chunk(chunk.err);
                    rest.append(chunk.bytes, whole, chunk.length - whole);
                    chunks.addFirst(rest);
                    break;
                }
            }
            pending = 0;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Attend que les clients aient lu ce qui les attend ; une cellule interrompue n'attend plus. */
    void awaitRoom() {
        while (channels.isBehind() && !stopped) LockSupport.parkNanos(1_000_000);
    }

    /** Diffuse un message sous cette cellule, après tout ce qu'elle a déjà écrit. */
    public void publish(String type, JsonObject content) {
        lock.lock();
        try {
            flush();
            if (!silent || type.equals("status")) channels.send(Channels.Channel.IOPUB, Message.publish(type, request.header(), content));
        } finally {
            lock.unlock();
        }
    }

    /** Ce que la cellule montrera à sa fin ; null pour rien. */
    public void result(JsonObject bundle) {
        result = bundle;
    }

    public Optional<JsonObject> result() {
        return Optional.ofNullable(result);
    }

    /** Ajoute à la réponse de la cellule une action pour le navigateur ; sans effet une fois la cellule finie. */
    void addPayload(JsonObject payload) {
        payloads.add(payload);
    }

    public List<JsonObject> payloads() {
        return List.copyOf(payloads);
    }

    /** Le nombre d'octets à envoyer sans couper un caractère UTF-8 en deux. */
    private static int wholeCharacters(byte[] bytes, int length) {
        for (int back = 1; back <= 3 && back <= length; back++) {
            int b = bytes[length - back] & 0xFF;
            if (b < 0x80) return length;
            if (b >= 0xC0) return (b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2) > back ? length - back : length;
        }
        return length;
    }
}
