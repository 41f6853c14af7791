package tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Un environnement Python écrit son propre chemin dans ses scripts : quand le clone a changé de place, le remettre
 * d'aplomb prend un instant et se passe de réseau, alors que le refaire demande tout un téléchargement.
 */
final class MovedVenv {
    private MovedVenv() {}

    /** Remplace l'ancien chemin par le nouveau dans {@code bin} et {@code pyvenv.cfg}. Peut être refait sans dommage. */
    static void repair(Path venv, String oldPath) throws IOException {
        rewrite(venv.resolve("pyvenv.cfg"), venv, oldPath);
        try (var files = Files.list(venv.resolve("bin"))) {
            for (var file : files.filter(f -> !Files.isSymbolicLink(f) && Files.isRegularFile(f)).toList()) {
                rewrite(file, venv, oldPath);
            }
        }
    }

    private static void rewrite(Path file, Path venv, String oldPath) throws IOException {
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        if (!text.contains(oldPath)) return;
        var executable = Files.isExecutable(file);
        var moved = text.startsWith("#!") ? withHeader(text, venv) : text.replace(oldPath, venv.toString());
        Folders.replace(file, temporary -> {
            Files.writeString(temporary, moved);
            temporary.toFile().setExecutable(executable, false);
        });
    }

    /** La première ligne d'un script ne supporte ni espace ni chemin long : pip passe alors par {@code sh}, comme ici. */
    private static String withHeader(String script, Path venv) {
        var lines = script.split("\n", -1);
        var header = lines[0].equals("#!/bin/sh") ? 3 : 1;
        var body = String.join("\n", java.util.Arrays.copyOfRange(lines, header, lines.length));
        return "#!/bin/sh\n'''exec' \"" + venv.resolve("bin/python") + "\" \"$0\" \"$@\"\n' '''\n" + body;
    }
}
