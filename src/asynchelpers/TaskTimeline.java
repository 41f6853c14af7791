//SOURCES ../display/Display.java ../display/Live.java ../display/PlainText.java ../display/Progress.java ../display/Rich.java
//SOURCES ../display/Screen.java ../display/Shown.java ../display/Table.java ../display/Timeline.java
package asynchelpers;

import display.Display;
import display.Live;
import display.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Le dessin de ce que {@link AsyncHelpers} affiche : qui a travaillé quand, depuis {@link AsyncHelpers#startTimer()}. Sous une cellule,
 * c'est une image ; dans un script, un texte.
 *
 * <p>Il est à part, car {@code AsyncHelpers} se passe du dossier {@code display}.
 */
public final class TaskTimeline {

    private static final int MOST_NAMES = 12;                     // au-delà, les lignes sont trop fines pour un nom
    private static final int MOST_TASKS = 200;                    // au-delà, le dessin ne tient plus sur un écran

    /** Une tâche, de la ligne qui la commence à la dernière du même thread. */
    private record Task(String name, long start, long end) {
        boolean spokeOnce() {
            return start == end;
        }
    }

    private TaskTimeline() {}

    /** Dessine les appels à {@link AsyncHelpers#sequence} : voir {@link #showTimeline(String)}. */
    public static void showTimeline() {
        showTimeline(">>>");
    }

    /**
     * Dessine, dans l'ordre des débuts, une barre par tâche qu'un thread a commencée depuis le zéro : foncée, de la ligne qui commence
     * par ce mot à la dernière du même thread, ou à la précédente si la même sorte de ligne y revient ; claire, du zéro à ce début. Ne
     * bloque pas : une tâche en cours s'arrête à sa dernière ligne. Seules les deux cents premières ont une barre.
     *
     * @param word le premier mot de la ligne où commence une tâche, par exemple {@code >>>}
     */
    public static void showTimeline(String word) {
        Display.display(timeline(word));
    }

    /**
     * Remet le chronomètre à zéro, fait ce travail, et montre le dessin de {@link #showTimeline()} qui grandit pendant ce temps. Une tâche
     * qui n'a encore écrit que sa première ligne y est brune, jusqu'à l'instant du dessin. Bloque jusqu'à la fin du travail.
     *
     * @param work ce que la cellule veut voir travailler, par exemple {@code () -> hurd2(30, 8)}
     * @throws Exception celle du travail ; le dessin reste
     */
    public static void watchTimeline(Live.Work work) throws Exception {
        AsyncHelpers.startTimer();
        var working = new AtomicBoolean(true);
        Live.show(() -> timeline(">>>", working.get()), () -> {
            try {
                work.run();
            } finally {
                working.set(false);
            }
        });
    }

    static Timeline timeline(String word) {
        return timeline(word, false);
    }

    private static Timeline timeline(String word, boolean working) {
        long zero = AsyncHelpers.zero();
        long now = System.nanoTime();
        var tasks = tasks(word);
        if (working) tasks.replaceAll(task -> task.spokeOnce() ? new Task(task.name, task.start, now) : task);
        var drawing = new Timeline(title(tasks, zero));
        for (var task : tasks.subList(0, Math.min(MOST_TASKS, tasks.size()))) {
            var row = tasks.size() > MOST_NAMES ? drawing.row() : drawing.row(task.name);
            if (task.start > zero) row.waiting(zero, task.start);
            if (working && task.end == now) row.unfinished(task.start, now);
            else row.done(task.start, task.end);
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
        var sentence = tasks.size() == 1 ? "Une tâche, %2$.1f s" : "%d tâches en %.1f s, au plus %d à la fois";
        if (AsyncHelpers.forgets()) sentence = "Les %d premières tâches : %.1f s, au plus %d à la fois";
        if (tasks.size() > MOST_TASKS) sentence += " ; les %4$d premières dessinées";
        return String.format(Locale.FRANCE, sentence, tasks.size(), (end - zero) / 1e9,
                Timeline.mostAtOnce(tasks, Task::start, Task::end), MOST_TASKS);
    }
}
