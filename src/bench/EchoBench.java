package bench;

import asynchelpers.EchoServer;
import cli.Console;
import cli.UserError;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.Commands;
import tools.Course;
import tools.Setup;

/**
 * Le serveur d'écho du cours, à côté d'autres. Chaque serveur a son programme, lancé pour une mesure, avec ses réglages d'origine ; les
 * clients sont ici, les mêmes pour tous : {@link EchoLoad}. La mémoire est celle du serveur seul, rapportée à ses connexions.
 */
final class EchoBench {
    private static final int SPARE_DESCRIPTORS = 200;             // pour tout le reste du programme
    private static final int PATIENCE = 60;                       // secondes laissées à un serveur pour donner son port

    private EchoBench() {}

    /**
     * Combien de fois faire chaque chose.
     *
     * @param seconds la durée d'une mesure, sans sa mise en train
     */
    record Plan(int rounds, List<Integer> connections, double seconds) {
        static final Plan FULL = new Plan(5, List.of(1, 100, 1_000, 10_000), 2);
        static final Plan QUICK = new Plan(1, List.of(1, 100, 1_000), 0.5);

        Plan withRounds(int number) {
            return new Plan(number, connections, seconds);
        }
    }

    /** @param command ce qui le lance : il écrit « port=... », et s'arrête quand son entrée se ferme */
    private record Contender(String title, List<String> command) {}

    /** Notre serveur, dans un programme à part. */
    public static void main(String... args) throws IOException {
        try (var server = EchoServer.start(0)) {
            System.out.println("port=" + server.port());
            while (System.in.read() >= 0) {}
        }
    }

    static void run(Course course, Plan plan, Path python) throws Exception {
        requireDescriptors(plan.connections().getLast());
        Setup.prepare(course);
        Bench.ALONE.run(course, commands -> {
            var visits = Turns.measure(plan.rounds(), contenders(course, commands, python), Contender::title,
                    contender -> visit(contender, plan));
            System.out.println(Console.french("\n" + Machine.describe(commands, course) + load() + "\n\n")
                    + new BenchTable(rows(plan), visits));
        });
    }

    /** @throws UserError si le système n'accorde pas à un programme autant de connexions */
    static void requireDescriptors(int connections) throws UserError {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) return;
        var needed = connections + SPARE_DESCRIPTORS;
        if (system.getMaxFileDescriptorCount() < needed) throw UserError.failed(("Ce système n'accorde que %s fichiers ouverts à un "
                + "programme, et cette mesure en demande %s : tapez d'abord « ulimit -n %d », ou mesurez moins de connexions avec --quick.")
                .formatted(BenchTable.number(system.getMaxFileDescriptorCount()), BenchTable.number(needed), needed));
    }

    private static List<Contender> contenders(Course course, Commands commands, Path python) throws Exception {
        var java = Course.jdk().resolve("bin/java").toString();
        var script = course.home().resolve("src/bench/echo.py").toString();
        var contenders = new ArrayList<Contender>();
        if (!JobsBench.canImport(commands, python, "asyncio")) throw JobsBench.notPython(python);
        contenders.add(new Contender("Netty", List.of(java, "-cp", nettyClassPath(commands), "NettyEcho")));
        contenders.add(new Contender("asyncio", List.of(python.toString(), script, "asyncio")));
        if (JobsBench.canImport(commands, python, "uvloop"))
            contenders.add(new Contender("uvloop", List.of(python.toString(), script, "uvloop")));
        else System.out.println(Console.french(JobsBench.NO_UVLOOP));
        var go = course.build().resolve("bench-echo-go");
        if (builtByGo(commands, course.home().resolve("src/bench/echo.go"), go))
            contenders.add(new Contender("Go", List.of(go.toString())));
        else System.out.println(Console.french("Go n'est pas installé : il n'est pas mesuré."));
        contenders.add(new Contender("Java", List.of(java, "-cp", System.getProperty("java.class.path"), EchoBench.class.getName())));
        return contenders;
    }

    /** Netty n'est une dépendance que de son propre fichier : jbang le compile à part, et dit où il l'a mis. */
    private static String nettyClassPath(Commands commands) throws Exception {
        var script = "src/bench/netty/NettyEcho.java";
        var built = commands.jbang("build", script);
        if (!built.ok())
            throw UserError.failed("Netty n'a pas pu être préparé, peut-être faute de réseau : le détail est dans build/bench.log.");
        return commands.jbang("--quiet", "info", "classpath", script).output().lines().toList().getLast().strip();
    }

    private static boolean builtByGo(Commands commands, Path source, Path program) throws InterruptedException {
        try {
            return commands.run(List.of("go", "build", "-o", program.toString(), source.toString())).ok();
        } catch (IOException e) {
            return false;                                         // pas de commande go
        }
    }

    private static Properties visit(Contender contender, Plan plan) throws Exception {
        var visit = new Properties();
        for (int connections : plan.connections()) measure(contender, connections, plan.seconds(), visit);
        return visit;
    }

    private static void measure(Contender contender, int connections, double seconds, Properties visit) throws Exception {
        var server = new ProcessBuilder(contender.command()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            int port = port(server, contender);
            try (var few = new EchoLoad(port, 1)) {
                few.talk(seconds);                                // le serveur charge et compile son code, que l'on ne compte pas
            }
            var before = memory(server);
            try (var load = new EchoLoad(port, connections)) {
                load.talk(seconds / 2);
                visit.setProperty(connections + ".rate", "" + load.talk(seconds));
                visit.setProperty(connections + ".lost", "" + load.lost());
                visit.setProperty(connections + ".memory", "" + (memory(server) - before) / connections);
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** Le port, que le serveur écrit dès qu'il écoute. Un serveur muet est arrêté : sa sortie se ferme alors, et l'attente finit. */
    private static int port(Process server, Contender contender) throws IOException, UserError {
        var limit = CompletableFuture.runAsync(server::destroyForcibly, CompletableFuture.delayedExecutor(PATIENCE, TimeUnit.SECONDS));
        var line = server.inputReader().readLine();
        limit.cancel(false);
        if (line == null || !line.startsWith("port="))
            throw UserError.failed("Le serveur d'écho " + contender.title() + " n'a pas démarré.");
        return Integer.parseInt(line.replace("port=", ""));
    }

    /** En kibioctets ; NaN là où le système ne la dit pas. */
    private static double memory(Process process) throws IOException {
        var status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) return Double.NaN;
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(Double.NaN);
    }

    private static String load() {
        var load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? "" : String.format(Locale.FRENCH, " Charge à la fin : %.1f.", load);
    }

    private static List<BenchTable.Row> rows(Plan plan) {
        var rows = new ArrayList<BenchTable.Row>();
        for (int connections : plan.connections()) {
            var title = BenchTable.number(connections) + (connections == 1 ? " connexion, " : " connexions, ");
            rows.add(new BenchTable.Row(connections + ".rate", title + "échos par seconde", EchoBench::thousands));
            rows.add(new BenchTable.Row(connections + ".lost", title + "échos perdus", lost -> BenchTable.number((long) lost)));
            if (connections >= 1000)
                rows.add(new BenchTable.Row(connections + ".memory", title + "mémoire de chacune", EchoBench::kibibytes));
        }
        return rows;
    }

    private static String thousands(double rate) {
        return String.format(Locale.FRENCH, "%.1f\u00a0k", rate / 1000);
    }

    private static String kibibytes(double value) {
        return String.format(Locale.FRENCH, "%.1f\u00a0Ko", value);
    }
}
