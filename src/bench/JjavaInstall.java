package bench;

import cli.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.Commands;
import tools.Course;
import tools.Fingerprint;
import tools.Folders;
import tools.Setup;
import tools.Venv;

/**
 * JJava tel que publié, pour comparer. Il se déclare sous le nom de notre noyau, {@code java} : il reste donc hors de
 * {@code .venv}.
 */
public final class JjavaInstall {
    private final Course course;
    private final Path folder;

    private JjavaInstall(Course course) {
        this.course = course;
        folder = course.build().resolve("jjava");
    }

    /** L'installe s'il manque, après {@link Setup#prepare}, et rend le dossier de noyaux qui ne contient que lui. */
    public static Path prepare(Course course) throws Exception {
        var jjava = new JjavaInstall(course);
        if (!jjava.isReady()) Setup.PREPARATION.run(course, commands -> {
            if (!jjava.isReady()) Console.step("Noyau JJava", () -> jjava.build(commands));
        });
        return jjava.kernels();
    }

    private Path kernels() {
        return folder.resolve("share/jupyter/kernels");
    }

    private boolean isReady() throws IOException {
        return Files.exists(kernels().resolve("java/kernel.json")) && Fingerprint.matches(stamp(), fingerprint());
    }

    private void build(Commands commands) throws Exception {
        Folders.delete(folder, course.build().resolve("trash"));
        var result = commands.run(List.of(course.python().toString(), "-I", "-m", "pip", "install", "--no-input",
                "--no-deps", "--ignore-installed", "--progress-bar", "off", "--disable-pip-version-check",
                "--require-hashes", "--prefix", folder.toString(), "-r", requirements().toString()), Map.of("PIP_RETRIES", "2"));
        if (!result.ok()) throw Venv.explain(result, "JJava n'a pas pu être installé");
        Fingerprint.write(stamp(), fingerprint());
    }

    private Path requirements() {
        return course.home().resolve("src/bench/jjava.txt");
    }

    private Path stamp() {
        return folder.resolve("jjava.stamp");
    }

    private String fingerprint() throws IOException {
        return new Fingerprint().addFiles(requirements()).value();
    }
}
