package kernel;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import kernel.assist.CodeAssist;
import kernel.assist.ErrorReport;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.CurrentCell;
import kernel.cell.OutputRouter;
import kernel.cell.Stdin;
import kernel.protocol.Channels;
import kernel.protocol.Json;
import kernel.protocol.Message;
import kernel.support.Log;
import kernel.support.SpareMemory;

/**
 * Sert les demandes des clients, chacune entre « busy » et « idle ». Deux files, deux threads : une cellule qui tourne n'empêche pas
 * de l'interrompre. Protocole Jupyter, sections « Messages on the shell channel » et « Messages on the control channel ».
 */
final class Requests {
    /**
     * Durée de repos au bout de laquelle le noyau se prépare, en millisecondes ; puis entre deux étapes, le temps de laisser la machine à
     * d'autres.
     */
    private static final int IDLE_MILLIS = 400;
    private static final int PAUSE_MILLIS = 50;
    /** Longueur maximale d'une cellule, en caractères : le compilateur mettrait des minutes à en lire une plus longue. */
    private static final int LONGEST = 1_000_000;

    private final Channels channels;
    private final Callable<Evaluator> starting;
    private final OutputRouter router;
    private final Stdin stdin;
    private final Runnable exit;
    private final History history = new History(History.defaultFile());
    private final LinkedBlockingQueue<Message> shell = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Control> control = new LinkedBlockingQueue<>();
    private final Map<String, Cell> latestRuns = new HashMap<>();            // par identifiant de cellule du notebook
    private boolean asked;                                                     // une demande au moins est arrivée
    private boolean warm;
    private int executions = 1;
    /** Octets de la pile du thread qui compile : javac descend d'un cran par appel d'une chaîne. Seul ce qui sert occupe la mémoire. */
    private static final long STACK = 8L << 20;

    private volatile Cell running;                                             // annoncée aux clients, pas encore finie

    /**
     * Une demande du canal « control ».
     *
     * @param aimed la cellule qui s'exécutait quand elle est arrivée, ou null : une interruption ne vise qu'elle, même servie plus tard
     */
    private record Control(Message request, Cell aimed) {}

    /**
     * @param starting rend l'évaluateur, en attendant qu'il soit prêt
     * @param exit     ce qui finit le noyau
     */
    Requests(Channels channels, Callable<Evaluator> starting, OutputRouter router, Stdin stdin, Runnable exit) {
        this.channels = channels;
        this.starting = starting;
        this.router = router;
        this.stdin = stdin;
        this.exit = exit;
        channels.onMessage(Channels.Channel.SHELL, shell::add);
        channels.onMessage(Channels.Channel.CONTROL, request -> control.add(new Control(request, running)));
    }

    void start() {
        Thread.ofPlatform().name("kernel-control").daemon().inheritInheritableThreadLocals(false).start(this::serveControl);
        Thread.ofPlatform().name("kernel-shell").stackSize(STACK).inheritInheritableThreadLocals(false).start(this::serveShell);
    }

    private void serveShell() {
        while (true) serveOne();
    }

    /** Sert la demande suivante du canal « shell », dans le thread courant ; l'attend si elle n'est pas arrivée. */
    void serveOne() {
        serveNext(() -> serve(Channels.Channel.SHELL, nextCell(), null));
    }

    private void serveControl() {
        while (true) serveNext(() -> {
            Control next = control.take();
            serve(Channels.Channel.CONTROL, next.request(), next.aimed());
        });
    }

    private interface Service {
        void serve() throws Exception;
    }

    /**
     * Une demande qui échoue n'arrête pas les suivantes, quoi qu'elle ait lancé : sans kernel-shell, le noyau finirait. Quand une tâche
     * prend toute la mémoire, javac et JShell lancent aussi autre chose qu'une {@code OutOfMemoryError}.
     */
    private static void serveNext(Service service) {
        try {
            service.serve();
            SpareMemory.refill();
        } catch (OutOfMemoryError e) {
            SpareMemory.spend();
        } catch (Throwable e) {
            Log.warn("demande non servie", e);
        }
    }

    /**
     * La demande suivante. Tant qu'elle tarde, le noyau prépare peu à peu ce que les premières attendraient ; mais il ne fait pas attendre
     * pour cela le premier client, qui met plus longtemps à venir sur une machine chargée ou par des sockets chiffrés.
     */
    private Message nextCell() throws Exception {
        for (int rest = IDLE_MILLIS; asked && !warm; rest = PAUSE_MILLIS) {
            Message request = shell.poll(rest, TimeUnit.MILLISECONDS);
            if (request != null) return request;
            warm = !starting.call().warmUp();
        }
        Message request = shell.take();
        asked = true;
        return request;
    }

