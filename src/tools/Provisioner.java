package tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Le paquet Python par lequel Jupyter lance le noyau du cours ({@code src/tools/provisioner}), mis tel quel parmi les paquets d'un
 * environnement Python : sans pip, donc sans réseau.
 */
public final class Provisioner {
    /** Le nom sous lequel Jupyter le connaît : celui de {@code entry_points.txt}. */
    static final String NAME = "java-asynchrone";
    /** La variable d'environnement qui, à 0, se passe du noyau de réserve : voir {@code spare.py}. */
    static final String SWITCH = "JAVA_ASYNCHRONE_SPARE";

    private final Course course;
    private final Path environment;

    /** Pour l'environnement du cours, {@code .venv}. */
    Provisioner(Course course) {
        this(course, course.venv());
    }

    private Provisioner(Course course, Path environment) {
        this.course = course;
        this.environment = environment;
    }

    /** Met le paquet dans cet autre environnement, et fait que son noyau {@code java}, déjà installé, soit lancé par lui. */
    public static void adopt(Course course, Path environment) throws IOException {
        new Provisioner(course, environment).install();
        var spec = environment.resolve("share/jupyter/kernels/java/kernel.json");
        var adopted = Files.readString(spec).replace("{" + KernelInstall.METADATA + "}", "{" + KernelInstall.sparedMetadata() + "}");
        Folders.replace(spec, temporary -> Files.writeString(temporary, adopted));
    }

    boolean isReady() throws IOException {
        return Fingerprint.matches(stamp(), fingerprint());
    }

    void install() throws IOException {
        var packages = packages();
        for (var file : files()) {
            var target = packages.resolve(source().relativize(file).toString());
            Files.createDirectories(target.getParent());
            Folders.replace(target, temporary -> Files.copy(file, temporary, StandardCopyOption.REPLACE_EXISTING));
        }
        Fingerprint.write(stamp(), fingerprint());
    }

    private Path source() {
        return course.home().resolve("src/tools/provisioner");
    }

    private Path stamp() {
        return environment.resolve("provisioner.stamp");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.walk(source())) {
            return files.filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".pyc")).sorted().toList();
        }
    }

    private String fingerprint() throws IOException {
        var fingerprint = new Fingerprint();
        for (var file : files()) fingerprint.add(source().relativize(file)).addFiles(file);
        return fingerprint.value();
    }

    /** {@code lib/python3.13/site-packages} ; sous Windows, {@code Lib/site-packages}. */
    private Path packages() throws IOException {
        if (Course.onWindows()) return environment.resolve("Lib/site-packages");
        try (var versions = Files.newDirectoryStream(environment.resolve("lib"), "python3*")) {
            return versions.iterator().next().resolve("site-packages");
        }
    }
}
