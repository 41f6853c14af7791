package kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Le dossier temporaire d'une session : les classes que le compilateur doit voir. Effacé à la fin. */
final class Workspace implements AutoCloseable {
    private final Path root = Files.createTempDirectory("java-kernel-");

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
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException | UncheckedIOException e) {
            Log.warn("dossier temporaire non effacé : " + root, e);
        }
    }
}
