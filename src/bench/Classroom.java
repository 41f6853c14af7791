package bench;

import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.Commands;
import tools.Course;
import tools.Exclusive;
import tools.Folders;
import tools.Setup;

/**
 * Une classe entière sur cette machine : un vrai JupyterHub, réglé comme le propose ADMINISTRER.md, et des élèves qui exécutent tous la
 * leçon 2 à la fois. L'administrateur crée un vrai compte par élève ; un autre utilisateur les met tous sous le sien.
 */
final class Classroom {

    private static final Exclusive CLASS = new Exclusive("class", "Une autre classe d'essai est en cours, attente de sa fin",
            "Interrompu : les comptes, les programmes et les dossiers de la classe d'essai sont effacés.");
    private static final Duration START = Duration.ofMinutes(3);
    private static final Path SYSTEM_PYTHON = Path.of("/usr/bin/python3");

    private final Course course;
    private final int count;
    private final Commands commands;
    private final Path folder;
    private final Path run;
    private final boolean accounts;
    private final HubInstall install;

    private Classroom(Course course, int count, Commands commands) throws Exception {
        this.course = course;
        this.count = count;
        this.commands = commands;
        folder = course.build().resolve("class");
        run = folder.resolve("run");
        accounts = everybodyCanUse(course.home().resolve("src/hub/student"), Course.java(), SYSTEM_PYTHON);
        install = new HubInstall(course, folder.resolve("venv"), accounts ? SYSTEM_PYTHON : course.python());
    }

    /** @param count le nombre d'élèves */
    static void run(Course course, int count) throws Exception {
        if (!Files.exists(Path.of("/proc/self/smaps_rollup")))
            throw UserError.failed("La classe d'essai demande Linux : c'est là que JupyterHub et la mémoire se mesurent.");
        Setup.prepare(course);
        CLASS.run(course, commands -> new Classroom(course, count, commands).play());
    }

    /** Vrai si nous sommes root, et si un compte quelconque peut lire et exécuter ces fichiers. */
    private static boolean everybodyCanUse(Path... files) throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) return false;
        for (var file : files)
            if (StudentAccounts.run("runuser", "-u", "nobody", "--", "test", "-r", file.toString(), "-a", "-x", file.toString()) != 0)
                return false;
        return true;
    }

    private void play() throws Exception {
        install.prepare(commands);
        Folders.deleteTree(run);
        Files.createDirectories(run.resolve("homes"));
        Files.createDirectory(run.resolve("state"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        System.out.println(Console.french(accounts
                ? count + " comptes de cette machine, créés pour l'essai, effacés ensuite."
                : count + " élèves, tous sous ce compte : il faut être root, et que tous puissent lire ce dossier, pour créer les leurs."));
        var secrets = Map.of("CLASSROOM_TOKEN", secret(), "CLASSROOM_PASSWORD", secret());
        try (var _ = accounts ? StudentAccounts.create(count, run.resolve("homes"), secrets.get("CLASSROOM_PASSWORD")) : null) {
            prepareHomes();
            playWithHub(secrets);
        } finally {
            Folders.deleteTree(run);
        }
    }

    /** Sans comptes, personne ne les a créés. */
    private void prepareHomes() throws IOException {
        for (var name : StudentAccounts.names(count)) Files.createDirectories(run.resolve("homes").resolve(name));
    }

    private static String secret() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** @param secrets ce que le hub et les élèves savent, par l'environnement : toute la machine peut lire une ligne de commande */
    private void playWithHub(Map<String, String> secrets) throws Exception {
        var ports = freePorts(3);
        var address = "http://127.0.0.1:" + ports.getFirst();
        var hub = new FutureTask<>(() -> commands.run(hubCommand(), hubEnvironment(ports, secrets)));
        var thread = Thread.ofVirtual().start(hub);
        try {
            Console.step("JupyterHub", () -> awaitHub(hub, address));
            var result = Console.step("La leçon 2, " + count + " élèves à la fois", () -> commands.run(studentsCommand(address), secrets));
            System.out.println(Console.french("\n" + Machine.describe(commands, course)));
            System.out.println(Console.french(result.output()));
            if (!result.ok()) throw UserError.failed("Tous les élèves n'ont pas fini : voyez ci-dessus, et build/class/hub.log.");
        } finally {
            thread.interrupt();           // arrête le hub, et tout ce qui en descend
            thread.join();
        }
    }

    private List<String> hubCommand() {
        return List.of("sh", "-c", "exec \"$@\" > \"$0\" 2>&1", folder.resolve("hub.log").toString(),
                install.program("jupyterhub").toString(),
                "-f", course.home().resolve("src/bench/classroom_config.py").toString());
    }

    private Map<String, String> hubEnvironment(List<Integer> ports, Map<String, String> secrets) {
        var environment = new HashMap<>(secrets);
        environment.putAll(Map.of(
                "CLASSROOM_COURSE", course.home().toString(), "CLASSROOM_FOLDER", run.toString(),
                "CLASSROOM_PORTS", ports.stream().map(String::valueOf).collect(Collectors.joining(" ")),
                "COURSE_HUB_STATE", run.resolve("state").toString()));
        if (!accounts) environment.put("CLASSROOM_ONE_ACCOUNT", "1");
        return environment;
    }

    private List<String> studentsCommand(String address) {
        var seconds = 300 + 30 * count;
        var command = new ArrayList<>(List.of(install.program("python").toString(), "-I", "-X", "utf8",
                course.home().resolve("src/bench/classroom.py").toString(), address, "" + seconds));
        command.addAll(StudentAccounts.names(count));
        return command;
    }

    private static void awaitHub(FutureTask<Commands.Result> hub, String address) throws Exception {
        var ready = HttpRequest.newBuilder(URI.create(address + "/hub/health")).timeout(Duration.ofSeconds(5)).build();
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {       // HTTP/2 : le relais se tairait
            for (var end = System.nanoTime() + START.toNanos(); System.nanoTime() < end && !hub.isDone(); TimeUnit.MILLISECONDS.sleep(200))
                if (answers(client, ready)) return;
        }
        throw UserError.failed("JupyterHub n'a pas répondu à temps : le détail est dans build/class/hub.log.");
    }

    private static boolean answers(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false;                 // pas encore là
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (var socket : sockets) socket.close();
        }
    }
}
