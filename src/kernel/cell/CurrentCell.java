package kernel.cell;

import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * La cellule pour qui travaille le thread courant. C'est une variable de thread <em>héritée</em> : la JVM la recopie à la création de
 * chaque thread, virtuel ou non, minuteur ou pool. L'idée vient d'ipykernel, qui garde de même l'en-tête de la demande. Statique, car le
 * code tissé des cellules l'appelle de n'importe où.
 */
public final class CurrentCell {
    private static final InheritableThreadLocal<Cell> OWN = new InheritableThreadLocal<>();
    private static final ThreadLocal<Failure> FAILED = new ThreadLocal<>();
    private static final ClassLoader KERNEL = ClassLoader.getSystemClassLoader();
    private static final StackWalker STACK = StackWalker.getInstance();
    private static volatile Function<String, Cell> authors = _ -> null;
    private static volatile Cell latest;
    private static volatile ClassLoader loader;

    /** La tâche de cette cellule vient d'échouer ainsi. */
    private record Failure(Cell cell, Throwable thrown) {}

    private CurrentCell() {}

    /** @param authors rend, pour le nom d'une classe, la cellule qui l'a écrite, ou null */
    public static void findAuthorsWith(Function<String, Cell> authors) {
        CurrentCell.authors = authors;
    }

    /** @param loader celui que les tâches des cellules verront comme chargeur de classes de leur thread */
    public static void loadWith(ClassLoader loader) {
        CurrentCell.loader = loader;
    }

    /** La cellule qui a écrit cette classe, ou null. */
    static Cell author(String className) {
        return authors.apply(className);
    }

    /** Déclare que la cellule commence : les threads sans cellule, dont la pile ne dit rien, travaillent pour elle. */
    public static void begin(Cell cell) {
        latest = cell;
    }

    /** Aucune cellule n'a commencé, et personne n'en a écrit. */
    public static void forget() {
        authors = _ -> null;
        latest = null;
    }

    /** La cellule à laquelle appartient le thread courant. Nulle avant la première cellule. Peut lire toute la pile. */
    public static Cell get() {
        Cell cell = own();
        return cell != null ? cell : authorOfStack();
    }

    /** La cellule qui a lancé le thread courant, ou sa tâche ; nulle pour un thread que la JVM a créé d'elle-même. */
    static Cell own() {
        return OWN.get();
    }

    /**
     * Un thread sans cellule (flux parallèle, serveur HTTP du JDK) exécute quand même du code d'une cellule : celle dont le code est le
     * plus bas dans la pile l'a confié. À défaut, la dernière cellule lancée.
     */
    private static Cell authorOfStack() {
        if (latest == null) return null;
        Cell author = STACK.walk(frames -> frames.map(frame -> frame.getClassName()).filter(name -> name.startsWith("REPL."))
                .reduce((top, bottom) -> bottom)).map(authors).orElse(null);
        return author != null ? author : latest;
    }

    /** Exécute une tâche au nom d'une cellule, dans le thread courant. */
    public static <T> T callAs(Cell cell, Callable<T> task) throws Exception {
        Cell before = enter(cell);
        try {
            return task.call();
        } finally {
            leave(before);
        }
    }

    /** Exécute une tâche au nom d'une cellule, dans le thread courant. */
    static <T> T getAs(Cell cell, Supplier<T> task) {
        Cell before = enter(cell);
        try {
            return task.get();
        } finally {
            leave(before);
        }
    }

    /** Exécute une tâche au nom d'une cellule, dans le thread courant ; si elle échoue, {@link #failed} dira laquelle. */
    public static void runAs(Cell cell, Runnable task) {
        Cell before = enter(cell);
        try {
            task.run();
        } catch (Throwable t) {
            FAILED.set(new Failure(cell, t));
            throw t;
        } finally {
            leave(before);
        }
    }

    /** La cellule dont une tâche vient d'échouer dans le thread courant, sinon {@link #get()}. */
    public static Cell failed() {
        Failure failure = FAILED.get();
        FAILED.remove();
        return failure != null ? failure.cell : get();
    }

    /** La cellule dont une tâche vient d'échouer ainsi dans le thread courant ; null si c'est autre chose. */
    static Cell failedBy(Throwable thrown) {
        Failure failure = FAILED.get();
        return failure != null && failure.thrown == thrown ? failure.cell : null;
    }

    /** Le thread courant travaillera désormais pour cette cellule. */
    static void become(Cell cell) {
        OWN.set(cell);
        StopCheck.forget();
        // ceux d'un ForkJoinPool, s'ils n'ont rien d'autre, ont le chargeur du noyau : ServiceLoader n'y verrait pas les bibliothèques
        if (Thread.currentThread() instanceof ForkJoinWorkerThread worker && worker.getContextClassLoader() == KERNEL && loader != null)
            worker.setContextClassLoader(loader);
    }

    /** Le thread courant travaille pour cette cellule ; rend celle d'avant, à redonner à {@link #leave}. */
    static Cell enter(Cell cell) {
        Cell before = OWN.get();
        become(cell);
        return before;
    }

    /** Comme {@link #leave}, quand la tâche de cette cellule a échoué : {@link #failed} la dira. */
    static void leaveFailed(Cell cell, Cell before, Throwable thrown) {
        FAILED.set(new Failure(cell, thrown));
        leave(before);
    }

    static void leave(Cell before) {
        if (before == null) OWN.remove();
        else OWN.set(before);
        StopCheck.forget();
    }
}
