package kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Le dossier temporaire d'une session : les classes que le compilateur doit voir. Effacé à la fin. */
final class Workspace implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("java-kernel-(\\d+)-.*");
    private final Path root = Files.createTempDirectory("java-kernel-" + ProcessHandle.current().pid() + "-");

    Workspace() throws IOException {
        for (String name : display.Display.CLASSES) copyClass("display/" + name + ".class");
        copyClass("kernel/CellValue.class");
    }

    /** Les classes d'affichage que les cellules voient d'emblée. */
    Path api() {
        return root.resolve("api");
    }

    /** Un nouveau dossier vide. */
    Path directory(String name) throws IOException {
        return Files.createDirectories(root.resolve(name));
    }

    private void copyClass(String file) throws IOException {
        Path target = api().resolve(file);
        Files.createDirectories(target.getParent());
        try (InputStream in = Workspace.class.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, target);
        }
    }

    @Override public void close() {
        delete(root);
        try (Stream<Path> neighbours = Files.list(root.getParent())) {
            neighbours.filter(Workspace::isAbandoned).forEach(Workspace::delete);
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
