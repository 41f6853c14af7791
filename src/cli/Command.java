package cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** Ce que tous les outils font d'une erreur : une phrase en français et un code de sortie, jamais une pile d'appels. */
public final class Command {

    private Command() {}

    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** @return le code de sortie : 0, ou celui de l'erreur déjà expliquée */
    public static int run(Body body) {
        try {
            body.run();
            return 0;
        } catch (UserError e) {
            return explain(e.getMessage(), e.exitCode());
        } catch (InterruptedException _) {
            return explain("Interrompu.", 130);
        } catch (IOException e) {
            return explain(sentence(e), 1);
        } catch (Exception e) {
            return explain("Erreur imprévue, merci de la signaler : " + e, 1);
        }
    }

    private static int explain(String sentence, int exitCode) {
        System.err.println(Console.french(sentence));
        return exitCode;
    }

    private static String sentence(IOException e) {
        var text = String.valueOf(e.getMessage());
        if (text.contains("No space left")) return "Le disque est plein : libérez de la place, puis relancez la commande.";
        if (e instanceof AccessDeniedException || text.contains("Read-only") || text.contains("Permission denied")) {
            var file = e instanceof FileSystemException f ? f.getFile() : text;
            return "Impossible d'écrire dans le dossier du cours (" + file + ") : donnez-vous le droit d'y écrire, "
                    + "ou copiez le cours ailleurs.";
        }
        return "Un fichier n'a pas pu être lu ou écrit : " + text + ".";
    }
}
