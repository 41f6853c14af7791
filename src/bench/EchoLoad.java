package bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * Des clients d'écho, menés par un seul thread : chacun envoie un message, lit son écho, le vérifie, et recommence. Les mêmes pour tous
 * les serveurs : voir {@link EchoBench}.
 */
final class EchoLoad implements AutoCloseable {
    private static final int LENGTH = 64;                         // octets d'un message
    private static final long PATIENCE = 20_000;                  // millisecondes laissées aux derniers échos

    private final Selector selector = Selector.open();
    private boolean talking;
    private int waiting;
    private long echoes;
    private int lost;

    /** Ouvre les connexions : bloque jusqu'à ce que le système les ait toutes. */
    EchoLoad(int port, int connections) throws IOException {
        try {
            var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            for (int i = 0; i < connections; i++) {
                var channel = SocketChannel.open(server);
                channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, new Client(i));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Un client : ce qu'il envoie, et ce qu'il a déjà reçu. */
    private static final class Client {
        final ByteBuffer message = ByteBuffer.allocateDirect(LENGTH);
        final ByteBuffer reply = ByteBuffer.allocateDirect(LENGTH);

        Client(int number) {
            var text = Arrays.copyOf("client %d".formatted(number).getBytes(), LENGTH);
            message.put(text).flip();
        }
    }

    /**
     * Fait parler tous les clients pendant ce temps, puis attend les derniers échos, vingt secondes au plus.
     *
     * @param seconds 0 : un seul message chacun
     * @return le nombre d'échos reçus par seconde
     */
    double talk(double seconds) throws IOException {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        echoes = 0;
        talking = seconds > 0;
        for (var key : selector.keys()) if (key.isValid()) send(key);
        while (talking) {
            selector.select(this::receive, 100);
            talking = System.nanoTime() < end && waiting > 0;
        }
        double rate = echoes / ((System.nanoTime() - start) / 1e9);
        long limit = System.nanoTime() + PATIENCE * 1_000_000;
        while (waiting > 0 && System.nanoTime() < limit) selector.select(this::receive, 100);
        lost += waiting;
        waiting = 0;
        return rate;
    }

    /** Le nombre d'échos qui ne sont pas venus, ou pas fidèles ; chacun ne perd sa connexion qu'une fois. */
    int lost() {
        return lost;
    }

    private void send(SelectionKey key) throws IOException {
        waiting++;
        try {
            var sent = ((SocketChannel) key.channel()).write(((Client) key.attachment()).message.rewind());
            if (sent < LENGTH) throw new IOException("message refusé par le système");
        } catch (IOException e) {
            lose(key);
        }
    }

    private void receive(SelectionKey key) {
        var client = (Client) key.attachment();
        try {
            int read = ((SocketChannel) key.channel()).read(client.reply);
            if (read < 0) throw new IOException("connexion fermée");
            if (client.reply.hasRemaining()) return;
            if (!client.reply.flip().equals(client.message.rewind())) throw new IOException("écho infidèle");
            client.reply.clear();
            waiting--;
            echoes++;
            if (talking) send(key);
        } catch (IOException e) {
            lose(key);
        }
    }

    private void lose(SelectionKey key) {
        waiting--;
        lost++;
        key.cancel();
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) key.channel().close();
        selector.close();
    }
}
