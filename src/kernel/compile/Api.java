package kernel.compile;

import display.Display;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import kernel.cell.CellValue;
import kernel.support.TempFolder;

/** Les classes du programme que le compilateur des cellules voit d'emblée : tout le paquet {@code display}, et {@link CellValue}. */
public final class Api {
    private static final String DISPLAY = Display.class.getPackageName();
    private static List<String> display;                                         // lu à la première demande : peu de cellules s'en servent

    private Api() {}

    /** Les noms de ces classes qui sont dans ce paquet. */
    static List<String> in(String packageName) {
        if (packageName.equals(DISPLAY)) return display();
        return packageName.equals(CellValue.class.getPackageName()) ? List.of(CellValue.class.getName()) : List.of();
    }

    /** Le contenu d'une de ces classes. */
    static InputStream open(String className) {
        return Api.class.getClassLoader().getResourceAsStream(file(className));
    }

    /**
     * Écrit ces classes dans un dossier, pour qui ne sait lire que des fichiers.
     *
     * @return le dossier où commence leur paquet
     */
    public static Path writeTo(TempFolder folder) throws IOException {
        for (String name : List.of(DISPLAY, CellValue.class.getPackageName()))
            for (String className : in(name))
                try (InputStream code = open(className)) {
                    folder.write("api/" + file(className), code);
                }
        return folder.directory("api");
    }

    private static String file(String className) {
        return className.replace('.', '/') + ".class";
    }

    private static synchronized List<String> display() {
        try {
            if (display == null) display = list(Display.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return display;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param program le jar ou le dossier d'où vient ce programme */
    private static List<String> list(URI program) throws IOException {
        Path place = Path.of(program);
        if (Files.isDirectory(place)) return names(place.resolve(DISPLAY));
        try (var jar = FileSystems.newFileSystem(place)) {
            return names(jar.getPath(DISPLAY));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".class"))
                    .map(name -> DISPLAY + "." + name.substring(0, name.length() - ".class".length())).sorted().toList();
        }
    }
}
