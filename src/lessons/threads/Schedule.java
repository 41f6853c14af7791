package lessons.threads;

import display.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * L'emploi du temps de plusieurs tâches : quand chacune a été confiée, a commencé, a fini. Un seul thread lui donne des
 * chapitres et des tâches ; celles-ci s'y inscrivent depuis les leurs.
 *
 * {@snippet :
 * var schedule = new Schedule("Attendre");
 * try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
 *     schedule.chapter("une seconde").perProcessor(4, threads, () -> sequence("sieste", 1));
 * }
 * schedule.timeline()
 * }
 */
public final class Schedule {

    /** Une tâche finie ; les instants sont des {@code System.nanoTime()}. */
    private record Entry(long asked, long began, long ended) {}

    private record Chapter(String title, List<Entry> entries) {

        String summary() {
            if (entries.isEmpty()) return title;
            long first = entries.stream().mapToLong(Entry::began).min().orElseThrow();
            long last = entries.stream().mapToLong(Entry::ended).max().orElseThrow();
            long work = entries.stream().mapToLong(entry -> entry.ended - entry.began).sum();
            return String.format(Locale.FRANCE, "%s : au plus %d à la fois, %.1f s de tâches en %.1f s", title,
                    Timeline.mostAtOnce(entries, Entry::began, Entry::ended), work / 1e9, (last - first) / 1e9);
        }
    }

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final String title;
    private final List<Chapter> chapters = new ArrayList<>();

    /** @param title ce que l'on va voir, écrit au-dessus du dessin, avec le nombre de processeurs de cette machine */
    public Schedule(String title) {
        this.title = title;
    }

    /** Commence un chapitre : les tâches confiées ensuite y seront, avec leur propre zéro. */
    public synchronized Schedule chapter(String title) {
        chapters.add(new Chapter(title, new ArrayList<>()));
        return this;
    }

    /**
     * Confie à l'exécuteur la même tâche, {@code times} fois par processeur de cette machine, et note ici quand chacune commence et finit,
     * même par une exception. Rend la main aussitôt.
     */
    public void perProcessor(int times, ExecutorService threads, Callable<?> task) {
        var chapter = chapters.getLast();
        for (int i = 0; i < times * PROCESSORS; i++) {
            long asked = System.nanoTime();
            threads.submit(() -> run(task, chapter, asked));
        }
    }

    private <T> T run(Callable<T> task, Chapter chapter, long asked) throws Exception {
        long began = System.nanoTime();
        try {
            return task.call();
        } finally {
            add(chapter, new Entry(asked, began, System.nanoTime()));
        }
    }

    private synchronized void add(Chapter chapter, Entry entry) {
        chapter.entries.add(entry);
    }

    /** Le dessin des tâches finies : en clair, de la demande au début ; en foncé, du début à la fin. */
    public synchronized Timeline timeline() {
        var drawing = new Timeline(title + (PROCESSORS == 1 ? ", sur un processeur" : ", sur " + PROCESSORS + " processeurs"));
        for (var chapter : chapters) {
            drawing.group(chapter.summary());
            for (var entry : chapter.entries.stream().sorted(Comparator.comparingLong(Entry::asked)).toList())
                drawing.row().waiting(entry.asked, entry.began).done(entry.began, entry.ended);
        }
        return drawing;
    }
}
