///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw event-loop-echo

//JAVA 25+
//SOURCES ../cli/Command.java ../cli/OwnServer.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/Sockets.java

import static asynchelpers.AsyncHelpers.*;
import static asynchelpers.Sockets.firstFree;
import static java.nio.channels.SelectionKey.*;

import cli.Command;
import cli.OwnServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

final String HELP = """
        Usage : ./jbangw event-loop-echo [port]

        Démarre un serveur d'écho TCP sur cette machine : un seul thread et un Selector servent tous les clients.
          port     port d'écoute (le premier libre à partir de 8080) ; 0 pour un port libre, choisi par le système
        Essayez-le avec mille clients, dans un autre terminal : ./jbangw echo-client 0 Bonjour 1000
        Ctrl-C l'arrête : le port est libéré, les connexions sont fermées, et le code de sortie est 130.
        """;

final int BLOCK = 16 * 1024;         // octets gardés par client
final long BREATHER = 100;           // millisecondes sans accepter, quand le système manque de descripteurs

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var port = arguments.number("Port", 0, 65535, -1);
        arguments.end();
        startTimer();
        try (var selector = Selector.open(); var server = port < 0 ? firstFree(8080, this::listen) : listen(port)) {
            var listening = server.register(selector, OP_ACCEPT);
            var loop = Thread.currentThread();
            Command.closeOnExit(() -> {
                loop.interrupt();
                loop.join(5000);
            }, "Serveur arrêté : port libéré, connexions fermées.");
            new OwnServer("echo").announce(server.socket().getLocalPort());
            showTimer("serveur d'écho sur 127.0.0.1:" + server.socket().getLocalPort() + ", un seul thread, Ctrl-C pour l'arrêter");
            try {
                while (!Thread.interrupted()) turn(selector, listening);
            } finally {
                for (var key : selector.keys()) key.channel().close();
            }
        }
    });
}

ServerSocketChannel listen(int port) throws IOException {
    var server = ServerSocketChannel.open();
    try {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024).configureBlocking(false);
        return server;
    } catch (BindException e) {
        server.close();
        throw new BindException(
                "Le port %d est déjà occupé, ou réservé (%s) : arrêtez le programme qui s'en sert, ou choisissez un autre port."
                        .formatted(port, e.getMessage()));
    }
}

/** Un tour de boucle : attendre que des sockets soient prêts, et faire pour chacun ce qui peut l'être sans attendre. */
void turn(Selector selector, SelectionKey listening) throws IOException {
    var resting = listening.interestOps() == 0;
    selector.select(key -> {
        if (key == listening) accept(listening);
        else echo(key);
    }, resting ? BREATHER : 0);      // 0 : aussi longtemps qu'il faut
    if (resting) listening.interestOps(OP_ACCEPT);
}

void accept(SelectionKey listening) {
    try {
        var channel = ((ServerSocketChannel) listening.channel()).accept();
        if (channel == null) return;  // le client est déjà reparti
        channel.configureBlocking(false);
        channel.register(listening.selector(), OP_READ, ByteBuffer.allocate(BLOCK));
    } catch (IOException e) {
        showTimer("client refusé :", e.getMessage());
        listening.interestOps(0);     // sinon le Selector nous le proposerait sans cesse
    }
}

/** Lire, renvoyer. Ce qui ne part pas attend que le client lise ; tant qu'il ne lit pas, nous ne le lisons plus. */
void echo(SelectionKey key) {
    var channel = (SocketChannel) key.channel();
    var buffer = (ByteBuffer) key.attachment();
    try {
        var end = buffer.position() == 0 && channel.read(buffer) < 0;
        channel.write(buffer.flip());
        buffer.compact();
        if (end) channel.close();
        else key.interestOps(buffer.position() > 0 ? OP_WRITE : OP_READ);
    } catch (IOException e) {
        if (!(e instanceof ClosedChannelException)) showTimer("client perdu :", e.getMessage());
        close(channel);
    }
}

void close(SocketChannel channel) {
    try {
        channel.close();
    } catch (IOException e) {
        // il n'y a plus rien à en attendre
    }
}
