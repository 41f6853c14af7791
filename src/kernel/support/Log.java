package kernel.support;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/** Le journal du noyau : la vraie sortie d'erreur du processus, celle que Jupyter montre dans son terminal. */
public final class Log {
    /** Pas System.err : ce qui s'y écrit va sous les cellules. */
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.err), true);

    private Log() {}

    public static void warn(String what) {
        write("[noyau java] " + what);
    }

    public static void warn(String what, Throwable cause) {
        try {
            warn(what + " : " + cause);
            if (Boolean.getBoolean("kernel.trace")) cause.printStackTrace(OUT);
        } catch (OutOfMemoryError | LinkageError e) {
            write(what);                                                         // la mémoire est pleine : rien à assembler
        }
    }

    /** N'échoue pas : qui écrit ici est souvent le dernier à pouvoir faire continuer le noyau. */
    private static void write(String line) {
        try {
            OUT.println(line);
        } catch (OutOfMemoryError | LinkageError e) {
            SpareMemory.spend();
        }
    }
}
