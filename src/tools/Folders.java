package tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;

/** Les gestes sur les fichiers qui ne laissent rien à moitié fait. */
public final class Folders {

    private Folders() {}

    @FunctionalInterface
    public interface Writer<E extends Exception> {
        void write(Path temporary) throws E;
    }

    /** Écrit à côté, puis met en place d'un seul coup : le fichier est l'ancien ou le nouveau, jamais un bout. */
    public static <E extends Exception> void replace(Path file, Writer<E> writer) throws IOException, E {
        var temporary = file.resolveSibling("new." + file.getFileName());
        writer.write(temporary);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Copie un fichier, avec sa date et ses droits, d'un seul coup. */
    static void copy(Path source, Path target) throws IOException {
        replace(target,
                temporary -> Files.copy(source, temporary, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING));
    }

    /**
     * Efface un dossier. Il change d'abord de place d'un seul coup : interrompu, l'effacement laisse un reste dans
     * {@code trash}, jamais un dossier à moitié vide à l'endroit où on le cherche.
     */
    public static void delete(Path folder, Path trash) throws IOException {
        Files.createDirectories(trash);
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(folder, Files.createTempDirectory(trash, "old").resolve("content"));
        }
        deleteTree(trash);
    }

    /** Efface un dossier et tout ce qu'il contient ; sans effet s'il n'est pas là. Un lien est effacé, pas ce qu'il désigne. */
    public static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
