package kernel.cell;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/**
 * Conduit ce qui est écrit sur System.out et System.err jusqu'à la cellule pour qui travaille le thread qui écrit : {@link CurrentCell}.
 */
public final class OutputRouter {
    private static volatile Thread quiet;                                        // un seul thread compile
    private final PrintStream out = new RoutedStream(false, System.out);
    private final PrintStream err = new RoutedStream(true, System.err);

    /** Détourne System.out et System.err. */
    public void install() {
        System.setOut(out);
        System.setErr(err);
    }

    /** Exécute une tâche du noyau dans le thread courant ; ce que ce thread-là écrit entre-temps n'est pas montré. */
    public static <T> T quietly(Callable<T> task) throws Exception {
        quiet = Thread.currentThread();
        try {
            return task.call();
        } finally {
            quiet = null;
        }
    }

    /** Reprend System.out et System.err si cette cellule, qui finit, les a remplacés : les suivantes n'afficheraient plus rien. */
    public void reinstall(Cell cell) {
        if (System.out == out && System.err == err) return;
        install();
        cell.warn("Cette cellule a remplacé System.out ou System.err : ils sont rétablis à sa fin.");
    }

    /** Un flux que l'élève ne peut pas fermer, et dont chaque ligne part d'un seul tenant. */
    private static final class RoutedStream extends PrintStream {
        /** @param fallback où écrire tant qu'aucune cellule n'a été exécutée */
        RoutedStream(boolean err, PrintStream fallback) {
            super(new OutputStream() {
                @Override
                public void write(int b) {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int count) {
                    if (Thread.currentThread() == quiet) return;
                    Cell cell = CurrentCell.get();
                    byte[] renamed = cell == null ? null : StackTraces.renamed(bytes, offset, count);
                    if (cell == null) fallback.write(bytes, offset, count);
                    else if (renamed == null) cell.write(err, bytes, offset, count);
                    else cell.write(err, renamed, 0, renamed.length);
                }
            }, false, StandardCharsets.UTF_8);
        }

        @Override
        public void println(String line) {
            print(line + System.lineSeparator());
        }

        @Override
        public void println(Object value) {
            println(String.valueOf(value));
        }

        @Override
        public void close() {
            flush();
        }
    }
}
