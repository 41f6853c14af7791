//SOURCES Arguments.java Console.java UserError.java
package cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.concurrent.ExecutionException;

/**
 * Ce que toutes les commandes du cours font de la même façon, outils et exemples : l'aide, et d'une erreur une phrase en
 * français et un code de sortie, jamais une pile d'appels.
 */
public final class Command {

    private Command() {}

    /** Le travail d'une commande, une fois ses arguments à portée de main. */
    @FunctionalInterface
    public interface Body {
        void run(Arguments arguments) throws Exception;
    }

    /**
     * Exécute une commande. Une erreur termine le programme : code 2 pour un argument qui ne convient pas, 130 pour une
     * interruption, 1 pour le reste. Sans erreur, le programme dure autant que ses threads.
     *
     * @param help ce qui est affiché pour {@code --help}, à la place de tout travail ; commence par « Usage : », puis la commande
     */
    public static void run(String help, String[] args, Body body) {
        Console.speakUtf8();
        var code = exitCode(asTyped(help), args, body);
        if (code != 0) System.exit(code);
    }

    /** Ce texte, pour qui l'a : lancé par jbang, sans clone, un exemple n'a pas de {@code ./jbangw}. */
    static String asTyped(String text) {
        return System.getenv("JBANGW") == null ? text.replace("./jbangw ", "") : text;
    }

    /** @return le code de sortie : 0, ou celui de l'erreur déjà expliquée */
    static int exitCode(String help, String[] args, Body body) {
        var arguments = new Arguments(help, args);
        try {
            if (arguments.flag("--help") || arguments.flag("-h")) System.out.print(Console.french(help));
            else body.run(arguments);
            return 0;
        } catch (ExecutionException e) {
            return explain(e.getCause());
        } catch (Exception e) {
            return explain(e);
        }
    }

    /** Ferme {@code resource} à l'arrêt du programme, Ctrl-C compris, puis affiche {@code message}. */
    public static void closeOnExit(AutoCloseable resource, String message) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            try {
                resource.close();
                System.out.println(Console.french(message));
            } catch (Exception e) {
                explain(e);
            }
        }));
    }

    private static int explain(Throwable error) {
        System.err.println(Console.french(switch (error) {
            case UserError e -> e.getMessage();
            case InterruptedException _ -> "Interrompu.";
            case IOException e -> sentence(e);
            default -> "Erreur imprévue, merci de la signaler : " + error;
        }));
        return switch (error) {
            case UserError e -> e.exitCode();
            case InterruptedException _ -> 130;
            default -> 1;
        };
    }

    /** Les phrases du cours finissent par un point ; celles du JDK, en anglais ou réduites à un nom de fichier, non. */
    private static String sentence(IOException e) {
        var text = String.valueOf(e.getMessage());
        if (text.contains("No space left")) return "Le disque est plein : libérez de la place, puis relancez la commande.";
        if (e instanceof AccessDeniedException || text.contains("Read-only") || text.contains("Permission denied")) {
            var file = e instanceof FileSystemException f ? f.getFile() : text;
            return "Vous n'avez pas le droit d'ouvrir ou d'écrire « " + file + " » : donnez-vous ce droit ou, si c'est dans le dossier "
                    + "du cours, copiez le cours ailleurs.";
        }
        if (text.endsWith(".")) return text;
        return "Une lecture ou une écriture a échoué : " + text + ".";
    }
}