    private void serve(Channels.Channel channel, Message request, Cell aimed) throws Exception {
        status(request, "busy");
        try {
            JsonObject content = request.content();
            String code = Json.string(content, "code", "");
            if (code.length() > LONGEST) {
                refuse(channel, request);
                return;
            }
            switch (request.type()) {
                case "execute_request" -> execute(request, code);
                case "kernel_info_request" -> reply(channel, request, kernelInfo());
                case "complete_request" -> reply(channel, request, assist().complete(code, Json.number(content, "cursor_pos", 0)));
                case "inspect_request" -> reply(channel, request, assist().inspect(code, Json.number(content, "cursor_pos", 0)));
                case "is_complete_request" -> reply(channel, request, assist().isComplete(code));
                case "history_request" -> reply(channel, request, history.reply(content));
                case "comm_info_request" -> reply(channel, request, Json.object("status", "ok", "comms", new JsonObject()));
                case "comm_open" -> publish(request, "comm_close",
                        Json.object("comm_id", Json.string(content, "comm_id", ""), "data", new JsonObject()));
                case "comm_msg", "comm_close" -> {}                       // aucun « comm » n'est ouvert
                case "interrupt_request" -> {
                    if (aimed != null) starting.call().interrupt(aimed);
                    reply(channel, request, Json.object("status", "ok"));
                }
                case "shutdown_request" -> {
                    reply(channel, request, Json.object("status", "ok", "restart", Json.flag(content, "restart", false)));
                    status(request, "idle");
                    history.close();
                    exit.run();
                }
                default -> Log.warn("demande inconnue : " + request.type());
            }
            // une demande mal faite, ou une faute du noyau : répondre quand même
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            if (e instanceof OutOfMemoryError) SpareMemory.spend();
            Log.warn(request.type() + " refusée", e);
            if (request.type().endsWith("_request"))
                reply(channel, request, failure(executions, new CellError(e.getClass().getName(), e.getMessage(), List.of())));
        } finally {
            status(request, "idle");
        }
    }

    /** La seule réponse à un texte que le compilateur mettrait des minutes à lire, quelle que soit la demande. */
    private void refuse(Channels.Channel channel, Message request) {
        Log.warn(request.type() + " : plus de " + LONGEST + " caractères");
        fail(channel, request, executions, CellError.of("Cellule trop longue",
                "Cette cellule a plus de " + LONGEST + " caractères : le noyau ne l’exécute pas.",
                "Mettez ses données dans un fichier, et lisez-le."));
    }

    /** Exécute une cellule. Protocole Jupyter, section « Execute ». */
    private void execute(Message request, String code) throws Exception {
        JsonObject content = request.content();
        boolean stored = !Json.flag(content, "silent", false) && Json.flag(content, "store_history", true);
        int number = executions;
        if (stored) executions++;
        var cell = new Cell(request, number, channels);
        if (latestRun(request, cell) instanceof Cell before) before.rerunAs(cell);
        running = cell;                                                        // dès qu'on la voit, on peut l'interrompre
        cell.publish("execute_input", Json.object("code", code, "execution_count", number));
        Evaluator evaluator = starting.call();
        CurrentCell.begin(cell);
        stdin.forget();
        String shown = null;
        try {
            var outcome = CurrentCell.callAs(cell, () -> evaluate(evaluator, cell, code));
            shown = outcome.text();
            cell.flush();
            reply(Channels.Channel.SHELL, request, Json.object("status", "ok", "execution_count", number,
                    "user_expressions", outcome.expressions(), "payload", List.of()));
        } catch (CellError e) {
            fail(cell, e);
        } catch (OutOfMemoryError e) {
            SpareMemory.spend();
            fail(cell, ErrorReport.memoryFull());
        } catch (Exception | Error e) {                                    // une faute du noyau : la cellule doit quand même finir
            Log.warn("cellule [" + number + "] non exécutée", e);
            fail(cell, CellError.of("Erreur du noyau", "Le noyau n’a pas su exécuter cette cellule : " + e));
        }
        cell.finish();
        if (stored) history.add(number, code, shown);
    }

    /**
     * Ce qu'a donné une cellule.
     *
     * @param text        ce qu'elle a montré, en texte, ou null
     * @param expressions les valeurs que le client a demandées avec elle
     */
    private record Outcome(String text, JsonObject expressions) {}

