package kernel;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kernel.protocol.Channels.Channel;
import kernel.protocol.ConnectionFile;
import kernel.protocol.Json;
import kernel.protocol.Message;
import kernel.protocol.Wire;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import tools.Folders;

/**
 * Un client du noyau installé, par ses vrais sockets, comme JupyterLab en est un. Un seul thread touche aux sockets : un test
 * abandonné par JUnit ne peut pas en casser l'état.
 */
public final class KernelClient implements AutoCloseable {

    private record Outgoing(Channel channel, List<byte[]> frames, Message message) {}

    private final Path folder = Files.createTempDirectory("kernel-client-");
    private final Path workingFolder;
    private final Map<String, String> environment;
    private final KernelProcess kernel;
    private final Exchange unrelated = new Exchange(Message.publish("subscription", new JsonObject(), new JsonObject()));
    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Queue<Outgoing> outgoing = new ConcurrentLinkedQueue<>();
    private final Map<Channel, ZMQ.Socket> sockets = new EnumMap<>(Channel.class);
    private final ZMQ.Context context = ZMQ.context(1);
    private final Selector selector = Selector.open();
    private final Path file;
    private final ConnectionFile connection;
    private final Wire wire;
    private final Thread thread = Thread.ofPlatform().name("kernel-client").daemon().unstarted(this::loop);
    private volatile boolean closing;

    private KernelClient(JsonObject connectionFile, Path workingFolder, Map<String, String> environment, UnaryOperator<String> edit)
            throws Exception {
        this.workingFolder = workingFolder;
        this.environment = environment;
        file = Files.writeString(folder.resolve("connection.json"), connectionFile.toString());
        connection = ConnectionFile.read(file);
        wire = new Wire(connection.key());
        byte[] identity = UUID.randomUUID().toString().getBytes();
        open(Channel.SHELL, SocketType.DEALER, connection.address(connection.shell()), identity);
        open(Channel.CONTROL, SocketType.DEALER, connection.address(connection.control()), identity);
        // la même identité : le noyau y répond au client de la cellule
        open(Channel.STDIN, SocketType.DEALER, connection.address(connection.stdin()), identity);
        open(Channel.HEARTBEAT, SocketType.DEALER, connection.address(connection.heartbeat()), identity);
        open(Channel.IOPUB, SocketType.SUB, connection.address(connection.iopub()), identity);
        thread.start();
        kernel = new KernelProcess(file, workingFolder, environment, edit);
        kernel.process().onExit().thenRun(this::kernelEnded);
    }

    /** Un noyau prêt, dont les chemins partent de {@code workingFolder}. */
    public static KernelClient start(Path workingFolder) throws Exception {
        return start(workingFolder, Map.of());
    }

    /** Un noyau prêt, avec ces variables d'environnement en plus. */
    public static KernelClient start(Path workingFolder, Map<String, String> environment) throws Exception {
        return start(workingFolder, environment, UnaryOperator.identity());
    }

    /** Un noyau prêt, dont chaque mot de la commande est passé par {@code edit}. */
    public static KernelClient start(Path workingFolder, Map<String, String> environment, UnaryOperator<String> edit) throws Exception {
        return ready(new KernelClient(KernelProcess.newConnection(), workingFolder, environment, edit));
    }

    /** Un noyau prêt, dont ce dossier est aussi celui des fichiers provisoires. */
    public static KernelClient startWithTemp(Path folder) throws Exception {
        return start(folder, Map.of(), word -> word.startsWith("-Djava.io.tmpdir=") ? "-Djava.io.tmpdir=" + folder : word);
    }

    /** Un noyau prêt, dont les sockets sont chiffrés. */
    public static KernelClient startEncrypted(Path workingFolder) throws Exception {
        return ready(new KernelClient(KernelProcess.newEncryptedConnection(), workingFolder, Map.of(), UnaryOperator.identity()));
    }

    /** Un noyau prêt, qui a attendu en réserve : {@code meanwhile} s'exécute avant qu'il reçoive son fichier de connexion. */
    static KernelClient startSpare(Path workingFolder, JsonObject connectionFile, Meanwhile meanwhile) throws Exception {
        var client = new KernelClient(connectionFile, workingFolder, Map.of(), KernelProcess::asSpare);
        try {
            meanwhile.run(client.kernel);
            client.kernel.order(client.file.toString());
            return ready(client);
        } catch (Exception | AssertionError e) {
            client.close();
            throw e;
        }
    }

    /** Ce qu'un test fait d'une réserve qui attend. */
    interface Meanwhile {
        void run(KernelProcess spare) throws Exception;
    }

    private static KernelClient ready(KernelClient client) throws Exception {
        try {
            client.unrelated.await("iopub_welcome", e -> !e.messages("iopub_welcome").isEmpty());
            client.request("kernel_info_request", new JsonObject()).done();
            return client;
        } catch (AssertionError | InterruptedException e) {
            client.close();
            throw e;
        }
    }

