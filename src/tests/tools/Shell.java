package tools;

import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Lance de vrais programmes, comme le ferait une personne dans son terminal, et dit ce qu'ils ont répondu. */
public final class Shell {
    /** Au-delà, le programme est tenu pour bloqué ; une machine chargée ne doit pas y arriver. */
    private static final int LIMIT_SECONDS = 420;

    private Shell() {}

    public record Result(int exitCode, String out, String err) {}

    public static Path course() {
        try {
            return Course.find().home();
        } catch (UserError e) {
            throw new IllegalStateException(e.getMessage());
        }
    }

    public static String jbangw() {
        return course().resolve("jbangw").toString();
    }

    /** Le jar de jbang que jbangw garde pour cet utilisateur. */
    public static Path jbangJar() throws IOException {
        var home = System.getenv("HOME");
        var version = Files.readString(course().resolve("jbangw")).replaceFirst("(?s).*\nJBANG_VERSION=(\\S+).*", "$1");
        for (var folder : List.of(System.getenv().getOrDefault("XDG_CACHE_HOME", home + "/.cache"), home + "/Library/Caches")) {
            var jar = Path.of(folder, "jbangw", "jbang-cli-" + version + "-all.jar");
            if (Files.exists(jar)) return jar;
        }
        throw new IOException("le jar de jbang n'est pas dans le cache de jbangw");
    }

    static ProcessBuilder builder(Path folder, Map<String, String> environment, String... command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        // Ces variables viennent du jbangw qui exécute les tests : un terminal neuf ne les a pas.
        List.of("COURSE_HOME", "JBANGW", "JAVA_HOME").forEach(builder.environment()::remove);
        environment.forEach((name, value) -> builder.environment().put(name, value));
        return builder;
    }

    public static Result run(Path folder, Map<String, String> environment, String... command) throws Exception {
        var out = Files.createTempFile("out", ".txt");
        var err = Files.createTempFile("err", ".txt");
        try {
            var process = builder(folder, environment, command)
                    .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            return new Result(await(process), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    static int await(Process process) throws InterruptedException {
        try {
            if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) return process.exitValue();
            throw new AssertionError("le programme n'a pas fini en " + LIMIT_SECONDS + " s");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Les programmes ordinaires d'un système, mais ni java, ni jbang, ni python : le PATH d'une machine nue. */
    public static String bareTools(Path folder) throws IOException {
        for (var tool : List.of("awk", "basename", "cat", "cp", "dirname", "grep", "head", "mkdir", "mktemp",
                "mv", "openssl", "readlink", "rm", "sed", "sha256sum", "shasum", "tr", "uname")) {
            for (var bin : List.of("/bin", "/usr/bin")) {
                if (Files.exists(Path.of(bin, tool))) script(folder.resolve(tool), "exec " + bin + "/" + tool + " \"$@\"");
            }
        }
        return folder.toString();
    }

    static void script(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n").toFile().setExecutable(true);
    }

    /** Copie le cours sans ce qu'il a produit : un clone tout neuf. */
    public static Path freshClone(Path target) throws IOException {
        var names = new ArrayList<>(List.of("jbangw", "jbang-catalog.json", "requirements.txt", "src", "notebooks"));
        Files.createDirectories(target);
        for (var name : names) copy(course().resolve(name), target.resolve(name));
        return target;
    }

    static void copy(Path source, Path target) throws IOException {
        try (var files = Files.walk(source)) {
            for (var file : files.toList()) {
                Files.copy(file, target.resolve(source.relativize(file).toString()),
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
