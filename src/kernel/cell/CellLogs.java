package kernel.cell;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.ConsoleHandler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Les journaux que les cellules écrivent par {@code java.util.logging}, et donc par {@code System.Logger} : une exception y montre ses
 * cellules et ses lignes. {@link LogManager} crée un objet de cette classe à la première demande d'un journal, d'après la propriété
 * {@code java.util.logging.config.class} ; sa configuration est celle du JDK, sauf la console.
 */
public final class CellLogs {
    public CellLogs() throws IOException {
        String jdk = Files.readString(Path.of(System.getProperty("java.home"), "conf", "logging.properties"));
        String ours = jdk + "\nhandlers = " + Console.class.getName() + "\n";
        LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(ours.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** À faire avant que rien n'ait demandé de journal. Ne charge rien. */
    public static void install() {
        if (System.getProperty("java.util.logging.config.file") == null)
            System.setProperty("java.util.logging.config.class", CellLogs.class.getName());
    }

    /** La console du JDK ; mais ce que lance une lambda dans le thread d'une bibliothèque est dit sous la cellule de la lambda. */
    public static final class Console extends ConsoleHandler {
        public Console() {
            setFormatter(new Formatter());
        }

        @Override
        public void publish(LogRecord logged) {
            Cell failed = logged.getThrown() == null ? null : CurrentCell.failedBy(logged.getThrown());
            if (failed == null) super.publish(logged);
            else CurrentCell.runAs(failed, () -> super.publish(logged));
        }
    }

    /** La mise en forme du JDK, dont seules changent les exceptions et la place de l'appel. */
    private static final class Formatter extends SimpleFormatter {
        @Override
        public String format(LogRecord logged) {
            Cell author = logged.getSourceClassName() == null ? null : CurrentCell.author(logged.getSourceClassName());
            if (author == null && logged.getThrown() == null) return super.format(logged);
            var shown = new LogRecord(logged.getLevel(), logged.getMessage());
            shown.setLoggerName(logged.getLoggerName());
            shown.setInstant(logged.getInstant());
            shown.setParameters(logged.getParameters());
            shown.setResourceBundle(logged.getResourceBundle());
            shown.setSourceClassName(author == null ? logged.getSourceClassName() : "cellule [" + author.number() + "]");
            shown.setSourceMethodName(author == null ? logged.getSourceMethodName() : null);
            if (logged.getThrown() != null) shown.setThrown(new Described(logged.getThrown()));
            return super.format(shown);
        }
    }

    /** Prend la place d'une exception à l'instant où elle s'écrit. */
    private static final class Described extends Throwable {
        private final Throwable described;

        Described(Throwable described) {
            super(null, null, false, false);
            this.described = described;
        }

        @Override
        public void printStackTrace(PrintWriter out) {
            StackTraces.print(described, out);
        }
    }
}
