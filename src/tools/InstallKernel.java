///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw install-kernel

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES Setup.java ActivePython.java KernelFolders.java
package tools;

import cli.Arguments;
import cli.Command;
import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Installe le noyau hors du cours, là où Jupyter et VS Code cherchent les leurs. Le dossier installé se suffit : jar, cache
 * de démarrage, et jbangw pour les bibliothèques d'un {@code //DEPS}. Effacer le clone n'y change rien.
 */
public final class InstallKernel {
    private static final String HELP = """
            Usage : ./jbangw install-kernel [--user | --sys-prefix | --prefix DOSSIER] [--name NOM] [--remove]

            Installe le noyau « Java (asynchrone) » pour tous vos notebooks, hors du cours aussi : VS Code et tout
            JupyterLab le proposent alors. À refaire pour prendre une nouvelle version, ou quand le JDK change de place.

              --user            dans votre dossier Jupyter (c'est le choix par défaut)
              --sys-prefix      dans l'environnement Python actif, celui du python du PATH, qui doit avoir Jupyter
              --prefix DOSSIER  dans cette installation de Jupyter ou cet environnement Python
              --name NOM        sous un autre nom que « java », et affiché avec ce nom
              --remove          retire le noyau
            """;

    private InstallKernel() {}

    /**
     * @param prefix l'installation visée, ou null pour le dossier de l'utilisateur
     * @param python le Python de cette installation, s'il a été nommé par --sys-prefix ; sinon null
     */
    private record Options(Path prefix, ActivePython python, String name, boolean remove) {

        static Options parse(Arguments arguments) throws UserError {
            var user = arguments.flag("--user");
            var sysPrefix = arguments.flag("--sys-prefix");
            var remove = arguments.flag("--remove");
            var prefix = arguments.option("--prefix");
            var name = valid(arguments.option("--name").orElse("java"));
            arguments.end();
            if ((user ? 1 : 0) + (sysPrefix ? 1 : 0) + (prefix.isPresent() ? 1 : 0) > 1)
                throw UserError.usage("Choisissez entre --user, --sys-prefix et --prefix.");
            var python = sysPrefix ? ActivePython.find() : null;
            if (python != null) return new Options(python.prefix(), python, name, remove);
            return new Options(prefix.isPresent() ? existing(prefix.get()) : null, null, name, remove);
        }

        private static Path existing(String folder) throws UserError {
            var path = Path.of(folder).toAbsolutePath().normalize();
            if (!folder.isEmpty() && Files.isDirectory(path)) return path;
            throw UserError.usage("Après --prefix, il faut un dossier qui existe, celui d'une installation de Jupyter : « "
                    + folder + " » n'en est pas un.");
        }

        /** Ce que Jupyter accepte comme nom de noyau ; une casse de plus en ferait deux sous Linux et un seul ailleurs. */
        private static String valid(String name) throws UserError {
            if (name.matches("[a-z0-9][a-z0-9._-]*")) return name;
            throw UserError.usage("Après --name, il faut un nom fait de lettres minuscules sans accent, de chiffres, de points et "
                    + "de tirets, par exemple --name java-25.");
        }

        Path folder() {
            return (prefix == null ? userData(System.getenv()) : prefix.resolve("share/jupyter")).resolve("kernels").resolve(name);
        }

        String displayName() {
            return KernelInstall.DISPLAY_NAME + (name.equals("java") ? "" : ", " + name);
        }

        String removal() {
            return "./jbangw install-kernel --remove" + (prefix == null ? "" : " --prefix " + prefix)
                    + (name.equals("java") ? "" : " --name " + name);
        }
    }

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var options = Options.parse(arguments);
            try {
                if (options.remove()) remove(options);
                else install(Course.find(), options);
            } catch (AccessDeniedException e) {
                throw UserError.failed("Vous n'avez pas le droit d'écrire dans " + e.getFile() + " : avec --user, le noyau va "
                        + "dans votre propre dossier.");
            }
        });
    }

    /** Le dossier de données de Jupyter pour cet utilisateur, tel que Jupyter le définit (jupyter_core, « Data files »). */
    static Path userData(Map<String, String> environment) {
        var declared = environment.getOrDefault("JUPYTER_DATA_DIR", "");
        if (!declared.isEmpty()) return Path.of(declared).toAbsolutePath();
        if (Course.onWindows()) return Path.of(environment.get("APPDATA"), "jupyter");
        var home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
        if (System.getProperty("os.name").startsWith("Mac")) return home.resolve("Library/Jupyter");
        var shared = environment.getOrDefault("XDG_DATA_HOME", "");
        return (shared.isEmpty() ? home.resolve(".local/share") : Path.of(shared)).resolve("jupyter");
    }

    private static void install(Course course, Options options) throws Exception {
        var folder = options.folder();
        if (folder.equals(course.kernelspec("java"))) {
            throw UserError.usage("C'est là qu'est déjà le noyau du cours : ./jbangw setup s'en occupe.");
        }
        refuseOthers(folder, options.name());
        if (options.python() == null) Setup.prepare(course);
        var installed = new KernelInstall(course, folder, folder.resolve(course.jbangw().getFileName()), options.displayName());
        Setup.PREPARATION.run(course, commands -> Console.step("Installation du noyau", () -> {
            Files.createDirectories(folder);
            for (var script : List.of("jbangw", "jbangw.cmd")) Folders.copy(course.home().resolve(script), folder.resolve(script));
            if (options.python() == null) installed.copyFrom(new KernelInstall(course), commands);
            else installed.buildWith(options.python().executable(), commands);
        }));
        System.out.println(Console.french("Le noyau « " + options.displayName() + " » est dans ") + folder);
        System.out.println(Console.french("Pour le retirer : ") + options.removal());
        warnOfOthers(folder, options.name());
    }

    private static void warnOfOthers(Path folder, String name) throws IOException {
        var other = KernelFolders.sameName(name, folder, System.getenv());
        if (other.isEmpty()) return;
        System.err
                .println(Console.french("Attention : un autre noyau s'appelle aussi « " + name + " » (" + other + "). Jupyter n'en montre "
                        + "qu'un des deux, sans le dire. Pour les avoir tous deux : ./jbangw install-kernel --name java-asynchrone"));
    }

    private static void remove(Options options) throws IOException, UserError {
        var folder = options.folder();
        if (!Files.exists(folder.resolve("kernel.json"))) {
            throw UserError.failed("Il n'y a pas de noyau « " + options.name() + " » dans " + folder.getParent() + " : rien à retirer.");
        }
        refuseOthers(folder, options.name());
        Files.delete(folder.resolve("kernel.json")); // dès lors, Jupyter ne le voit plus
        Folders.deleteTree(folder);
        System.out.println(Console.french("Le noyau n'est plus dans ") + folder);
    }

    /** Un noyau qui n'est pas le nôtre n'est ni remplacé, ni retiré. */
    private static void refuseOthers(Path folder, String name) throws IOException, UserError {
        var spec = folder.resolve("kernel.json");
        if (!Files.exists(spec) || Files.readString(spec).contains("\"kernel.Kernel\"")) return;
        throw UserError.failed("Un autre noyau s'appelle déjà « " + name + " » dans " + folder.getParent()
                + " : choisissez-en un autre, par exemple --name java-asynchrone.");
    }
}
