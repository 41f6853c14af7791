///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw wheel

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES Setup.java
package tools;

import cli.Command;
import cli.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fait du noyau un paquet que pip installe dans tout Jupyter : un <em>wheel</em>, c'est-à-dire une archive zip et la liste de ses fichiers
 * (RECORD, du standard {@code binary distribution format} de Python). Il contient le jar, de quoi trouver un JDK 25 et jbang, et le paquet
 * Python qui tient un noyau de réserve.
 */
public final class Wheel {
    private static final String HELP = """
            Usage : ./jbangw wheel

            Fait du noyau un paquet Python, dans build/wheel : « pip install » l'installe dans tout Jupyter, sans le cours.
            Il s'y appelle java-asynchrone. Une autre machine n'a besoin que d'un JDK 25.
            """;
    private static final String NAME = "java_asynchrone_kernel-1.0";
    private static final String PACKAGE = "java_asynchrone/";
    private static final String INFO = NAME + ".dist-info/";
    private static final String KERNELSPEC = NAME + ".data/data/share/jupyter/kernels/java-asynchrone/";
    private static final int REGULAR_FILE = 0100000;
    private static final String TAGS = "Wheel-Version: 1.0\nGenerator: java-asynchrone\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

    private final Course course;
    private final Path root;

    /** @param root la racine du wheel */
    private Wheel(Course course, Path root) {
        this.course = course;
        this.root = root;
    }

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            arguments.end();
            var wheel = make(Course.find());
            System.out.println(Console.french("Le paquet est prêt : ") + "pip install " + wheel);
        });
    }

    private static Path make(Course course) throws Exception {
        var folder = Files.createDirectories(course.build().resolve("wheel"));
        var kernel = new KernelInstall(course, folder, course.jbangw(), KernelInstall.DISPLAY_NAME);
        var wheel = folder.resolve(NAME + "-py3-none-any.whl");
        Setup.PREPARATION.run(course, commands -> Console.step("Paquet Python du noyau", () -> {
            if (!kernel.jarIsReady()) kernel.buildJar(commands);
            Folders.replace(wheel, temporary -> {
                Files.deleteIfExists(temporary);
                // un zip avec les droits de ses fichiers : jbangw doit rester exécutable
                try (var zip = FileSystems.newFileSystem(URI.create("jar:" + temporary.toUri()),
                        Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
                    new Wheel(course, zip.getPath("/")).fill(kernel, folder.resolve("kernel.jar"));
                }
                declareFiles(temporary);
            });
        }));
        return wheel;
    }

    /**
     * pip ne rend exécutable que ce que le zip déclare être un fichier ordinaire (S_IFREG) ; le système de fichiers zip du JDK n'écrit que
     * les droits. Le type s'ajoute donc aux droits, dans le répertoire qui finit l'archive (format ZIP, 4.3.12 et 4.3.16).
     */
    private static void declareFiles(Path zip) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(zip)).order(ByteOrder.LITTLE_ENDIAN);
        var end = bytes.limit() - 22;
        var entry = bytes.getInt(end + 16);
        for (int left = bytes.getShort(end + 10); left > 0; left--) {
            var mode = bytes.getShort(entry + 40);
            if (mode != 0) bytes.putShort(entry + 40, (short) (mode | REGULAR_FILE));
            entry += 46 + bytes.getShort(entry + 28) + bytes.getShort(entry + 30) + bytes.getShort(entry + 32);
        }
        Files.write(zip, bytes.array());
    }

    private void fill(KernelInstall kernel, Path jar) throws Exception {
        for (var file : pythonFiles()) copy(file, PACKAGE + file.getFileName());
        for (var script : List.of("jbangw", "jbangw.cmd")) {
            copy(course.home().resolve(script), PACKAGE + script);
            Files.setPosixFilePermissions(root.resolve(PACKAGE + script), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        copy(jar, PACKAGE + "kernel.jar");
        write(PACKAGE + "java.options", kernel.jvmOptions().stream().collect(Collectors.joining("\n", "", "\n")));

        write(KERNELSPEC + "kernel.json", KernelInstall.kernelJson(List.of("python", "-m", "java_asynchrone", "{connection_file}"),
                KernelInstall.DISPLAY_NAME, KernelInstall.sparedMetadata()));
        for (var logo : KernelInstall.LOGOS) copy(course.home().resolve("src/tools/logo").resolve(logo), KERNELSPEC + logo);

        for (var file : List.of("METADATA", "entry_points.txt")) copy(sources().resolve(file), INFO + file);
        copy(course.home().resolve("LICENSE"), INFO + "LICENSE");
        write(INFO + "WHEEL", TAGS);
        write(INFO + "RECORD", record());
    }

    private Path sources() {
        return course.home().resolve("src/tools/wheel");
    }

    private List<Path> pythonFiles() throws IOException {
        var provisioner = course.home().resolve("src/tools/provisioner/java_asynchrone");
        try (var shared = Files.list(provisioner); var own = Files.list(sources())) {
            return java.util.stream.Stream.concat(shared, own).filter(file -> file.toString().endsWith(".py")).sorted().toList();
        }
    }

    private void copy(Path source, String target) throws IOException {
        Files.createDirectories(root.resolve(target).getParent());
        Files.copy(source, root.resolve(target));
    }

    private void write(String target, String text) throws IOException {
        Files.createDirectories(root.resolve(target).getParent());
        Files.writeString(root.resolve(target), text);
    }

    /** Chaque fichier, son empreinte et sa taille ; pip vérifie qu'il n'en manque pas. RECORD se nomme lui-même, sans plus. */
    private String record() throws Exception {
        var record = new StringBuilder();
        try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                var content = Files.readAllBytes(file);
                var digest = Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(content));
                record.append(root.relativize(file)).append(",sha256=").append(digest).append(',').append(content.length).append('\n');
            }
        }
        return record.append(INFO).append("RECORD,,\n").toString();
    }
}