    /** Ce que fait Jupyter quand on demande de redémarrer : arrêter ce noyau, puis en lancer un autre. */
    public KernelClient restart() throws Exception {
        shutdown(true);
        kernel.exitCode();
        close();
        return start(workingFolder, environment);
    }

    private void open(Channel channel, SocketType type, String address, byte[] identity) throws IOException {
        ZMQ.Socket socket = context.socket(type);
        socket.setLinger(0);
        socket.setReconnectIVL(10);                 // le noyau n'écoute pas encore : réessayer souvent
        socket.setRcvHWM(0);
        if (type == SocketType.SUB) socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
        else socket.setIdentity(identity);
        connection.curve().ifPresent(keys -> useKeys(socket, keys.publicKey(), keys));
        socket.connect(address);
        socket.getFD().register(selector, SelectionKey.OP_READ);
        sockets.put(channel, socket);
    }

    /** Ce socket parlera, avec ces clés, au noyau dont {@code kernelKey} est la clé publique. Comme jupyter_client : la même paire. */
    public static void useKeys(ZMQ.Socket socket, String kernelKey, ConnectionFile.Curve keys) {
        socket.setCurveServerKey(kernelKey.getBytes());
        socket.setCurvePublicKey(keys.publicKey().getBytes());
        socket.setCurveSecretKey(keys.secretKey().getBytes());
    }

    // --- Cellules ---

    /** Demande l'exécution d'une cellule, sans attendre. */
    public Exchange execute(String code) {
        return execute(code, Json.object());
    }

    /** Demande l'exécution d'une cellule avec ces champs en plus ({@code silent}, {@code store_history}...). */
    public Exchange execute(String code, JsonObject more) {
        JsonObject content = Json.object("code", code, "silent", false, "store_history", true, "user_expressions", new JsonObject(),
                "allow_stdin", false, "stop_on_error", true);
        more.entrySet().forEach(field -> content.add(field.getKey(), field.getValue()));
        return request("execute_request", content);
    }

    /** Demande l'exécution d'une cellule d'un notebook : comme JupyterLab, joint son identifiant. */
    public Exchange executeAs(String cellId, String code) {
        return request(Channel.SHELL, "execute_request", Json.object("code", code), Json.object("cellId", cellId));
    }

    /** Exécute une cellule et attend sa fin. */
    public Exchange run(String code) throws InterruptedException {
        return execute(code).done();
    }

    /** Exécute une cellule qui ne doit pas échouer. */
    public Exchange ok(String code) throws InterruptedException {
        var cell = run(code);
        if (!cell.status().equals("ok")) throw new AssertionError("La cellule aurait dû réussir.\n" + cell);
        return cell;
    }

    /** Exécute une cellule qui doit échouer. */
    public Exchange fails(String code) throws InterruptedException {
        var cell = run(code);
        if (!cell.status().equals("error")) throw new AssertionError("La cellule aurait dû échouer.\n" + cell);
        return cell;
    }

    /** Le texte que montre cette expression. */
    public String value(String expression) throws InterruptedException {
        return ok(expression).resultText();
    }

    /** Donne une ligne à la cellule qui en attend une ; attend d'abord qu'elle la demande. */
    public void answer(Exchange cell, int howManyAsked, String line) throws InterruptedException {
        cell.await("input_request n° " + howManyAsked, e -> e.messages("input_request").size() >= howManyAsked);
        var asked = cell.messages("input_request").get(howManyAsked - 1);
        send(Channel.STDIN, Message.publish("input_reply", asked.header(), Json.object("value", line)));
    }

    // --- Autres demandes ---

    public Exchange request(String type, JsonObject content) {
        return request(Channel.SHELL, type, content);
    }

    public Exchange request(Channel channel, String type, JsonObject content) {
        return request(channel, type, content, new JsonObject());
    }

    private Exchange request(Channel channel, String type, JsonObject content, JsonObject metadata) {
        var exchange = new Exchange(Message.publish(type, new JsonObject(), content));
        metadata.entrySet().forEach(field -> exchange.request().metadata().add(field.getKey(), field.getValue()));
        exchanges.put(exchange.id(), exchange);
        if (!kernel.process().isAlive()) exchange.fail("Le noyau est arrêté");
        send(channel, exchange.request());
        return exchange;
    }

    /** Le contenu de la réponse à une demande. */
    public JsonObject ask(String type, Object... namesAndValues) throws InterruptedException {
        return request(type, Json.object(namesAndValues)).done().reply();
    }

    public JsonObject complete(String code, int cursor) throws InterruptedException {
        return ask("complete_request", "code", code, "cursor_pos", cursor);
    }

