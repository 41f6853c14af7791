package kernel.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import jdk.jshell.JShell;

/**
 * Ce que les compilateurs des cellules voient, en plus du JDK. De lui-même, JShell part du classpath de la JVM : les cellules
 * verraient alors les bibliothèques du noyau. On le remplace donc, au début et après chaque ajout.
 */
public final class Classpath {
    private final List<Path> entries = new ArrayList<>();
    private final List<StandardJavaFileManager> managers = new ArrayList<>();

    /** Fait suivre ce classpath au gestionnaire de fichiers d'un compilateur, et le rend. */
    public StandardJavaFileManager watch(StandardJavaFileManager manager) {
        managers.add(manager);
        apply();
        return manager;
    }

    /** Ajoute un dossier de classes ou un jar, pour le compilateur et pour l'exécution. */
    public void add(JShell shell, String entry) {
        if (!entries.contains(Path.of(entry))) entries.add(Path.of(entry));
        shell.addToClasspath(entry);
        apply();
    }

    /** Le dossier de classes par où tout commence. */
    public void start(Path entry) {
        if (!entries.contains(entry)) entries.addFirst(entry);
        apply();
    }

    private void apply() {
        try {
            for (var manager : managers) manager.setLocationFromPaths(StandardLocation.CLASS_PATH, entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
