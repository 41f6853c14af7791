package kernel.cell;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import kernel.protocol.Channels;
import kernel.protocol.Json;
import kernel.protocol.Message;

/**
 * L'exécution d'une cellule : ce à quoi se rapportent les sorties, tout de suite ou bien plus tard, et le drapeau
 * qui l'arrête. Tout thread qu'une cellule a lancé garde son {@code Cell}, même quand la cellule est finie : c'est ainsi
 * qu'une ligne tardive s'affiche sous la bonne cellule.
 */
public final class Cell {
    private final Message request;
    private final int number;
    private final boolean silent;
    private final CellOutput output;
    private boolean ended;
    private volatile boolean stopped;
    private volatile boolean inputCut;
    private volatile boolean finished;
    private volatile Cell rerun;

    /**
     * @param request la demande qui l'exécute
     * @param number  le numéro que Jupyter affiche entre crochets devant elle
     */
    public Cell(Message request, int number, Channels channels) {
        this.request = request;
        this.number = number;
        this.silent = Json.flag(request.content(), "silent", false);
        this.output = new CellOutput(channels, request.header());
    }

    /** Le numéro que Jupyter affiche entre crochets devant la cellule. */
    public int number() {
        return number;
    }

    public Message request() {
        return request;
    }

    // --- S'arrêter ---

    /**
     * Demande l'arrêt de la cellule et de tout ce qu'elle a lancé ; définitif.
     *
     * @return faux si elle était déjà finie : rien n'est alors demandé, ce qu'elle a lancé continue
     */
    public synchronized boolean stop() {
        if (!ended) stopped = true;
        return stopped;
    }

    public boolean stopped() {
        return stopped;
    }

    /** Son arrêt a coupé une saisie : Scanner prendrait cela pour la fin du texte, et la cellule semblerait avoir tout lu. */
    void cutInput() {
        inputCut = true;
    }

    /** Vrai si elle n'a pas lu tout ce qu'elle attendait : elle n'a pas réussi, même si elle a fini d'elle-même. */
    public boolean inputCut() {
        return inputCut;
    }

    /** Son code a fini de s'exécuter : il est trop tard pour l'interrompre. */
    public synchronized void end() {
        ended = true;
    }

    /** Sa réponse est partie : ce qui s'écrira encore viendra de ses tâches. */
    public void finish() {
        finished = true;
    }

    // --- Montrer ---

    /** Montre ce texte du noyau, tel quel, parmi ce que la cellule écrit. */
    public void say(String text) {
        write(false, text);
    }

    /** Montre cette phrase du noyau, sur une ligne, parmi les erreurs de la cellule. */
    public void warn(String sentence) {
        write(true, sentence + "\n");
    }

    private void write(boolean err, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(err, bytes, 0, bytes.length);
    }

    /** Ajoute à la sortie de la cellule des octets écrits par son code : voir {@link CellOutput#write}. */
    void write(boolean err, byte[] source, int offset, int count) {
        if (rerun != null) tellRerun();
        output.write(err, source, offset, count);
    }

    /** Remet aux canaux tout ce que la cellule a écrit jusqu'ici. */
    public void flush() {
        output.flush();
    }

    /** Attend que les clients aient lu ce qui les attend ; une cellule interrompue n'attend plus. */
    void awaitRoom() {
        output.awaitRoom(this::stopped);
    }

    /** Diffuse un message sous cette cellule, après tout ce qu'elle a déjà écrit. */
    public void publish(String type, JsonObject content) {
        if (silent) output.flush();
        else output.publish(type, content);
    }

    // --- Exécutée de nouveau ---

    /** La même cellule du notebook vient d'être relancée : sa sortie y est maintenant celle de {@code next}. */
    public void rerunAs(Cell next) {
        rerun = next;
    }

    /** Une tâche d'une exécution remplacée écrit encore : le navigateur ne montre plus ses lignes. La nouvelle le dit, une fois. */
    private void tellRerun() {
        Cell next = rerun;
        if (next == null || !next.finished) return;
        rerun = null;
        next.warn("Une tâche lancée par l’exécution précédente de cette cellule, [" + number + "], écrit encore : ses lignes ne sont pas "
                + "montrées. Pour l’arrêter, annulez-la, ou redémarrez le noyau.");
    }
}
