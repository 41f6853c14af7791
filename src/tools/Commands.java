package tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Les programmes qu'une commande lance (pip, jbang, java). Leur sortie va dans {@code build}, dans un journal à son nom.
 * Aucun ne survit à la commande : ils sont arrêtés avec elle, et ceux qu'un arrêt brutal aurait laissés le sont au début
 * de la suivante, car ils écriraient dans les dossiers qu'elle refait.
 */
public final class Commands {
    private final Course course;
    private final Path children;
    private final Path log;
    private final String output;

    /** @param name le nom de ce que fait la commande, dont elle doit tenir le verrou : voir {@link Exclusive} */
    Commands(Course course, String name) throws IOException {
        this.course = course;
        children = course.build().resolve(name + ".children");
        log = course.build().resolve(name + ".log");
        output = name + "-output";
        stopOrphans();
        Files.deleteIfExists(log);
        try (var rests = Files.newDirectoryStream(course.build(), output + "*")) {
            for (var rest : rests) Files.delete(rest);
        }
    }

    /** Ce qu'un programme a répondu. */
    public record Result(int exitCode, String output) {
        public boolean ok() {
            return exitCode == 0;
        }

        public boolean mentions(String... words) {
            for (var word : words) if (output.contains(word)) return true;
            return false;
        }
    }

    public Result run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    public Result jbang(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(course.jbangw().toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Lance la commande depuis la racine du clone et attend sa fin ; interrompu, l'arrête. */
    public Result run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        var output = Files.createTempFile(course.build(), this.output, ".log");
        try {
            var builder = new ProcessBuilder(command).directory(course.home().toFile())
                    .redirectErrorStream(true).redirectOutput(output.toFile());
            // Un Python réglé pour autre chose (module ailleurs, installation par utilisateur) fausserait le .venv.
            List.of("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV",
                    "__PYVENV_LAUNCHER__").forEach(builder.environment()::remove);
            builder.environment().putAll(environment);
            var process = builder.start();
            process.getOutputStream().close();
            return new Result(await(process), append(command, output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private int await(Process process) throws IOException, InterruptedException {
        var stop = new Thread(() -> destroy(process.toHandle()));
        Runtime.getRuntime().addShutdownHook(stop);
        remember(process);
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            destroy(process.toHandle());
            throw e;
        } finally {
            unhook(stop);
        }
    }

    /** Retire un crochet d'arrêt ; trop tard si l'arrêt a commencé. */
    static void unhook(Thread stop) {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException _) {
            // La JVM s'arrête déjà.
        }
    }

    private String append(List<String> command, Path output) throws IOException {
        var text = new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.UTF_8);
        Files.writeString(log, "$ " + String.join(" ", command) + "\n" + text + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return text;
    }

    private void remember(Process process) throws IOException {
        Files.writeString(children, process.pid() + " " + started(process.toHandle()) + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Un numéro de processus sert plusieurs fois : l'heure de naissance dit si c'est bien le nôtre. */
    private void stopOrphans() throws IOException {
        if (!Files.exists(children)) return;
        var alive = new ArrayList<ProcessHandle>();
        for (var line : Files.readAllLines(children)) {
            var words = line.split(" ");
            if (words.length != 2) continue;
            ProcessHandle.of(Long.parseLong(words[0])).filter(p -> started(p).equals(words[1])).ifPresent(alive::add);
        }
        alive.forEach(Commands::destroy);
        Files.delete(children);
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("?");
    }

    private static void destroy(ProcessHandle process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
