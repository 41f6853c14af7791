//SOURCES Origin.java
package tools;

import cli.UserError;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Les dossiers du cours.
 *
 * @param home la racine du clone, absolue
 */
public record Course(Path home) {

    /** @return le clone désigné par COURSE_HOME (jbangw le fait), sinon celui qui contient le dossier courant */
    public static Course find() throws UserError {
        var declared = System.getenv("COURSE_HOME");
        if (declared != null) return new Course(Path.of(declared).toAbsolutePath().normalize());
        for (var dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve("jbang-catalog.json")) && Files.isDirectory(dir.resolve("notebooks"))) {
                return new Course(dir);
            }
        }
        throw UserError.failed(Origin.of(System.getenv()).advice());
    }

    static boolean onWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }

    /** @return le Python du cours, une fois {@link Setup} passé */
    public Path python() {
        return venv().resolve(onWindows() ? "Scripts/python.exe" : "bin/python");
    }

    public Path venv() {
        return home.resolve(".venv");
    }

    /** @return le dossier de ce noyau dans {@code .venv} */
    public Path kernelspec(String name) {
        return venv().resolve("share/jupyter/kernels").resolve(name);
    }

    /** @return le dossier des fichiers de travail, jamais versionné */
    public Path build() {
        return home.resolve("build");
    }

    public Path jbangw() {
        return home.resolve(onWindows() ? "jbangw.cmd" : "jbangw");
    }

    /** @return le JDK qui exécute ce programme : c'est lui qui exécutera aussi le noyau */
    public static Path jdk() {
        return Path.of(System.getProperty("java.home"));
    }

    public static Path java() {
        return jdk().resolve(onWindows() ? "bin/java.exe" : "bin/java");
    }
}
