package lessons.threads;

import display.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * L'emploi du temps de plusieurs tâches : quand chacune a été confiée, a commencé, a fini. Plusieurs threads peuvent y écrire à la fois.
 *
 * {@snippet :
 * var schedule = new Schedule("Deux courses");
 * threads.submit(schedule.noting("pain", () -> sequence("pain", 0.5)));
 * threads.submit(schedule.noting("lait", () -> sequence("lait", 1)));
 * }
 */
public final class Schedule {

    /** Une tâche finie ; les instants sont des {@code System.nanoTime()}. */
    private record Entry(String name, long asked, long began, long ended) {}

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

    private final String title;
    private final List<Chapter> chapters = new ArrayList<>();

    /** @param title ce que l'on va voir, écrit au-dessus du dessin */
    public Schedule(String title) {
        this.title = title;
    }

    /** Commence un chapitre : les tâches notées ensuite y seront, avec leur propre zéro. */
    public synchronized Schedule chapter(String title) {
        chapters.add(new Chapter(title, new ArrayList<>()));
        return this;
    }

    /** Confie {@code times} fois la même tâche, sans nom, à l'exécuteur ; rend la main aussitôt. */
    public void submit(ExecutorService threads, int times, Callable<?> task) {
        for (int i = 0; i < times; i++) threads.submit(noting("", task));
    }

    /** La même tâche, qui note ici quand elle commence et finit, même par une exception ; elle est confiée maintenant. */
    public <T> Callable<T> noting(String name, Callable<T> task) {
        var chapter = current();
        long asked = System.nanoTime();
        return () -> {
            long began = System.nanoTime();
            try {
                return task.call();
            } finally {
                add(chapter, new Entry(name, asked, began, System.nanoTime()));
            }
        };
    }

    private synchronized Chapter current() {
        if (chapters.isEmpty()) chapter(null);
        return chapters.getLast();
    }

    private synchronized void add(Chapter chapter, Entry entry) {
        chapter.entries.add(entry);
    }

    /** Le dessin des tâches finies : en clair, de la demande au début ; en foncé, du début à la fin. */
    public synchronized Timeline timeline() {
        var drawing = new Timeline(title);
        for (var chapter : chapters) {
            if (chapter.title != null) drawing.group(chapter.summary());
            for (var entry : chapter.entries.stream().sorted(Comparator.comparingLong(Entry::asked)).toList()) {
                var row = entry.name.isEmpty() ? drawing.row() : drawing.row(entry.name);
                row.waiting(entry.asked, entry.began).done(entry.began, entry.ended);
            }
        }
        return drawing;
    }
}
