package tools;

import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Le côté Python du cours : {@code .venv}, fait de {@code requirements.txt}, empreintes vérifiées. */
public final class Venv {
    private static final String MINIMUM = "3.10";
    /** JupyterLab en français, sans la question sur les nouvelles, pour qui l'ouvre depuis ce .venv. */
    private static final String LAB_SETTINGS = """
            {
              "@jupyterlab/translation-extension:plugin": {"locale": "fr_FR"},
              "@jupyterlab/apputils-extension:notification": {
                "fetchNews": "false", "checkForUpdates": false, "doNotDisturbMode": false
              }
            }
            """;
    private final Course course;

    Venv(Course course) {
        this.course = course;
    }

    /** @return vrai si {@code .venv} est entier, à jour, fait pour cet endroit, et son Python toujours là */
    boolean isReady() throws IOException, InterruptedException {
        return Fingerprint.matches(place(), course.venv().toString()) && isComplete();
    }

    /** Un Python que le système a retiré ou remplacé depuis ne répond plus pareil. */
    private boolean isComplete() throws IOException, InterruptedException {
        return Files.isExecutable(course.python()) && Fingerprint.matches(stamp(), fingerprint()) && hasItsPackages();
    }

    /** Vrai si rien de ce que pip a installé n'a disparu depuis ; ce que l'utilisateur a ajouté ne compte pas. */
    private boolean hasItsPackages() throws IOException {
        if (!Files.exists(packages())) return false;
        var folder = sitePackages();
        return Files.readAllLines(packages()).stream().allMatch(name -> Files.exists(folder.resolve(name)));
    }

    private void writePackages() throws IOException {
        try (var files = Files.list(sitePackages())) {
            var names = files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith(".dist-info")).sorted().toList();
            Files.write(packages(), names);
        }
    }

    private Path packages() {
        return course.venv().resolve("course.packages");
    }

    Path sitePackages() throws IOException {
        if (Course.onWindows()) return course.venv().resolve("Lib/site-packages");
        try (var versions = Files.newDirectoryStream(course.venv().resolve("lib"), "python3*")) {
            for (var version : versions) return version.resolve("site-packages");
        }
        return course.venv().resolve("lib");
    }

    /** @return vrai si {@code .venv} est bon mais a changé de place avec le clone : {@link #repair()} suffit */
    boolean hasMoved() throws IOException, InterruptedException {
        return !Course.onWindows() && Files.exists(place()) && isComplete();
    }

    void repair() throws IOException {
        MovedVenv.repair(course.venv(), Files.readString(place()));
        Fingerprint.write(place(), course.venv().toString());
    }

    void build(Commands commands) throws Exception {
        var python = findPython(commands);
        Folders.delete(course.venv(), course.build().resolve("trash"));
        makeVenv(commands, python);
        install(commands);
        writePackages();
        Fingerprint.write(place(), course.venv().toString());
        Fingerprint.write(stamp(), fingerprint());
    }

    boolean settingsAreReady() {
        return Fingerprint.matches(settings(), LAB_SETTINGS);
    }

    void writeSettings() throws IOException {
        Files.createDirectories(settings().getParent());
        Fingerprint.write(settings(), LAB_SETTINGS);
    }

    private Path settings() {
        return course.venv().resolve("share/jupyter/lab/settings/overrides.json");
    }

    private Path stamp() {
        return course.venv().resolve("course.stamp");
    }

    private Path place() {
        return course.venv().resolve("course.place");
    }

    private String fingerprint() throws IOException, InterruptedException {
        return new Fingerprint().add(version(course.python().toString()))
                .addFiles(course.home().resolve("requirements.txt")).value();
    }

    private static String version(String python) throws IOException, InterruptedException {
        var process = new ProcessBuilder(python, "-I", "-S", "-c", "import sys; print(sys.version)")
                .redirectErrorStream(true).start();
        process.getOutputStream().close();
        var answer = new String(process.getInputStream().readAllBytes());
        return process.waitFor() == 0 ? answer : "";
    }

    /** Chaque machine nomme son Python autrement ; le premier assez récent et complet est le bon. */
    private List<String> findPython(Commands commands) throws Exception {
        var check = "import sys; sys.exit(3 if sys.version_info < (3, 10) else 0)";
        List<String> incomplete = null;
        for (var candidate : candidates()) {
            if (answers(commands, candidate, check) != 0) continue;
            if (answers(commands, candidate, "import venv, ensurepip") == 0) return candidate;
            incomplete = candidate;
        }
        if (incomplete != null) {
            throw UserError.failed("Il manque à Python son module venv : installez-le "
                    + "(Debian, Ubuntu : « sudo apt install python3-venv »), puis relancez la commande.");
        }
        throw UserError.failed("Aucun Python " + MINIMUM + " ou plus récent sur cette machine : installez-le "
                + "(Debian, Ubuntu : « sudo apt install python3 python3-venv » ; macOS : « brew install python » ; "
                + "Windows : « winget install Python.Python.3.13 »), puis relancez la commande.");
    }

    private static List<List<String>> candidates() {
        var all = new ArrayList<List<String>>(List.of(List.of("python3"), List.of("python"), List.of("py", "-3")));
        for (var minor = 14; minor >= 10; minor--) all.add(List.of("python3." + minor));
        return all;
    }

    private static int answers(Commands commands, List<String> python, String code) throws InterruptedException {
        var command = new ArrayList<>(python);
        command.addAll(List.of("-I", "-c", code));
        try {
            return commands.run(command).exitCode();
        } catch (IOException _) {
            return -1; // pas de programme de ce nom
        }
    }

    private void makeVenv(Commands commands, List<String> python) throws Exception {
        var command = new ArrayList<>(python);
        command.addAll(List.of("-I", "-m", "venv", course.venv().toString()));
        var result = commands.run(command);
        if (!result.ok()) throw explain(result, "L'environnement Python n'a pas pu être créé");
    }

    private void install(Commands commands) throws Exception {
        var result = commands.run(List.of(course.python().toString(), "-I", "-m", "pip", "install", "--no-input",
                "--progress-bar", "off", "--disable-pip-version-check", "--require-hashes",
                "-r", course.home().resolve("requirements.txt").toString()), Map.of("PIP_RETRIES", "2"));
        if (!result.ok()) throw explain(result, "JupyterLab n'a pas pu être installé");
    }

    public static UserError explain(Commands.Result result, String what) {
        if (result.mentions("No space left", "Errno 28")) return UserError.failed(what + " : le disque est plein.");
        if (result.mentions("HASHES")) {
            return UserError.failed(what + " : un fichier téléchargé n'a pas l'empreinte attendue. Réessayez ; "
                    + "si cela continue, le réseau altère les téléchargements.");
        }
        if (result.mentions("NewConnectionError", "Name or service", "name resolution", "No matching distribution",
                "Max retries", "ConnectTimeout", "ProxyError", "SSLError")) {
            return UserError.failed(what + " : le réseau ne répond pas. Vérifiez la connexion, puis relancez la "
                    + "commande ; ce qui est déjà téléchargé sera gardé.");
        }
        return UserError.failed(what + " : le détail est dans build/setup.log.");
    }
}
