package lessons.stopping;

import display.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Le journal d'une expérience : des travaux qui durent, et le dessin de qui a travaillé quand. Une barre bleue est un travail allé au
 * bout ; une brune, un travail arrêté avant ; une claire, une attente. Toutes les méthodes peuvent être appelées par plusieurs threads.
 *
 * {@snippet :
 * var log = new Logbook("Deux travaux, une annulation");
 * var future = threads.submit(log.task("photo", 1.5));
 * future.cancel(true);
 * log.timeline();
 * }
 */
public final class Logbook {

    /** Un travail : pour {@code submit} et {@code fork}, qui veulent un Callable, comme pour {@code supplyAsync}, qui veut un Supplier. */
    public interface Work extends Callable<String>, Supplier<String> {
        @Override
        String call() throws InterruptedException;

        /** Comme {@link #call} ; interrompu, lance CancellationException, et le drapeau reste levé. */
        @Override
        default String get() {
            try {
                return call();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrompu");
            }
        }
    }

    /** Ce que fait un thread de {@link #start}. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    private enum Tone {
        WHOLE, STOPPED, WAITING
    }

    private record Entry(String name, long start, long end, Tone tone) {}

    private static final class Group {
        final String title;
        final List<Entry> entries = new ArrayList<>();
        long zero;                                                // le début du premier travail

        Group(String title) {
            this.title = title;
        }

        /** Les travaux dans l'ordre de leurs débuts, puis les attentes. */
        List<Entry> sorted() {
            return entries.stream().sorted(Comparator.comparing((Entry entry) -> entry.tone == Tone.WAITING).thenComparing(Entry::start))
                    .toList();
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final AtomicInteger working = new AtomicInteger();

    private final String title;
    private final List<Group> groups = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private ExecutorService executor;
    private int active;

    /** Un journal vide ; son chronomètre part avec le premier travail. */
    public Logbook(String title) {
        this.title = title;
        groups.add(new Group(null));
    }

    /** Ce qui commence désormais est dessiné à part, sous ce titre ; le chronomètre repart avec le travail suivant. */
    public synchronized void group(String title) {
        groups.add(new Group(title));
    }

    /** Un travail de cette durée, en secondes ; il rend son nom. Il ne fait que dormir : une interruption l'arrête aussitôt. */
    public Work task(String name, double seconds) {
        return () -> {
            work(name, seconds);
            return name;
        };
    }

    /** Un travail qui, après cette durée, échoue : {@code IllegalStateException}. */
    public Work failing(String name, double seconds) {
        return () -> {
            var group = begin();
            var start = System.nanoTime();
            try {
                Thread.sleep(nanos(seconds));
                throw new IllegalStateException(name + " en panne");
            } finally {
                end(group, new Entry(name, start, System.nanoTime(), Tone.STOPPED));
            }
        };
    }

    private void work(String name, double seconds) throws InterruptedException {
        var group = begin();
        var start = System.nanoTime();
        var tone = Tone.STOPPED;
        try {
            Thread.sleep(nanos(seconds));
            tone = Tone.WHOLE;
        } finally {
            end(group, new Entry(name, start, System.nanoTime(), tone));
        }
    }

    /** Quatre services interrogés en même temps, qui répondent en 0,3 s, 0,6 s, 0,9 s et 1,2 s. Ne bloque pas. */
    public List<Future<String>> services(ExecutorService threads) {
        return List.of(threads.submit(task("météo", 0.3)), threads.submit(task("trafic", 0.6)), threads.submit(task("agenda", 0.9)),
                threads.submit(task("courrier", 1.2)));
    }

    /** Un exécuteur à un thread virtuel par travail ; {@link #timeline} ferme cet exécuteur. */
    public synchronized ExecutorService threads() {
        if (executor == null) executor = Executors.newVirtualThreadPerTaskExecutor();
        return executor;
    }

    /**
     * Lance un thread virtuel, dont la vie sera une barre : bleue s'il va au bout ; brune s'il finit par une exception, ou avec son
     * drapeau levé.
     */
    public Thread start(String name, Task task) {
        var group = begin();
        var start = System.nanoTime();
        var thread = Thread.ofVirtual().name(name).start(() -> {
            var tone = Tone.STOPPED;
            try {
                task.run();
                if (!Thread.currentThread().isInterrupted()) tone = Tone.WHOLE;
            } catch (Exception stopped) {
                // la barre est brune
            } finally {
                end(group, new Entry(name, start, System.nanoTime(), tone));
            }
        });
        synchronized (this) {
            threads.add(thread);
        }
        return thread;
    }

    /**
     * Attend tant de secondes, interrompt tous les threads de {@link #start}, et attend qu'ils finissent, au plus 5 secondes chacun.
     */
    public void interruptAfter(double seconds) throws InterruptedException {
        Thread.sleep(nanos(seconds));
        List<Thread> all;
        synchronized (this) {
            all = List.copyOf(threads);
        }
        all.forEach(Thread::interrupt);
        for (var thread : all) thread.join(PATIENCE);
    }

    /** Fait attendre le thread appelant : une barre claire, même si l'attente finit par une exception. Rend ce que l'attente rend. */
    public <T> T waiting(String name, Callable<T> wait) throws Exception {
        var group = begin();
        var start = System.nanoTime();
        try {
            return wait.call();
        } finally {
            end(group, new Entry(name, start, System.nanoTime(), Tone.WAITING));
        }
    }

    /** Le temps passé depuis le début du premier travail, le zéro du dessin : « 0,2 s ». */
    public synchronized String clock() {
        var zero = groups.getLast().zero;
        return String.format(Locale.FRANCE, "%.1f s", zero == 0 ? 0 : (System.nanoTime() - zero) / 1e9);
    }

    /** Le dessin. Attend d'abord que plus rien ne travaille, au plus 5 secondes : ce qui continue sans nous s'y voit aussi. */
    public synchronized Timeline timeline() throws InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        for (long left; active > 0 && (left = end - System.nanoTime()) > 0;) wait(1 + left / 1_000_000);
        if (executor != null) executor.shutdown();                // sans attendre : rien n'y travaille plus
        var drawing = new Timeline(title);
        for (var group : groups) {
            if (group.title != null) drawing.group(group.title);
            for (var entry : group.sorted()) {
                var row = drawing.row(entry.name);
                switch (entry.tone) {
                    case WHOLE -> row.done(entry.start, entry.end);
                    case STOPPED -> row.unfinished(entry.start, entry.end);
                    case WAITING -> row.waiting(entry.start, entry.end);
                }
            }
        }
        return drawing;
    }

    /** Le même dessin, dont l'axe du temps a au moins cette longueur, en secondes : deux dessins se comparent alors d'un coup d'œil. */
    public Timeline timeline(double seconds) throws InterruptedException {
        return timeline().atLeast(nanos(seconds).toNanos());
    }

    /** Combien de travaux, de tous les journaux, sont en cours. */
    public static int working() {
        return working.get();
    }

    private synchronized Group begin() {
        active++;
        working.incrementAndGet();
        var group = groups.getLast();
        if (group.zero == 0) group.zero = System.nanoTime();
        return group;
    }

    private synchronized void end(Group group, Entry entry) {
        group.entries.add(entry);
        active--;
        working.decrementAndGet();
        notifyAll();
    }

    private static Duration nanos(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
