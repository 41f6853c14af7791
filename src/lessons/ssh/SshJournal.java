package lessons.ssh;

import display.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Le journal d'un parc : quelle machine a exécuté quelle commande, et quand. Il sait se dessiner. */
public final class SshJournal {

    /** Une commande exécutée : où, laquelle, et quand, en {@code System.nanoTime()}. */
    public record Work(String machine, String command, long start, long end) {}

    private final List<Work> works = new ArrayList<>();
    private long zero = System.nanoTime();

    /** Oublie les commandes passées ; le temps du journal repart de zéro. */
    public synchronized void clear() {
        works.clear();
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

    /** Le plus grand nombre de ces commandes en cours au même instant. */
    public int mostAtOnce() {
        return mostAtOnce(works());
    }

    private static int mostAtOnce(List<Work> works) {
        return Timeline.mostAtOnce(works, Work::start, Work::end);
    }

    /** Le journal, dessiné : une ligne par machine, une barre par commande. */
    public Timeline timeline() {
        var works = works().stream().sorted(Comparator.comparingLong(Work::start)).toList();
        var drawing = new Timeline("%d commandes, au plus %d à la fois".formatted(works.size(), mostAtOnce(works)));
        for (var work : works) drawing.row(work.machine()).done(work.start(), work.end());
        return drawing;
    }

    /** Note une commande qui finit à l'instant ; {@code start} est un {@code System.nanoTime()}. */
    synchronized void add(String machine, String command, long start) {
        works.add(new Work(machine, command, start, System.nanoTime()));
    }
}