    public JsonObject inspect(String code, int cursor) throws InterruptedException {
        return ask("inspect_request", "code", code, "cursor_pos", cursor, "detail_level", 0);
    }

    /** « complete », « incomplete » ou « invalid ». */
    public String isComplete(String code) throws InterruptedException {
        return ask("is_complete_request", "code", code).get("status").getAsString();
    }

    /** Interrompt la cellule en cours, et attend que le noyau en prenne acte. */
    public void interrupt() throws InterruptedException {
        request(Channel.CONTROL, "interrupt_request", new JsonObject()).done();
    }

    /** Demande l'arrêt du noyau et attend sa réponse, non la fin du processus. */
    public Exchange shutdown(boolean restart) throws InterruptedException {
        return request(Channel.CONTROL, "shutdown_request", Json.object("restart", restart)).await("shutdown_reply",
                e -> e.reply() != null);
    }

    /** Ce qui arrive sans se rapporter à une demande de ce client : mot de bienvenue, état au démarrage, battements. */
    public Exchange unrelated() {
        return unrelated;
    }

    public ConnectionFile connection() {
        return connection;
    }

    public KernelProcess kernel() {
        return kernel;
    }

    public Path workingFolder() {
        return workingFolder;
    }

    /** Vrai si le noyau vit et si toutes les demandes faites ont eu leur réponse. */
    boolean isIdle() {
        return kernel.process().isAlive() && exchanges.values().stream().allMatch(Exchange::isDone);
    }

    // --- Les messages ---

    public void send(Channel channel, Message message) {
        outgoing.add(new Outgoing(channel, null,
                new Message(List.of(), message.header(), message.parent(), message.metadata(), message.content())));
        selector.wakeup();
    }

    /** Envoie des trames telles quelles, bonnes ou mauvaises. */
    public void sendFrames(Channel channel, List<byte[]> frames) {
        outgoing.add(new Outgoing(channel, frames, null));
        selector.wakeup();
    }

    /** Envoie ces quatre parties, signées comme il faut. */
    public void sendSigned(Channel channel, List<byte[]> parts) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(connection.key().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        parts.forEach(mac::update);
        var frames = new ArrayList<>(List.of("<IDS|MSG>".getBytes(), HexFormat.of().formatHex(mac.doFinal()).getBytes()));
        frames.addAll(parts);
        sendFrames(channel, frames);
    }

    private void loop() {
        try {
            while (!closing) {
                exchange();
                selector.select();
                selector.selectedKeys().clear();
            }
        } catch (IOException | RuntimeException e) {
            failAll("Le client s'est arrêté : " + e);
        } finally {
            sockets.values().forEach(ZMQ.Socket::close);
            context.close();
        }
    }

    private void exchange() {
        boolean busy = true;
        while (busy && !closing) {
            busy = false;
            for (Outgoing next; (next = outgoing.poll()) != null; busy = true) transmit(next);
            for (var entry : sockets.entrySet()) {
                if ((entry.getValue().getEvents() & ZMQ.Poller.POLLIN) == 0) continue;
                busy = true;
                receive(entry.getKey(), entry.getValue());          // un seul : un noyau bavard n'empêche pas de l'interrompre
            }
        }
    }

    private void transmit(Outgoing next) {
        var frames = next.frames() != null ? next.frames() : wire.encode(next.message());
        for (int i = 0; i < frames.size(); i++) sockets.get(next.channel()).send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
    }

    private void receive(Channel channel, ZMQ.Socket socket) {
        var frames = new ArrayList<byte[]>();
        do frames.add(socket.recv()); while (socket.hasReceiveMore());
        if (channel == Channel.HEARTBEAT) {
            unrelated.received(Message.publish("heartbeat", new JsonObject(), Json.object("echo", new String(frames.getLast()))));
            return;
        }
        try {
            dispatch(channel, wire.decode(frames));
        } catch (Wire.BadMessage e) {
            failAll("Message incorrect reçu du noyau : " + e.getMessage());
        }
    }

    private void dispatch(Channel channel, Message message) {
        var parent = message.parent().get("msg_id");
        var exchange = parent == null ? unrelated : exchanges.get(parent.getAsString());
        if (exchange == null) exchange = unrelated;
        if (channel == Channel.SHELL || channel == Channel.CONTROL) exchange.replied(message);
        else exchange.received(message);
    }

    private void kernelEnded() {
        String log;
        try {
            log = kernel.log();
        } catch (IOException e) {
            log = e.toString();
        }
        failAll("Le noyau s'est arrêté (code " + kernel.process().exitValue() + ") " + log);
    }

    private void failAll(String why) {
        unrelated.fail(why);
        exchanges.values().forEach(exchange -> exchange.fail(why));
    }

    @Override
    public void close() throws Exception {
        closing = true;
        selector.wakeup();
        thread.join();
        selector.close();
        kernel.close();
        Folders.deleteTree(folder);
    }
}
