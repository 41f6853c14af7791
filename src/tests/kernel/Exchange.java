package kernel;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import kernel.protocol.Message;

/**
 * Une demande et tout ce que le noyau y rapporte : sa réponse, et les messages dont elle est le parent, dans l'ordre
 * d'arrivée. C'est ce parent qui dit sous quelle cellule le navigateur affiche une sortie.
 */
public final class Exchange {
    /** Délai au-delà duquel un test échoue, en secondes : jamais une mesure, seulement de quoi ne pas attendre sans fin. */
    static final int DEADLINE_SECONDS = 60;

    private final Message request;
    private final List<Message> messages = new ArrayList<>();
    private final Map<String, StringBuilder> streams = Map.of("stdout", new StringBuilder(), "stderr", new StringBuilder());
    private boolean idle;
    private Message reply;
    private String failure;

    Exchange(Message request) {
        this.request = request;
    }

    // --- Ce que le client y dépose ---

    synchronized void received(Message message) {
        messages.add(message);
        JsonObject content = message.content();
        if (message.type().equals("stream")) streams.get(content.get("name").getAsString()).append(content.get("text").getAsString());
        if (message.type().equals("status") && content.get("execution_state").getAsString().equals("idle")) idle = true;
        notifyAll();
    }

    synchronized void replied(Message message) {
        reply = message;
        notifyAll();
    }

    /** Le noyau ne répondra plus : ceux qui attendent échouent tout de suite. */
    synchronized void fail(String why) {
        failure = why;
        notifyAll();
    }

    // --- Attendre ---

    /** Attend que {@code condition} soit vraie de cet échange ; {@code what} dit ce qu'on attendait. */
    public synchronized Exchange await(String what, Predicate<Exchange> condition) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000L;
        while (!condition.test(this)) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (failure != null) throw new AssertionError(failure + ", en attendant : " + what + "\n" + this);
            if (millis <= 0) throw new AssertionError("Toujours rien après " + DEADLINE_SECONDS + " s : " + what + "\n" + this);
            wait(millis);
        }
        return this;
    }

    /** Attend la réponse et le retour au repos (« idle »). */
    public Exchange done() throws InterruptedException {
        return await("la réponse et « idle »", Exchange::isDone);
    }

    /** Comme {@link #done}, pour une cellule qui montre beaucoup : le délai repart à chaque message reçu. */
    public Exchange doneAfterFlood() throws InterruptedException {
        while (!isDone()) {
            int before = size();
            await("la réponse et « idle », ou la suite", e -> e.isDone() || e.size() > before);
        }
        return this;
    }

    /** Attend que la sortie standard contienne {@code text}. */
    public Exchange awaitOutput(String text) throws InterruptedException {
        return await("« " + text + " » sur la sortie standard", e -> e.stdout().contains(text));
    }

    /** Attend que la cellule ait écrit « parti » ; échoue tout de suite si elle finit sans l'avoir fait. */
    public Exchange awaitStart() throws InterruptedException {
        await("« parti », ou la fin de la cellule", e -> e.stdout().contains("parti\n") || e.isDone());
        if (!stdout().contains("parti\n")) throw new AssertionError("La cellule a fini sans écrire « parti ».\n" + this);
        return this;
    }

    /** Attend que la sortie d'erreur contienne {@code text}, couleurs ôtées. */
    public Exchange awaitErrors(String text) throws InterruptedException {
        return await("« " + text + " » sur la sortie d'erreur", e -> plain(e.stderr()).contains(text));
    }

    private static String plain(String text) {
        return text.replaceAll("\u001b\\[[\\d;]*m", "");
    }

    synchronized boolean isDone() {
        return reply != null && idle;
    }

    // --- Ce qui est arrivé ---

    public Message request() {
        return request;
    }

    String id() {
        return request.header().get("msg_id").getAsString();
    }

    /** Le contenu de la réponse ; null tant qu'elle n'est pas là. */
    public synchronized JsonObject reply() {
        return reply == null ? null : reply.content();
    }

    /** « ok », « error » ou « aborted ». */
    public String status() {
        return reply().get("status").getAsString();
    }

    /** Le numéro de la cellule. */
    public int number() {
        return reply().get("execution_count").getAsInt();
    }

    /** Le nombre de messages reçus. */
    public synchronized int size() {
        return messages.size();
    }

    /** Les messages de ce type, dans l'ordre. */
    public synchronized List<Message> messages(String type) {
        return messages.stream().filter(message -> message.type().equals(type)).toList();
    }

    /** Les types des messages, dans l'ordre. */
    public synchronized List<String> types() {
        return messages.stream().map(Message::type).toList();
    }

    public synchronized String stdout() {
        return streams.get("stdout").toString();
    }

    public synchronized String stderr() {
        return streams.get("stderr").toString();
    }

    /**
     * Tout ce que la cellule montre, de haut en bas, une entrée par changement de genre :
     * {@code "stdout:a\n"}, {@code "stderr:b\n"}, {@code "display:c"}, {@code "result:d"}.
     */
    public synchronized List<String> story() {
        var story = new ArrayList<String>();
        for (Message message : messages) {
            JsonObject content = message.content();
            switch (message.type()) {
                case "stream" -> append(story, content.get("name").getAsString() + ":", content.get("text").getAsString());
                case "display_data" -> story.add("display:" + text(content));
                case "execute_result" -> story.add("result:" + text(content));
                case "error" -> story.add("error:" + content.get("ename").getAsString());
                default -> {}
            }
        }
        return story;
    }

    private static void append(List<String> story, String stream, String text) {
        if (!story.isEmpty() && story.getLast().startsWith(stream)) story.addLast(story.removeLast() + text);
        else story.add(stream + text);
    }

    private static String text(JsonObject content) {
        return content.getAsJsonObject("data").get("text/plain").getAsString();
    }

    /** Les formes du résultat de la cellule, par type MIME ; échoue s'il n'y en a pas. */
    public JsonObject result() {
        var results = messages("execute_result");
        if (results.size() != 1) throw new AssertionError("Un résultat attendu, " + results.size() + " reçus\n" + this);
        return results.getFirst().content().getAsJsonObject("data");
    }

    /** Le texte du résultat de la cellule. */
    public String resultText() {
        return result().get("text/plain").getAsString();
    }

    /** Le contenu du message d'erreur ; échoue si la cellule n'en montre pas. */
    public JsonObject error() {
        var errors = messages("error");
        if (errors.size() != 1) throw new AssertionError("Une erreur attendue, " + errors.size() + " reçues\n" + this);
        return errors.getFirst().content();
    }

    /** Les lignes de l'erreur telles que l'élève les lit, sans leurs couleurs. */
    public List<String> traceback() {
        return error().getAsJsonArray("traceback").asList().stream()
                .flatMap(line -> plain(line.getAsString()).lines()).toList();
    }

    @Override
    public synchronized String toString() {
        var text = new StringBuilder("Demande : " + shorten(request.type() + " " + request.content()) + "\nRéponse : "
                + (reply == null ? "aucune" : shorten(reply.content().toString())));
        messages.forEach(message -> text.append("\n  ").append(message.type()).append(' ').append(shorten(message.content().toString())));
        return text.length() < 4000 ? text.toString() : text.substring(0, 2000) + "\n  ...\n" + text.substring(text.length() - 2000);
    }

    private static String shorten(String text) {
        return text.length() < 400 ? text : text.substring(0, 200) + " ... " + text.substring(text.length() - 200);
    }
}
