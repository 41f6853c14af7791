package kernel;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Conduit ce qui est écrit sur System.out et System.err jusqu'à la cellule qui a lancé le fil qui écrit.
 * La cellule courante est une variable de fil <em>héritée</em> : la JVM la recopie à la création de chaque fil,
 * virtuel ou non, minuteur ou pool. L'idée vient d'ipykernel, qui garde de même l'en-tête de la demande.
 */
final class OutputRouter {
    private static final InheritableThreadLocal<Cell> CURRENT = new InheritableThreadLocal<>();
    private static volatile Cell latest;

    private OutputRouter() { }

    /** Détourne System.out et System.err, une fois pour toutes. */
    static void install() {
        System.setOut(stream(false, System.out));
        System.setErr(stream(true, System.err));
    }

    /** La cellule à laquelle appartient le fil courant ; la dernière lancée pour un fil qui n'en a pas. Nulle avant la première. */
    static Cell current() {
        Cell cell = CURRENT.get();
        return cell != null ? cell : latest;
    }

    /** Déclare que la cellule commence : les fils sans cellule écriront chez elle. */
    static void begin(Cell cell) {
        latest = cell;
    }

    /** Exécute une tâche au nom d'une cellule, dans le fil courant. */
    static <T> T callAs(Cell cell, Callable<T> task) throws Exception {
        Cell before = enter(cell);
        try {
            return task.call();
        } finally {
            leave(before);
        }
    }

    /** Exécute une tâche au nom d'une cellule, dans le fil courant. */
    static <T> T getAs(Cell cell, Supplier<T> task) {
        Cell before = enter(cell);
        try {
            return task.get();
        } finally {
            leave(before);
        }
    }

    /** Exécute une tâche au nom d'une cellule, dans le fil courant. */
    static void runAs(Cell cell, Runnable task) {
        Cell before = enter(cell);
        try {
            task.run();
        } finally {
            leave(before);
        }
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

    private static PrintStream stream(boolean err, PrintStream fallback) {
        return new PrintStream(new OutputStream() {
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
}
