package lessons.files;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/** Essaie une opération sur un fichier, et dit en une phrase ce qui s'est passé. */
public final class Attempt {

    private Attempt() {}

    /** Fait l'opération ; rend sa valeur, ou le nom de l'exception suivi de ce qu'elle veut dire et de ce qu'il faut faire. */
    public static String of(Callable<?> operation) {
        try {
            return String.valueOf(operation.call());
        } catch (Exception failure) {
            if (failure instanceof InterruptedException) Thread.currentThread().interrupt();
            return failure.getClass().getSimpleName() + " : " + explain(failure);
        } catch (OutOfMemoryError tooBig) {
            return "OutOfMemoryError : " + tooBig.getMessage();
        }
    }

    /** Ce que veut dire cette exception, et quoi faire, en une phrase. */
    public static String explain(Exception failure) {
        return switch (failure) {
            case NoSuchFileException absent -> "« " + name(absent) + " » n'existe pas ; vérifiez le nom, et le dossier.";
            case AccessDeniedException denied -> "« " + name(denied) + " » vous est interdit ; vérifiez ses droits.";
            case CharacterCodingException _ -> "ces octets ne sont pas de l'UTF-8 ; donnez à la lecture le bon encodage.";
            case IOException refused -> "le système a refusé (" + refused.getMessage() + ") ; le disque est-il plein ?";
            case TimeoutException _ -> "rien n'est venu à temps.";
            default -> failure.getMessage();
        };
    }

    private static String name(FileSystemException failure) {
        return failure.getFile() == null ? "?" : Path.of(failure.getFile()).getFileName().toString();
    }
}
