package lessons.ssh;

import display.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Le journal d'un parc, tenu par les machines elles-mêmes : quand chacune a vu arriver une connexion, quelle commande elle a exécutée, et
 * quand. Il sait se dessiner. Plusieurs threads peuvent le tenir à la fois.
 */
public final class SshJournal {

    /** Une commande exécutée : où, laquelle, et quand, en {@code System.nanoTime()}. */
    public record Work(String machine, String command, long start, long end) {}

    /**
     * Une connexion, du point de vue de la machine.
     *
     * @param start son arrivée
     * @param end la fin de sa dernière commande, ou celle de la connexion ; maintenant, si elle dure encore
     * @param worked vrai si une commande au moins est allée à son terme
     */
    public record Connection(String machine, long start, long end, boolean worked) {}

    private final List<Work> works = new ArrayList<>();
    private final Map<Object, Connection> connections = new LinkedHashMap<>();     // par session, dans l'ordre d'arrivée
    private long zero = System.nanoTime();

    /** Oublie les commandes et les connexions passées ; le temps du journal repart de zéro. */
    public synchronized void clear() {
        works.clear();
        connections.clear();
        zero = System.nanoTime();
    }

    /** Le temps passé depuis le dernier {@link #clear}, en secondes. */
    public synchronized double elapsed() {
        return (System.nanoTime() - zero) / 1e9;
    }

    /** Les commandes finies depuis le dernier {@link #clear}, dans l'ordre de leur fin. */
    public synchronized List<Work> works() {
        return List.copyOf(works);
    }

    /** Les connexions reçues depuis le dernier {@link #clear}, dans l'ordre de leur arrivée. */
    public synchronized List<Connection> connections() {
        return List.copyOf(connections.values());
    }

    /** Le plus grand nombre de ces commandes en cours au même instant. */
    public int mostAtOnce() {
        return Timeline.mostAtOnce(works(), Work::start, Work::end);
    }

    /**
     * Le journal, dessiné : une ligne par machine. En clair, l'attente depuis {@link #clear} ; en foncé, la connexion, jusqu'à la fin de
     * sa dernière commande ; en brun, une connexion dont aucune commande n'est allée à son terme.
     */
    public synchronized Timeline timeline() {
        var all = connections.values().stream().sorted(Comparator.comparingLong(Connection::start)).toList();
        var drawing = new Timeline("%d connexions, au plus %d à la fois ; en clair, l’attente de son tour".formatted(all.size(),
                Timeline.mostAtOnce(all, Connection::start, Connection::end)));
        for (var connection : all) {
            var row = drawing.row(connection.machine()).waiting(zero, connection.start());
            if (connection.worked()) row.done(connection.start(), connection.end());
            else row.unfinished(connection.start(), connection.end());
        }
        return drawing;
    }

    /** Affiche par combien la dernière de ces durées, avec tant de places, est plus courte que la première. */
    public static void compare(int places, List<Double> seconds) {
        IO.println(String.format(Locale.FRANCE, "%d à la fois : durée divisée par %.1f", places, seconds.getFirst() / seconds.getLast()));
    }

    /** Une connexion arrive. */
    synchronized void arrived(Object session, String machine) {
        connections.put(session, new Connection(machine, System.nanoTime(), System.nanoTime(), false));
    }

    /** Une connexion se termine ; si elle a servi, son dernier instant reste celui de sa dernière commande. */
    synchronized void left(Object session) {
        connections.computeIfPresent(session, (_, one) -> one.worked() ? one
                : new Connection(one.machine(), one.start(), System.nanoTime(), false));
    }

    /** Note une commande qui s'arrête à l'instant ; {@code start} est un {@code System.nanoTime()}, {@code done} dit si elle a fini. */
    synchronized void add(Object session, String machine, String command, long start, boolean done) {
        works.add(new Work(machine, command, start, System.nanoTime()));
        if (done) connections.computeIfPresent(session, (_, one) -> new Connection(machine, one.start(), System.nanoTime(), true));
    }
}
