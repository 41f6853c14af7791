package kernel;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import kernel.cell.OutputRouter;
import kernel.cell.Stdin;
import kernel.protocol.Channels;
import kernel.protocol.ConnectionFile;
import kernel.protocol.Json;
import kernel.protocol.Message;
import kernel.protocol.Wire;
import kernel.run.SourceMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Une interruption servie trop tard. Un vrai noyau, par de vrais sockets, mais dans la JVM du test : lui seul peut retenir le thread qui
 * sert les interruptions, là où une machine occupée le retiendrait.
 */
@DisplayName("Interruption en retard")
class InterruptRaceTest {
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private ZMQ.Context context;
    private ZMQ.Socket shell;
    private ZMQ.Socket control;
    private Channels channels;
    private Wire wire;

    /** Par quelles propriétés de la JVM les cellules et le test se parlent. */
    private static final String STARTED = "race.started";
    private static final String END = "race.end";

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        System.getProperties().keySet().removeIf(name -> name.toString().startsWith("race."));
        System.setProperty("kernel.history", folder.resolve("history.jsonl").toString());
        var connection =
                ConnectionFile.read(Files.writeString(folder.resolve("connection.json"), KernelProcess.newConnection().toString()));
        channels = new Channels(connection);
        wire = new Wire(connection.key());
        var evaluator = new Evaluator(new SourceMap());
        Callable<Evaluator> starting = () -> {
            if (Thread.currentThread().getName().equals("kernel-control")) {
                held.countDown();
                letGo.await();
            }
            return evaluator;
        };
        var requests = new Requests(channels, starting, new OutputRouter(), new Stdin(channels), () -> {});
        channels.start();
        requests.start();
        context = ZMQ.context(1);
        shell = connect(connection.address(connection.shell()));
        control = connect(connection.address(connection.control()));
    }

    private ZMQ.Socket connect(String address) {
        ZMQ.Socket socket = context.socket(SocketType.DEALER);
        socket.setLinger(0);
        socket.setReceiveTimeOut(Exchange.DEADLINE_SECONDS * 1000);
        socket.connect(address);
        return socket;
    }

    @AfterEach
    void stop() {
        letGo.countDown();
        System.setProperty(END, "true");
        System.setOut(out);                                                      // le noyau a pu les détourner
        System.setErr(err);
        channels.close(1000);
        shell.close();
        control.close();
        context.close();
    }

    /** Une cellule qui annonce son départ, puis tourne jusqu'à ce que le test l'arrête. */
    private static String untilTold(int number) {
        return "{ System.setProperty(\"" + STARTED + number + "\", \"\"); while (System.getProperty(\"" + END + number
                + "\") == null) Thread.onSpinWait(); }";
    }

    private void awaitStart(int number) throws InterruptedException {
        long deadline = System.nanoTime() + Exchange.DEADLINE_SECONDS * 1_000_000_000L;
        while (System.getProperty(STARTED + number) == null) {
            if (System.nanoTime() > deadline) fail("la cellule " + number + " ne commence pas");
            Thread.sleep(5);
        }
    }

    private void send(ZMQ.Socket socket, String type, JsonObject content) throws Exception {
        var frames = wire.encode(Message.publish(type, new JsonObject(), content));
        // sans le sujet d'iopub
        for (int i = 1; i < frames.size(); i++) socket.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
    }

    private JsonObject reply(ZMQ.Socket socket) throws Exception {
        var frames = new ArrayList<byte[]>();
        do {
            byte[] frame = socket.recv();
            assertNotNull(frame, "pas de réponse");
            frames.add(frame);
        } while (socket.hasReceiveMore());
        return wire.decode(List.copyOf(frames)).content();
    }

    @Test
    @DisplayName("celle d'une cellule déjà finie n'atteint pas la suivante")
    void neverReachesTheNextCell() throws Exception {
        send(shell, "execute_request", Json.object("code", untilTold(1)));
        awaitStart(1);
        send(control, "interrupt_request", new JsonObject());
        assertTrue(held.await(Exchange.DEADLINE_SECONDS, java.util.concurrent.TimeUnit.SECONDS), "l'interruption n'arrive pas");
        // la cellule 1 finit, son interruption n'est pas encore servie
        System.setProperty(END + 1, "");
        reply(shell);
        send(shell, "execute_request", Json.object("code", untilTold(2)));
        awaitStart(2);
        letGo.countDown();
        assertEquals("ok", reply(control).get("status").getAsString());
        System.setProperty(END + 2, "");
        assertEquals("ok", reply(shell).get("status").getAsString(), "la cellule 2 a été interrompue à la place de la cellule 1");
    }
}
