package cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Comment une commande écrit : le français, les accents, et chaque étape sur une ligne, avec sa durée. */
public final class Console {
    private static final String SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    private Console() {}

    /** Une étape qui ne rend rien. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** Une phrase à l'utilisateur, avec les espaces insécables du français. */
    public static String french(String sentence) {
        return sentence.replaceAll(" ([:;?!»])", "\u00a0$1").replace("« ", "«\u00a0");
    }

    /** Sans langue déclarée (LANG vide ou POSIX), Java écrirait « ? » à la place de chaque accent. */
    static void speakUtf8() {
        if (System.out.charset() != StandardCharsets.US_ASCII) return;
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /**
     * Exécute l'étape dans ce thread. Un terminal voit tourner un signe et les secondes ; un fichier ou une
     * intégration continue reçoit un point toutes les deux secondes.
     */
    public static <T> T step(String title, Callable<T> work) throws Exception {
        var start = System.nanoTime();
        System.out.print(title + " ");
        System.out.flush();
        var ticker = Thread.startVirtualThread(() -> showLife(title, start));
        try {
            var result = work.call();
            stop(ticker);
            System.out.println(prefix(title) + "✓ " + seconds(start));
            return result;
        } catch (Exception e) {
            stop(ticker);
            System.out.println(prefix(title) + "✗ " + seconds(start));
            throw e;
        }
    }

    /** Comme {@link #step(String, Callable)}, sans rien rendre. */
    public static void step(String title, Work work) throws Exception {
        step(title, () -> {
            work.run();
            return null;
        });
    }

    public static String seconds(long start) {
        return String.format(Locale.FRENCH, "%.1f s", (System.nanoTime() - start) / 1e9);
    }

    private static void showLife(String title, long start) {
        try {
            for (var i = 0;; i++) {
                Thread.sleep(onTerminal() ? 100 : 2000);
                System.out.print(onTerminal()
                        ? prefix(title) + SPINNER.charAt(i % SPINNER.length()) + " " + seconds(start)
                        : ".");
                System.out.flush();
            }
        } catch (InterruptedException _) {
            // L'étape est finie.
        }
    }

    private static void stop(Thread ticker) throws InterruptedException {
        ticker.interrupt();
        ticker.join();
    }

    private static String prefix(String title) {
        return onTerminal() ? "\r\033[K" + title + " " : "";
    }

    private static boolean onTerminal() {
        return System.console() != null && System.console().isTerminal();
    }
}
