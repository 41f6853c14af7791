package tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Un autre utilisateur de la machine, sans aucun droit. Seul root peut le devenir : sinon, le test qui l'appelle est ignoré. */
public final class OtherUser {
    /** Ni root, ni nobody, que PostgreSQL prend quand root le lance. */
    public static final int UID = 65533;
    private static final List<String> BECOME = List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups");

    private OtherUser() {}

    /** @param output ce que la commande a écrit, erreurs comprises */
    public record Answer(int exitCode, String output) {}

    /** Ignore le test en cours, en disant pourquoi, si l'on ne peut pas devenir cet utilisateur. */
    public static void assumeAvailable() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self")) && (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "seul root, sous Linux, peut devenir un autre utilisateur");
        Assumptions.assumeTrue(runs("true"), "setpriv manque");
    }

    /** Un dossier comme /tmp : chacun y écrit, et tous peuvent y entrer. Ignore le test en cours comme {@link #assumeAvailable}. */
    public static Path sharedFolder() throws Exception {
        assumeAvailable();
        var shared = Files.createTempDirectory(Path.of("/tmp"), "shared-");
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        return shared;
    }

    private static boolean runs(String command) throws InterruptedException {
        try {
            return run(command).exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Exécute cette commande sous cet utilisateur. */
    public static Answer run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(Stream.concat(BECOME.stream(), Stream.of(command)).toList()).directory(Path.of("/").toFile())
                .redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(60, TimeUnit.SECONDS)) throw new AssertionError(String.join(" ", command) + " ne finit pas");
            return new Answer(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }
}
