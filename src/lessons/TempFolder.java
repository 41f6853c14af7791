package lessons;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Un dossier provisoire, effacé avec tout son contenu par {@link #close()} ou, au plus tard, à l'arrêt du programme. Après
 * {@code close()}, il peut resservir : {@link #path()} le fait renaître au même endroit.
 */
public final class TempFolder implements AutoCloseable {

    private static final Set<TempFolder> all = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> all.forEach(TempFolder::close)));
    }

    private final Path path;

    private TempFolder(Path path) {
        this.path = path;
        all.add(this);
    }

    /** Un nouveau dossier vide, dans le dossier temporaire du système ; son nom commence par {@code prefix}. */
    public static TempFolder create(String prefix) throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")), prefix);
    }

    /** Un nouveau dossier vide dans {@code parent}, qui doit exister ; son nom commence par {@code prefix}. */
    public static TempFolder create(Path parent, String prefix) throws IOException {
        return new TempFolder(Files.createTempDirectory(parent, prefix).toRealPath());
    }

    /** Le chemin du dossier ; il existe au retour. */
    public Path path() throws IOException {
        all.add(this);
        return Files.createDirectories(path);
    }

    /** Vrai tant que le dossier est là. */
    public boolean exists() {
        return Files.exists(path);
    }

    /** Vrai si ce chemin est celui du dossier, ou y est rangé. */
    public boolean holds(Path file) {
        return file.startsWith(path);
    }

    /**
     * Efface le dossier et son contenu. Ce qui ne peut pas l'être, un fichier ouvert sous Windows par exemple, attend l'arrêt du programme.
     */
    @Override
    public void close() {
        try {
            delete(path);
            all.remove(this);
        } catch (IOException notYet) {
            // à l'arrêt du programme
        }
    }

    /**
     * Efface un dossier et tout ce qu'il contient, ou un fichier ; sans effet s'il n'existe pas. Les liens sont effacés, non suivis.
     *
     * @throws IOException si quelque chose résiste ; tout le reste est effacé quand même
     */
    public static void delete(Path folder) throws IOException {
        IOException first = null;
        try (var content = Files.walk(folder)) {
            for (var file : content.sorted(Comparator.reverseOrder()).toList()) first = delete(file, first);
        } catch (NoSuchFileException alreadyGone) {
            return;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (first != null) throw first;
    }

    private static IOException delete(Path file, IOException first) {
        try {
            Files.deleteIfExists(file);
            return first;
        } catch (IOException e) {
            return first == null ? e : first;
        }
    }
}
