package kernel;

import java.io.PrintStream;

/** Le journal du noyau : la vraie sortie d'erreur du processus, celle que Jupyter montre dans son terminal. */
final class Log {
    private static final PrintStream OUT = System.err;      // pris avant que les cellules ne détournent System.err

    private Log() { }

    static void warn(String what) {
        OUT.println("[noyau java] " + what);
    }

    static void warn(String what, Throwable cause) {
        warn(what + " : " + cause);
        if (Boolean.getBoolean("kernel.trace")) cause.printStackTrace(OUT);
    }
}
