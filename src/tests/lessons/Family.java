package lessons;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Un programme et tous ceux qu'il lance, même ceux qui se détachent de lui (un serveur PostgreSQL, par exemple) : ils héritent d'une
 * variable d'environnement. Elle ne se lit que sous Linux ; ailleurs, la famille paraît toujours vide.
 */
final class Family {

    private static final String VARIABLE = "COURSE_TEST_RUN";
    private static final Path PROCESSES = Path.of("/proc");
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final String mark = VARIABLE + "=" + UUID.randomUUID();

    void mark(ProcessBuilder builder) {
        builder.environment().put(VARIABLE, mark.substring(VARIABLE.length() + 1));
    }

    /** Attend que tous aient fini, puis arrête ceux qui restent. Bloque au plus {@code grace}, et le temps de les arrêter. */
    List<String> stopSurvivors(Duration grace) throws InterruptedException {
        var end = System.nanoTime() + grace.toNanos();
        var members = members();
        while (!members.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(PAUSE);
            members = members();
        }
        var names = members.stream().map(process -> process.pid() + " " + process.info().commandLine().orElse("?")).toList();
        members.forEach(ProcessHandle::destroyForcibly);
        return names;
    }

    private List<ProcessHandle> members() {
        return ProcessHandle.allProcesses().filter(this::isMember).toList();
    }

    private boolean isMember(ProcessHandle process) {
        try {
            var variables = Files.readString(PROCESSES.resolve(process.pid() + "/environ"), StandardCharsets.ISO_8859_1);
            return Stream.of(variables.split("\0")).anyMatch(mark::equals);
        } catch (IOException _) {
            return false;   // fini entre-temps, ou à un autre utilisateur
        }
    }
}
