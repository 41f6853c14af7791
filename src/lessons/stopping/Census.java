//SOURCES ../TempFolder.java
package lessons.stopping;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import lessons.TempFolder;

/**
 * Qui réagit à une interruption, et qui n'y réagit pas. Chaque action s'exécute dans son thread ; après 0,2 s, tous sont interrompus, et
 * l'on note ce que chacun fait dans les 0,8 s qui suivent. Ce qui ne vient jamais (un verrou libre, un octet, la fin d'un enfant) vient du
 * recensement lui-même : il le libère à la fin, et rien ne reste bloqué.
 *
 * {@snippet :
 * var census = new Census();
 * census.add("queue.take()", () -> census.emptyQueue().take());
 * census.take();
 * }
 */
public final class Census {

    /** Une action qui bloque ou qui dure. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /**
     * Ce qu'une action a fait de l'interruption.
     *
     * @param reaction comment elle a cessé, et si le drapeau est encore levé ; « aucune », si elle dure encore
     * @param time le temps qu'elle y a mis
     */
    public record Reaction(String action, String thread, String reaction, String time) {}

    private static final Duration BEFORE = Duration.ofMillis(200);
    private static final Duration AFTER = Duration.ofMillis(800);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final class Trial {
        final String name;
        final boolean virtual;
        final Action action;
        volatile String outcome;
        volatile long end;

        Trial(String name, boolean virtual, Action action) {
            this.name = name;
            this.virtual = virtual;
            this.action = action;
        }

        void run() {
            var how = "rend la main";
            try {
                action.run();
            } catch (Throwable e) {
                how = e.getClass().getSimpleName();
            }
            end = System.nanoTime();
            outcome = how + (Thread.currentThread().isInterrupted() ? ", drapeau levé" : ", drapeau baissé");
        }

        Reaction reaction(long interrupted) {
            var thread = virtual ? "virtuel" : "plateforme";
            if (outcome == null) return new Reaction(name, thread, "aucune", "plus de " + AFTER.toMillis() + " ms");
            if (end < interrupted) return new Reaction(name, thread, "finie avant l’interruption", "");
            return new Reaction(name, thread, outcome, (end - interrupted) / 1_000_000 + " ms");
        }
    }

    private final List<Trial> trials = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final ConcurrentLinkedDeque<AutoCloseable> resources = new ConcurrentLinkedDeque<>();
    private final AtomicInteger preparing = new AtomicInteger();    // les actions qui n'ont pas encore ce sur quoi elles bloqueront

    /** Une action, dans un thread virtuel. */
    public void add(String name, Action action) {
        trials.add(new Trial(name, true, action));
    }

    /** Une action, dans un thread de plateforme. */
    public void addPlatform(String name, Action action) {
        trials.add(new Trial(name, false, action));
    }

    /**
     * Fait l'essai : environ une seconde. Puis libère tout, et attend la fin des threads, au plus 5 secondes.
     *
     * @return une ligne par action, dans l'ordre où elles ont été données
     * @throws IllegalStateException si un thread ne finit pas, même libéré : c'est un calcul qui ne regarde pas {@link #over()}
     */
    public List<Reaction> take() throws Exception {
        var begun = new CountDownLatch(trials.size());
        var threads = trials.stream().map(trial -> (trial.virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon())
                .name("recensement, " + trial.name).start(() -> {
                    begun.countDown();
                    trial.run();
                })).toList();
        try {
            begun.await();
            do Thread.sleep(BEFORE);
            while (preparing.get() > 0);
            var interrupted = System.nanoTime();
            threads.forEach(Thread::interrupt);
            join(threads, interrupted + AFTER.toNanos());
            return trials.stream().map(trial -> trial.reaction(interrupted)).toList();
        } finally {
            release();
            if (!join(threads, System.nanoTime() + PATIENCE.toNanos())) throw new IllegalStateException("Un thread ne finit pas.");
        }
    }

    private static boolean join(List<Thread> threads, long end) throws InterruptedException {
        for (var thread : threads) thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        return threads.stream().noneMatch(Thread::isAlive);
    }

    private void release() throws Exception {
        released.countDown();
        for (var resource : resources) resource.close();
    }

    // ---------------------------------------------------------------- ce qui ne vient jamais

    /** Vrai quand l'essai est fini : un calcul doit alors cesser. */
    public boolean over() {
        return released.getCount() == 0;
    }

    /** Une file où rien n'arrive. */
    public BlockingQueue<String> emptyQueue() {
        return new ArrayBlockingQueue<>(1);
    }

    /** Un verrou qu'un autre thread tient jusqu'à la fin de l'essai. */
    public Lock heldLock() throws Exception {
        return prepare(() -> {
            var lock = new ReentrantLock();
            hold(held -> {
                lock.lock();
                held.run();
                lock.unlock();
            });
            return lock;
        });
    }

    /** Un moniteur, pour {@code synchronized}, qu'un autre thread tient jusqu'à la fin de l'essai. */
    public Object heldMonitor() throws Exception {
        return prepare(() -> {
            var monitor = new Object();
            hold(held -> {
                synchronized (monitor) {
                    held.run();
                }
            });
            return monitor;
        });
    }

    /** Une promesse que personne ne tient, avant la fin de l'essai. */
    public CompletableFuture<String> endlessFuture() {
        var future = new CompletableFuture<String>();
        resources.add(() -> future.complete("trop tard"));
        return future;
    }

    /** Un socket dont l'autre bout se tait. */
    public Socket silentSocket() throws Exception {
        return prepare(() -> {
            var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            resources.add(server);
            var socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
            resources.add(socket);
            return socket;
        });
    }

    /** Un enfant qui attend de quoi travailler : {@code sort}, dont l'entrée ne reçoit rien. */
    public Process idleChild() throws Exception {
        return prepare(() -> {
            var child = new ProcessBuilder("sort").start();       // ce programme est sur tous les systèmes
            resources.add(() -> child.destroyForcibly().onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            return child;
        });
    }

    /** Un fichier dont le contenu se fait attendre : un tube nommé. Là où le système n'en a pas (Windows), un fichier ordinaire, vide. */
    public Path silentFile() throws Exception {
        return prepare(() -> {
            var folder = TempFolder.create("recensement-");
            var file = folder.path().resolve("muet");
            if (makePipe(file)) resources.add(new RandomAccessFile(file.toFile(), "rw"));   // ouvert pour écrire : la lecture attend
            else Files.createFile(file);
            resources.add(folder);
            return file;
        });
    }

    private static boolean makePipe(Path file) throws InterruptedException {
        try {
            return new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private <T> T prepare(Callable<T> preparation) throws Exception {
        preparing.incrementAndGet();
        try {
            return preparation.call();
        } finally {
            preparing.decrementAndGet();
        }
    }

    private interface Holder {
        void hold(Runnable held);
    }

    /** Attend que le thread qui tient le verrou l'ait pris. De plateforme, ce thread ne dépend d'aucun porteur. */
    private void hold(Holder holder) throws InterruptedException {
        var taken = new CountDownLatch(1);
        var thread = Thread.ofPlatform().daemon().name("recensement, celui qui tient le verrou").start(() -> holder.hold(() -> {
            taken.countDown();
            awaitRelease();
        }));
        resources.add(() -> thread.join(PATIENCE));
        taken.await();
    }

    private void awaitRelease() {
        try {
            released.await();
        } catch (InterruptedException e) {
            // il lâche le verrou
        }
    }
}
