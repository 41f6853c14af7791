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
        OUT.println("[noyau java] " + what);
    }

    public static void warn(String what, Throwable cause) {
        warn(what + " : " + cause);
        if (Boolean.getBoolean("kernel.trace")) cause.printStackTrace(OUT);
    }
}
