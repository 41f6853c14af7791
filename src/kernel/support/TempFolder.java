package kernel.support;

import display.Display;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Le dossier temporaire d'une session, créé à la première demande : les classes que JShell doit voir. Effacé à la fin. */
public final class TempFolder implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("java-kernel-(\\d+)-.*");
    /** Les classes que le compilateur des cellules voit d'emblée. */
    public static final List<String> API = Stream.concat(Stream.of("kernel.cell.CellValue"), Display.CLASSES.stream().map(name -> "display." + name)).toList();

    private Path root;
    private volatile boolean closed;

    /** Le contenu d'une de ces classes. */
    public static InputStream open(String className) {
        return TempFolder.class.getClassLoader().getResourceAsStream(className.replace('.', '/') + ".class");
    }

    /** Le dossier de ces classes ; s'il faut l'emplir, {@link #close} attend la fin, pour tout effacer. */
    public synchronized Path api() throws IOException {
        Path api = root().resolve("api");
        for (String name : API) {
            Path file = api.resolve(name.replace('.', '/') + ".class");
            if (Files.exists(file)) continue;
            Files.createDirectories(file.getParent());
            try (InputStream in = open(name)) {
                Files.copy(in, file);
            }
        }
        return api;
    }

    /** Un nouveau dossier vide. */
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

    @Override public synchronized void close() {
        closed = true;
        if (root != null) delete(root);
        try (Stream<Path> neighbours = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            neighbours.filter(TempFolder::isAbandoned).forEach(TempFolder::delete);
        } catch (IOException | UncheckedIOException e) {
            // ils attendront un autre noyau
        }
    }

    /** Vrai pour le dossier d'un noyau fini sans avoir pu l'effacer : tué, ou la machine arrêtée. */
    private static boolean isAbandoned(Path folder) {
        var matcher = NAME.matcher(folder.getFileName().toString());
        return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException | UncheckedIOException e) {
            Log.warn("dossier temporaire non effacé : " + folder, e);
        }
    }
}
