package lessons.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Les quelques commandes que connaît une machine, écrites en Java : la leçon montre donc la même chose sous Linux, macOS et Windows.
 *
 * @param host le nom de la machine
 * @param home le dossier qu'elle montre
 * @param out où écrire la réponse
 * @param err où écrire les erreurs
 */
record SshShell(String host, Path home, OutputStream out, OutputStream err) {

    private interface OnFile {
        int apply(Path file) throws IOException;
    }

    /** Exécute une ligne ; rend son code de sortie, celui qu'un vrai shell donnerait. Une interruption arrête {@code sleep}. */
    int execute(String line) throws IOException, InterruptedException {
        var words = line.strip().split("\\s+");
        var argument = words.length > 1 ? words[1] : "";
        return switch (words[0]) {
            case "hostname" -> say(host);
            case "whoami" -> say(SshMachine.USER);
            case "echo" -> say(line.strip().substring("echo".length()).strip());
            case "sleep" -> sleep(argument);
            case "ls" -> argument.isEmpty() ? list() : onFile("ls", argument, _ -> say(argument));
            case "cat" -> onFile("cat", argument, file -> say(Files.readString(file).stripTrailing()));
            case "sha256sum" -> onFile("sha256sum", argument, file -> say(SshMachine.sha256(file) + "  " + argument));
            case "false" -> 1;
            case "true" -> 0;
            default -> fail(127, words[0] + " : commande inconnue de cette machine");
        };
    }

    private int say(String text) throws IOException {
        out.write((text + "\n").getBytes(UTF_8));
        return 0;
    }

    private int fail(int code, String text) throws IOException {
        err.write((text + "\n").getBytes(UTF_8));
        return code;
    }

    private int sleep(String seconds) throws IOException, InterruptedException {
        try {
            Thread.sleep(Duration.ofMillis((long) (1000 * Double.parseDouble(seconds))));
            return 0;
        } catch (NumberFormatException e) {
            return fail(1, "sleep : il faut un nombre de secondes, et non « " + seconds + " »");
        }
    }

    private int list() throws IOException {
        try (var files = Files.list(home)) {
            for (var file : files.map(Path::getFileName).sorted().toList()) say(file.toString());
        }
        return 0;
    }

    private int onFile(String command, String argument, OnFile action) throws IOException {
        var file = home.resolve(argument).normalize();
        if (!argument.isEmpty() && file.startsWith(home) && Files.isRegularFile(file)) return action.apply(file);
        return fail(2, command + " : « " + argument + " » n'existe pas");
    }
}
