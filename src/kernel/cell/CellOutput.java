package kernel.cell;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import kernel.protocol.Channels;
import kernel.protocol.Json;
import kernel.protocol.Message;

/** Ce qu'une cellule a écrit et qui n'est pas encore parti : réuni en peu de messages, dans l'ordre, sans remplir la mémoire. */
final class CellOutput {
    private static final int HURRY = 8 * 1024;          // octets : au-delà, on envoie sans attendre
    private static final int ENVELOPE = 512;            // octets : ce que coûte un message, si court soit-il
    private static final int LIMIT = 64 * 1024;         // octets : au-delà, celui qui écrit attend

    private final Channels channels;
    private final JsonObject header;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private int pending;

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

    /** @param header celui de la demande qui a lancé la cellule : il dit au navigateur sous quelle cellule montrer */
    CellOutput(Channels channels, JsonObject header) {
        this.channels = channels;
        this.header = header;
    }

    /**
     * Ajoute ces octets, du texte en UTF-8. Attend qu'il y ait de la place quand le client lit moins vite que la cellule n'écrit ; une
     * interruption n'y coupe pas court, pour ne perdre aucun octet, mais reste signalée.
     */
    void write(boolean err, byte[] source, int offset, int count) {
        lock.lock();
        try {
            while (pending >= LIMIT) room.awaitUninterruptibly();
            if (pending == 0) channels.written(this::flush);      // d'abord : si la mémoire manque ensuite, ce qui est écrit partira
            if (chunks.isEmpty() || chunks.peekLast().err != err) {
                chunks.addLast(new Chunk(err));
                pending += ENVELOPE;
            }
            chunks.peekLast().append(source, offset, count);
            pending += count;
            if (pending >= HURRY) channels.hurry();
        } finally {
            lock.unlock();
        }
    }

    /** Remet aux canaux tout ce qui a été écrit jusqu'ici. Ne bloque pas. */
    void flush() {
        lock.lock();
        try {
            for (Chunk chunk; (chunk = chunks.peekFirst()) != null;) {
                int whole = chunks.size() == 1 ? wholeCharacters(chunk.bytes, chunk.length) : chunk.length;
                if (whole > 0) send("stream", Json.object("name", chunk.err ? "stderr" : "stdout",
                        "text", new String(chunk.bytes, 0, whole, StandardCharsets.UTF_8)));
                chunks.removeFirst();                             // parti ; si la mémoire a manqué, il attend encore
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

    /** Diffuse un message après tout ce qui a déjà été écrit. Ne bloque pas. */
    void publish(String type, JsonObject content) {
        lock.lock();
        try {
            flush();
            send(type, content);
        } finally {
            lock.unlock();
        }
    }

    /** Attend que les clients aient lu ce qui les attend, ou que {@code unless} soit vrai. */
    void awaitRoom(BooleanSupplier unless) {
        while (channels.isBehind() && !unless.getAsBoolean()) LockSupport.parkNanos(1_000_000);
    }

    private void send(String type, JsonObject content) {
        channels.send(Channels.Channel.IOPUB, Message.publish(type, header, content));
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
