package tools;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Les dossiers où les Jupyter de cette machine cherchent leurs noyaux (jupyter_core, « Data files »). Quand deux ont le même nom, Jupyter
 * montre le premier trouvé, sans parler de l'autre.
 */
final class KernelFolders {
    private static final Pattern DISPLAY_NAME = Pattern.compile("\"display_name\"\\s*:\\s*\"([^\"]+)\"");

    private KernelFolders() {}

    /** @return le premier autre noyau de ce nom, à dire dans une phrase ; vide s'il n'y en a pas */
    static String sameName(String name, Path installed, Map<String, String> environment) throws IOException {
        for (var folder : all(environment)) {
            var spec = folder.resolve("kernels").resolve(name).resolve("kernel.json");
            if (!Files.isReadable(spec) || Files.isSameFile(spec.getParent(), installed)) continue;
            var display = DISPLAY_NAME.matcher(Files.readString(spec));
            return (display.find() ? "« " + display.group(1) + " », " : "") + "dans " + spec.getParent();
        }
        return "";
    }

    private static List<Path> all(Map<String, String> environment) {
        var folders = new ArrayList<Path>();
        for (var folder : paths(environment, "JUPYTER_PATH")) folders.add(Path.of(folder));
        folders.add(InstallKernel.userData(environment));
        for (var variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX"))
            for (var prefix : paths(environment, variable)) folders.add(Path.of(prefix, "share/jupyter"));
        for (var bin : paths(environment, "PATH")) if (hasJupyter(Path.of(bin))) folders.add(Path.of(bin).resolveSibling("share/jupyter"));
        folders.add(Path.of("/usr/local/share/jupyter"));
        folders.add(Path.of("/usr/share/jupyter"));
        return folders;
    }

    private static boolean hasJupyter(Path bin) {
        return Files.exists(bin.resolve("jupyter")) || Files.exists(bin.resolve("jupyter.exe"));
    }

    private static List<String> paths(Map<String, String> environment, String variable) {
        return List.of(environment.getOrDefault(variable, "").split(File.pathSeparator)).stream().filter(path -> !path.isEmpty()).toList();
    }
}
