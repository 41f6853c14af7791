package kernel;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kernel.cell.CurrentCell;
import kernel.cell.OutputRouter;
import kernel.cell.Stdin;
import kernel.protocol.Channels;
import kernel.protocol.ConnectionFile;
import kernel.protocol.Json;
import kernel.protocol.Message;
import kernel.protocol.Wire;
import kernel.run.SourceMap;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Une répétition du noyau devant une salle vide : de vraies demandes, par de vrais canaux qui ne sortent pas de la JVM ({@code inproc}),
 * exécutées par un évaluateur qui sera jeté. Rien n'en reste donc : ni variable, ni import, ni historique, ni numéro de cellule.
 *
 * <p>Une cellule de la répétition ne se sert ni du pool commun ni de {@code java.util.logging} : ce qu'elles y créeraient resterait.
 */
final class Rehearsal implements AutoCloseable {
    private static final int ROUNDS = 16;
    private static final int PATIENCE_MILLIS = 30_000;

    /** Des cellules de plusieurs formes ; {@code %d} est le numéro du tour. */
    private static final List<String> EACH_ROUND = List.of("%d + 1", "System.out.println(\"ligne %d\");",
            "for (int i = 0; i < 3; i++) System.out.println(i + %d);", "IntStream.range(0, %d).map(i -> 2 * i).boxed().toList()",
            "var names = new ArrayList<String>();\nnames.add(\"n° %d\");\nnames.forEach(name -> System.out.println(name));");

    /** Des déclarations et des fautes, plus lentes : un tour sur {@value #SLOW}. */
    private static final List<String> SLOW_ROUND = List.of("int count%d = %1$d; count%1$d",
            "int twice%d(int x) { return 2 * x + %1$d; }", """
            class Account%d {
                private final String owner;
                private long cents;
                Account%1$d(String owner, long cents) {
                    this.owner = owner;
                    this.cents = cents;
                }
                String summary() { return owner + " : " + cents / 100.0; }
            }
            var account%1$d = new Account%1$d("Ada", 100);
            account%1$d.summary()""",
            "record Point%d(int x, int y) { }\nnew Point%1$d(3, 4)", "Thread.ofVirtual().start(() -> System.out.println(%d)).join();",
            "throw new IllegalStateException(\"répétition %d\");", "int wrong%d = = 3;", "unknown%d");
    private static final int SLOW = 6;

    private final ConnectionFile connection = ConnectionFile.withinThisJvm();
    private final Channels channels = new Channels(connection);
    private final SourceMap sources = new SourceMap();
    private final Evaluator evaluator = new Evaluator(sources);
    private final Thread hook = new Thread(evaluator::close, "kernel-rehearsal-end");
    private final Requests requests;
    private final ZMQ.Socket shell = channels.client(SocketType.DEALER, connection.address(connection.shell()));
    private final ZMQ.Socket iopub = channels.client(SocketType.SUB, connection.address(connection.iopub()));
    private final Wire wire = new Wire(connection.key());
    private final Iterator<Message> program = program().iterator();

    /** @param router ce par quoi passera ce qu'écrivent les cellules */
    Rehearsal(OutputRouter router) throws IOException {
        Runtime.getRuntime().addShutdownHook(hook);
        evaluator.forgoIndex();
        evaluator.warmUp();                          // avant toute cellule : le thread d'index de JShell, qui reste, hériterait d'elle
        requests = new Requests(channels, () -> evaluator, router, new Stdin(channels), () -> {});
        CurrentCell.findAuthorsWith(sources::cell);
        router.install();
        iopub.subscribe(ZMQ.SUBSCRIPTION_ALL);
        shell.setReceiveTimeOut(PATIENCE_MILLIS);
        iopub.setReceiveTimeOut(PATIENCE_MILLIS);
        channels.start();
    }

    private static Stream<Message> program() {
        return Stream.concat(Stream.of(request("kernel_info_request", Json.object())),
                IntStream.range(0, ROUNDS).boxed().flatMap(Rehearsal::round));
    }

    private static Stream<Message> round(int number) {
        var cells = new ArrayList<>(EACH_ROUND);
        if (number % SLOW == 0) cells.addAll(SLOW_ROUND);
        var asked = cells.stream().map(cell -> request("execute_request",
                Json.object("code", cell.formatted(number), "store_history", false, "stop_on_error", false)));
        return number % SLOW == 0 ? Stream.concat(asked, help("Math.ma", "String.valueOf")) : asked;
    }

    private static Stream<Message> help(String word, String name) {
        return Stream.of(request("complete_request", Json.object("code", word, "cursor_pos", word.length())),
                request("inspect_request", Json.object("code", name + "(3)", "cursor_pos", name.length())));
    }

    private static Message request(String type, JsonObject content) {
        Message message = Message.publish(type, new JsonObject(), content);
        return new Message(List.of(), message.header(), message.parent(), message.metadata(), message.content());
    }

    /** Joue la demande suivante, jusqu'à sa réponse ; rend sa durée, en nanosecondes, ou 0 s'il n'y en a plus. */
    long playNext() {
        if (!program.hasNext()) return 0;
        long start = System.nanoTime();
        var frames = wire.encode(program.next());
        for (int i = 0; i < frames.size(); i++) shell.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
        requests.serveOne();
        receive(shell);
        while (!isIdle(receive(iopub))) {}
        ZMQ.Curve.generateKeyPair();                                             // ce que coûtera le salut d'un client chiffré
        return System.nanoTime() - start;
    }

    private Message receive(ZMQ.Socket socket) {
        var frames = new ArrayList<byte[]>();
        do {
            byte[] frame = socket.recv();
            if (frame == null) throw new IllegalStateException("le noyau ne répond pas");
            frames.add(frame);
        } while (socket.hasReceiveMore());
        try {
            return wire.decode(frames);
        } catch (Wire.BadMessage e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isIdle(Message message) {
        return message.type().equals("status") && Json.string(message.content(), "execution_state", "").equals("idle");
    }

    @Override
    public void close() {
        shell.close();
        iopub.close();
        channels.close(1000);
        evaluator.close();
        CurrentCell.forget();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // la JVM s'arrête déjà
        }
    }
}
