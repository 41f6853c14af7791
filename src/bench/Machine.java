package bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.Commands;
import tools.Course;

/** Ce qu'il faut savoir d'une machine pour lire une mesure qui y a été faite. */
final class Machine {
    private static final String VERSIONS = """
            import platform, importlib.metadata as packages
            print("Python", platform.python_version(), end="")
            for name in ("ipykernel", "jupyter_client"): print(f", {name} {packages.version(name)}", end="")
            """;

    private Machine() {}

    /** @return une ligne : processeur, mémoire, système, JDK, Python et paquets de mesure */
    static String describe(Commands commands, Course course) throws IOException, InterruptedException {
        var python = commands.run(List.of(course.python().toString(), "-I", "-c", VERSIONS)).output().strip();
        return "Machine : " + Runtime.getRuntime().availableProcessors() + " cœurs (" + processor() + "), " + memory() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + " ; JDK " + Runtime.version() + " ("
                + System.getProperty("java.vendor") + ") ; " + python + ".";
    }

    private static String processor() throws IOException, InterruptedException {
        var cpuinfo = Path.of("/proc/cpuinfo");
        var name = Optional.<String>empty();
        if (Files.exists(cpuinfo)) {
            name = Files.readAllLines(cpuinfo).stream().filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst();
        } else if (System.getProperty("os.name").startsWith("Mac")) {
            var process = new ProcessBuilder("sysctl", "-n", "machdep.cpu.brand_string").start();
            name = Optional.of(new String(process.getInputStream().readAllBytes()).strip());
            process.waitFor();
        }
        return name.or(() -> Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER"))).orElse(System.getProperty("os.arch"));
    }

    private static String memory() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return Math.round(system.getTotalMemorySize() / 1e9) + " Go";
    }
}
