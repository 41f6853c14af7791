package support;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Ce que tous les extraits font de la même façon : l'aide, les erreurs en une phrase, le code de sortie, les accents. */
public final class Snippet {

    /** Le travail d'un extrait, une fois ses arguments à portée de main. */
    public interface Body {
        void run(Arguments arguments) throws Exception;
    }

    private Snippet() {
    }

    /**
     * Exécute un extrait. Une erreur s'affiche en une phrase et termine le programme : code 2 pour un argument qui ne
     * convient pas, 1 pour le reste.
     *
     * @param help ce qui est affiché pour {@code --help}, à la place de tout travail
     */
    public static void run(String help, String[] args, Body body) {
        speakUtf8();
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            System.out.print(french(help));
            return;
        }
        try {
            body.run(new Arguments(args));
        } catch (ExecutionException e) {
            fail(e.getCause());
        } catch (Exception e) {
            fail(e);
        }
    }

    /** Ferme {@code resource} à l'arrêt du programme, Ctrl-C compris, puis affiche {@code message}. */
    public static void closeOnExit(AutoCloseable resource, String message) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            try {
                resource.close();
                System.out.println(french(message));
            } catch (Exception e) {
                System.err.println(e.getMessage());
            }
        }));
    }

    private static void fail(Throwable error) {
        var sentence = switch (error) {
            case Arguments.Bad _, IOException _ -> error.getMessage();
            default -> "Erreur imprévue : " + error;
        };
        System.err.println(french(sentence));
        System.exit(error instanceof Arguments.Bad ? 2 : 1);
    }

    private static String french(String text) {
        return text.replaceAll(" ([:;?!»])", "\u00a0$1").replace("« ", "«\u00a0");
    }

    /** Sans langue déclarée (LANG vide ou POSIX), Java écrirait « ? » à la place de chaque accent. */
    private static void speakUtf8() {
        if (System.out.charset() != StandardCharsets.US_ASCII) return;
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }
}
