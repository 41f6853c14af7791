package kernel.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Le dossier temporaire de ce processus, créé à la première demande, lisible de son propriétaire seul, effacé à la fin. */
public final class TempFolder implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("java-kernel-(\\d+)-.*");

    private Path root;
    private volatile boolean closed;

    /** Écrit un fichier de ce dossier, s'il n'y est pas. {@link #close}, appelée pendant ce temps, en attend la fin, pour tout effacer. */
    public synchronized void write(String file, InputStream content) throws IOException {
        Path target = root().resolve(file);
        if (Files.exists(target)) return;
        Files.createDirectories(target.getParent());
        Files.copy(content, target);
    }

    /** Le dossier de ce nom, créé s'il manque. */
    public synchronized Path directory(String name) throws IOException {
        return Files.createDirectories(root().resolve(name));
    }

    /** Vrai quand le noyau s'arrête. */
    public boolean isClosed() {
        return closed;
    }

    private synchronized Path root() throws IOException {
        if (closed) throw new IOException("le noyau s'arrête");
        if (root == null) root = Files.createTempDirectory("java-kernel-" + ProcessHandle.current().pid() + "-");
        return root;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (root != null) delete(root);
        root = null;
        try (Stream<Path> neighbours = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            neighbours.filter(TempFolder::isAbandoned).forEach(TempFolder::delete);
        } catch (IOException | UncheckedIOException e) {
            // ils attendront un autre noyau
        }
    }

    /** Vrai pour le dossier d'un noyau de cet utilisateur, fini sans avoir pu l'effacer : tué, ou la machine arrêtée. */
    private static boolean isAbandoned(Path folder) {
        var matcher = NAME.matcher(folder.getFileName().toString());
        return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty() && isOurs(folder);
    }

    /** Sur une machine partagée, les dossiers des autres ne sont ni à effacer, ni à signaler. */
    private static boolean isOurs(Path folder) {
        try {
            String owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName();
            return ProcessHandle.current().info().user().filter(owner::equals).isPresent();
        } catch (IOException e) {
            return false;                                                        // un autre noyau vient de l'effacer
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException | UncheckedIOException e) {
            Log.warn("dossier temporaire non effacé : " + folder, e);
        }
    }
}
