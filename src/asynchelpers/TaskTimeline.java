//SOURCES ../display/*.java
package asynchelpers;

import display.Display;
import display.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/**
 * Le dessin de ce que {@link AsyncHelpers} affiche : qui a travaillé quand, depuis {@link AsyncHelpers#startTimer()}. Sous une cellule,
 * c'est une image ; dans un script, un texte.
 *
 * <p>Il est à part, car {@code AsyncHelpers} se passe du dossier {@code display}.
 */
public final class TaskTimeline {

    private static final int MOST_NAMES = 12;                     // au-delà, les lignes sont trop fines pour un nom

    /** Une tâche, de la ligne qui la commence à la dernière du même thread. */
    private record Task(String name, long start, long end) {}

    private TaskTimeline() {}

    /** Dessine les appels à {@link AsyncHelpers#sequence} : voir {@link #showTimeline(String)}. */
    public static void showTimeline() {
        showTimeline(">>>");
    }

    /**
     * Dessine, dans l'ordre des débuts, une barre par tâche qu'un thread a commencée depuis le zéro : foncée, de la ligne qui commence
     * par ce mot à la dernière du même thread, ou à la précédente si la même sorte de ligne y revient ; claire, du zéro à ce début. Ne
     * bloque pas : une tâche en cours s'arrête à sa dernière ligne.
     *
     * @param word le premier mot de la ligne où commence une tâche, par exemple {@code >>>}
     */
    public static void showTimeline(String word) {
        Display.display(timeline(word));
    }

    static Timeline timeline(String word) {
        long zero = AsyncHelpers.zero();
        var tasks = tasks(word);
        var drawing = new Timeline(title(tasks, zero));
        for (var task : tasks) {
            var row = tasks.size() > MOST_NAMES ? drawing.row() : drawing.row(task.name);
            if (task.start > zero) row.waiting(zero, task.start);
            row.done(task.start, task.end);
        }
        return drawing;
    }

    private static List<Task> tasks(String word) {
        var last = new HashMap<Long, Integer>();                  // thread -> la place, dans la liste, de sa tâche en cours
        var tasks = new ArrayList<Task>();
        for (var line : AsyncHelpers.lines()) {
            var words = line.text().split(" ", 2);
            if (words[0].equals(word)) {
                last.put(line.thread(), tasks.size());
                tasks.add(new Task(words.length == 1 ? word : words[1], line.time(), line.time()));
            } else if (last.get(line.thread()) instanceof Integer place) {
                tasks.set(place, new Task(tasks.get(place).name, tasks.get(place).start, line.time()));
            }
        }
        tasks.sort(Comparator.comparingLong(Task::start));
        return tasks;
    }

    private static String title(List<Task> tasks, long zero) {
        if (tasks.isEmpty()) return "Aucune tâche depuis le zéro";
        long end = tasks.stream().mapToLong(Task::end).max().orElse(zero);
        return String.format(Locale.FRANCE, tasks.size() == 1 ? "Une tâche, %2$.1f s" : "%d tâches en %.1f s, au plus %d à la fois",
                tasks.size(), (end - zero) / 1e9, Timeline.mostAtOnce(tasks, Task::start, Task::end));
    }
}
