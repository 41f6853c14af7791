package kernel.cell;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import kernel.protocol.Channels;
import kernel.protocol.Json;

/**
 * System.in : chaque ligne qui manque est demandée au navigateur, sous la cellule.
 * Protocole Jupyter, section « Messages on the stdin (ROUTER/DEALER) channel ».
 */
public final class Stdin extends InputStream {
    private final Channels channels;
    private final LinkedBlockingQueue<String> replies = new LinkedBlockingQueue<>();
    private byte[] line = new byte[0];
    private int next;

    public Stdin(Channels channels) {
        this.channels = channels;
        channels.onMessage(Channels.Channel.STDIN, message -> {
            if (message.type().equals("input_reply")) replies.add(Json.string(message.content(), "value", ""));
        });
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * Bloque jusqu'à ce que l'élève valide une ligne.
     *
     * @throws InterruptedIOException si la cellule est interrompue pendant l'attente
     * @throws IllegalStateException  si ce client ne sait pas demander une ligne (exécution de tout un notebook, par exemple) ;
     *                                pas une IOException : Scanner la tairait
     */
    @Override
    public synchronized int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) return 0;
        if (next == line.length) {
            line = (ask() + "\n").getBytes(StandardCharsets.UTF_8);
            next = 0;
        }
        int n = Math.min(count, line.length - next);
        System.arraycopy(line, next, bytes, offset, n);
        next += n;
        return n;
    }

    @Override
    public synchronized int available() {
        return line.length - next;
    }

    /** Oublie la fin d'une ligne qu'une cellule précédente n'a pas lue. */
    public synchronized void forget() {
        next = line.length;
    }

    private String ask() throws IOException {
        Cell cell = CurrentCell.get();
        if (cell == null || !Json.flag(cell.request().content(), "allow_stdin", false))
            throw new IllegalStateException(
                    "Cette cellule attend une saisie, mais rien ici ne peut la donner : exécutez-la dans JupyterLab.");
        cell.flush();
        replies.clear();
        channels.send(Channels.Channel.STDIN, cell.request().reply("input_request", Json.object("prompt", "", "password", false)));
        try {
            return replies.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (cell.stopped()) cell.cutInput();
            throw new InterruptedIOException("saisie interrompue");
        }
    }
}