    private Outcome evaluate(Evaluator evaluator, Cell cell, String code) throws CellError {
        JsonObject content = cell.request().content();
        try {
            Optional<JsonObject> result = evaluateAlone(evaluator, cell, code);
            result.ifPresent(bundle -> cell.publish("execute_result",
                    Json.object("execution_count", cell.number(), "data", bundle, "metadata", new JsonObject())));
            var expressions = content.has("user_expressions") ? content.getAsJsonObject("user_expressions") : new JsonObject();
            return new Outcome(result.map(bundle -> Json.string(bundle, "text/plain", null)).orElse(null),
                    evaluator.expressions(cell, expressions));
        } finally {
            // avant la réponse : qui l'a lue ne peut plus interrompre que la suivante
            cell.end();
            running = null;
        }
    }

    private Optional<JsonObject> evaluateAlone(Evaluator evaluator, Cell cell, String code) throws CellError {
        try {
            return evaluator.evaluate(cell, code);
        } finally {
            router.reinstall(cell);
        }
    }

    /**
     * Retient que {@code cell} est la dernière exécution de cette cellule du notebook, dont JupyterLab joint l'identifiant ; rend celle
     * d'avant.
     */
    private Cell latestRun(Message request, Cell cell) {
        String id = Json.string(request.metadata(), "cellId", "");
        return id.isEmpty() ? null : latestRuns.put(id, cell);
    }

    private void fail(Cell cell, CellError error) {
        cell.flush();
        fail(Channels.Channel.SHELL, cell.request(), cell.number(), error);
    }

    private void fail(Channels.Channel channel, Message request, int number, CellError error) {
        boolean execution = request.type().equals("execute_request");
        JsonObject content = request.content();
        if (execution && !Json.flag(content, "silent", false))
            publish(request, "error", Json.object("ename", error.name(), "evalue", error.getMessage(), "traceback", error.traceback()));
        reply(channel, request, failure(number, error));
        if (execution && Json.flag(content, "stop_on_error", true)) abortQueued();
    }

    private static JsonObject failure(int number, CellError error) {
        return Json.object("status", "error", "execution_count", number,
                "ename", error.name(), "evalue", error.getMessage(), "traceback", error.traceback());
    }

    /** Après une erreur, les cellules déjà en attente ne s'exécutent pas. */
    private void abortQueued() {
        var waiting = new ArrayList<Message>();
        shell.drainTo(waiting);
        for (Message request : waiting) {
            if (!request.type().equals("execute_request")) {
                shell.add(request);
                continue;
            }
            status(request, "busy");
            reply(Channels.Channel.SHELL, request, Json.object("status", "aborted", "execution_count", executions));
            status(request, "idle");
        }
    }

    private CodeAssist assist() throws Exception {
        return starting.call().assist();
    }

    private static JsonObject kernelInfo() {
        var language = Json.object("name", "java", "version", String.valueOf(Runtime.version().feature()), "mimetype", "text/x-java",
                "file_extension", ".java", "pygments_lexer", "java", "codemirror_mode", "text/x-java");
        return Json.object("status", "ok", "protocol_version", Message.PROTOCOL, "implementation", "java-asynchrone",
                "implementation_version", "1.0", "language_info", language,
                "banner", "Java " + Runtime.version() + ", noyau du cours Java asynchrone", "help_links", helpLinks(), "debugger", false);
    }

    /** Ce que Jupyter ajoute à son menu d'aide. L'adresse du cours n'y est que si l'installation l'a trouvée. */
    private static List<JsonObject> helpLinks() {
        var links = new ArrayList<JsonObject>();
        var course = System.getProperty("kernel.course", "");
        if (!course.isEmpty()) links.add(Json.object("text", "Le cours Java asynchrone", "url", course));
        links.add(Json.object("text", "Documentation de jbang", "url", "https://www.jbang.dev/documentation/"));
        links.add(Json.object("text", "Documentation des classes de Java",
                "url", "https://docs.oracle.com/en/java/javase/" + Runtime.version().feature() + "/docs/api/"));
        return links;
    }

    private void reply(Channels.Channel channel, Message request, JsonObject content) {
        channels.send(channel, request.reply(request.type().replace("_request", "_reply"), content));
    }

    private void status(Message request, String state) {
        publish(request, "status", Json.object("execution_state", state));
    }

    private void publish(Message request, String type, JsonObject content) {
        channels.send(Channels.Channel.IOPUB, Message.publish(type, request.header(), content));
    }
}
