package kernel.cell;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Conduit ce qui est écrit sur System.out et System.err jusqu'à la cellule qui a lancé le thread qui écrit.
 * La cellule courante est une variable de thread <em>héritée</em> : la JVM la recopie à la création de chaque thread,
 * virtuel ou non, minuteur ou pool. L'idée vient d'ipykernel, qui garde de même l'en-tête de la demande.
 */
public final class OutputRouter {
    private static final InheritableThreadLocal<Cell> CURRENT = new InheritableThreadLocal<>();
    private static final PrintStream OUT = new RoutedStream(false, System.out);
    private static final PrintStream ERR = new RoutedStream(true, System.err);
    private static final StackWalker STACK = StackWalker.getInstance();
    private static final ThreadLocal<Cell> FAILED = new ThreadLocal<>();
    private static volatile Function<String, Cell> authors = className -> null;
    private static volatile Cell latest;

    private OutputRouter() { }

    /** Détourne System.out et System.err. */
    public static void install() {
        System.setOut(OUT);
        System.setErr(ERR);
    }

    /** Reprend System.out et System.err si la cellule qui finit les a remplacés : les suivantes n'afficheraient plus rien. */
    public static void reinstall() {
        if (System.out == OUT && System.err == ERR) return;
        install();
        System.err.println("Cette cellule a remplacé System.out ou System.err : ils sont rétablis à sa fin.");
    }

    /** {@code authors} rend, pour le nom d'une classe, la cellule qui l'a écrite, ou null. */
    public static void findAuthorsWith(Function<String, Cell> authors) {
        OutputRouter.authors = authors;
    }

    /** La cellule à laquelle appartient le thread courant. Nulle avant la première cellule. */
    static Cell current() {
        Cell cell = own();
        return cell != null ? cell : authorOfStack();
    }

    /** La cellule qui a lancé le thread courant, ou sa tâche ; nulle pour un thread que la JVM a créé d'elle-même. */
    static Cell own() {
        return CURRENT.get();
    }

    /**
     * Un thread sans cellule (flux parallèle, serveur HTTP du JDK) exécute quand même du code d'une cellule : celle dont le code est le plus
     * bas dans la pile l'a confié. À défaut, la dernière cellule lancée.
     */
    private static Cell authorOfStack() {
        if (latest == null) return null;
        Cell author = STACK.walk(frames -> frames.map(frame -> frame.getClassName()).filter(name -> name.startsWith("REPL.")).reduce((top, bottom) -> bottom))
                .map(authors).orElse(null);
        return author != null ? author : latest;
    }

    /** Déclare que la cellule commence : les threads sans cellule écriront chez elle. */
    public static void begin(Cell cell) {
        latest = cell;
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
    public static <T> T getAs(Cell cell, Supplier<T> task) {
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
            FAILED.set(cell);
            throw t;
        } finally {
            leave(before);
        }
    }

    /** La cellule dont une tâche vient d'échouer dans le thread courant, sinon {@link #current()}. */
    public static Cell failed() {
        Cell cell = FAILED.get();
        FAILED.remove();
        return cell != null ? cell : current();
    }

    /** Le thread courant écrira désormais au nom de cette cellule. */
    static void become(Cell cell) {
        CURRENT.set(cell);
    }

    private static Cell enter(Cell cell) {
        Cell before = CURRENT.get();
        CURRENT.set(cell);
        return before;
    }

    private static void leave(Cell before) {
        if (before == null) CURRENT.remove();
        else CURRENT.set(before);
    }

    /** Un flux que l'élève ne peut pas fermer, et dont chaque ligne part d'un seul tenant. */
    private static final class RoutedStream extends PrintStream {
        RoutedStream(boolean err, PrintStream fallback) {
            super(new OutputStream() {
                @Override public void write(int b) {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override public void write(byte[] bytes, int offset, int count) {
                    Cell cell = current();
                    if (cell == null) fallback.write(bytes, offset, count);
                    else cell.write(err, bytes, offset, count);
                }
            }, false, StandardCharsets.UTF_8);
        }

        @Override public void println(String line) {
            print(line + System.lineSeparator());
        }

        @Override public void println(Object value) {
            println(String.valueOf(value));
        }

        @Override public void close() {
            flush();
        }
    }
}
