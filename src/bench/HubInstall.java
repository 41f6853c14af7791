package bench;

import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.Commands;
import tools.Course;
import tools.Fingerprint;
import tools.Folders;
import tools.Provisioner;
import tools.Venv;

/**
 * JupyterHub et le noyau du cours, installés comme le dit ADMINISTRER.md, mais dans un environnement Python à eux : l'essai ne change pas
 * {@code .venv}.
 *
 * @param python le Python dont cet environnement est fait ; les élèves doivent pouvoir l'exécuter
 */
record HubInstall(Course course, Path folder, Path python) {

    /** Son rôle : mener chaque navigateur au serveur de son élève. Écrit aussi dans ADMINISTRER.md. */
    static final String PROXY = "configurable-http-proxy@5.1.0";

    Path program(String name) {
        return folder.resolve("bin").resolve(name);
    }

    void prepare(Commands commands) throws Exception {
        if (!Fingerprint.matches(stamp(), fingerprint())) Console.step("JupyterHub, dans build/class", () -> build(commands));
        Provisioner.adopt(course, folder);
    }

    private void build(Commands commands) throws Exception {
        Folders.delete(folder, course.build().resolve("trash"));
        check(commands.run(List.of(python.toString(), "-I", "-m", "venv", folder.toString())));
        for (var list : List.of("requirements.txt", "src/hub/requirements.txt"))
            check(commands.run(List.of(program("pip").toString(), "install", "--no-input", "--progress-bar", "off",
                    "--disable-pip-version-check", "-r", course.home().resolve(list).toString()), Map.of("PIP_RETRIES", "2")));
        installProxy(commands);
        check(commands.jbang("install-kernel", "--prefix", folder.toString()));
        Fingerprint.write(stamp(), fingerprint());
    }

    private void installProxy(Commands commands) throws Exception {
        try {
            check(commands.run(List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString(), PROXY)));
        } catch (IOException e) {
            throw UserError.failed("La commande npm manque : JupyterHub en a besoin (Debian, Ubuntu : « sudo apt install npm »).");
        }
    }

    private static void check(Commands.Result result) throws UserError {
        if (result.ok()) return;
        if (result.mentions("npm error network", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED"))
            throw UserError.failed("JupyterHub n'a pas pu être installé : le réseau ne répond pas.");
        var sentence = Venv.explain(result, "JupyterHub n'a pas pu être installé").getMessage();
        throw UserError.failed(sentence.replace("build/setup.log", "build/class.log"));
    }

    private Path stamp() {
        return folder.resolve("class.stamp");
    }

    private String fingerprint() throws IOException {
        return new Fingerprint().add(python).add(folder).add(PROXY).addFiles(course.home().resolve("requirements.txt"))
                .addFiles(course.home().resolve("src/hub/requirements.txt")).addFiles(course.kernelspec("java").resolve("kernel.jar"))
                .addFiles(course.kernelspec("java").resolve("kernel.json")).value();
    }
}
