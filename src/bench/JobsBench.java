package bench;

import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import tools.Commands;
import tools.Course;
import tools.Setup;

/**
 * Beaucoup de tâches à la fois, et le régulateur du cours, à côté d'asyncio. Chaque mesure a son programme, lancé pour elle : sa mémoire
 * est la sienne. La durée est celle des tâches, sans le démarrage de Java ou de Python.
 */
final class JobsBench {
    private static final List<Integer> PLACES = List.of(8, 1_000, 100_000);
    static final String NO_UVLOOP = "uvloop n'est pas installé dans ce Python : il n'est pas mesuré (--python en désigne un autre).";
    private static final double MOST_MEMORY = 4;                  // en Go, ce que chaque programme peut occuper au plus

    private JobsBench() {}

    /**
     * Combien de fois faire chaque chose.
     *
     * @param jobs    des tâches d'une seconde
     * @param crowd   davantage de ces tâches
     * @param entries des passages par un régulateur
     */
    record Plan(int rounds, int jobs, int crowd, int entries) {
        static final Plan FULL = new Plan(5, 100_000, 1_000_000, 300_000);
        static final Plan QUICK = new Plan(1, 10_000, 100_000, 30_000);

        Plan withRounds(int number) {
            return new Plan(number, jobs, crowd, entries);
        }
    }

    /** @param command ce qui le lance, avant ce qu'il doit faire */
    private record Contender(String title, List<String> command) {}

    /** @param arguments ce que le programme doit faire : voir {@link Jobs} */
    private record Measure(String key, String title, int count, List<String> arguments) {}

    static void run(Course course, Plan plan, Path python) throws Exception {
        Setup.prepare(course);
        Bench.ALONE.run(course, commands -> {
            var contenders = contenders(course, commands, python);
            var measures = measures(plan);
            var visits = new LinkedHashMap<String, List<Properties>>();
            for (var measure : measures) {
                System.out.println(measure.title());
                Turns.measure(plan.rounds(), contenders, Contender::title, contender -> visit(measure, contender, commands))
                        .forEach((title, measured) -> visits.merge(title, measured, JobsBench::merged));
            }
            System.out.println(Console.french("\n" + Machine.describe(commands, course) + "\n\n") + new BenchTable(rows(measures), visits));
        });
    }

    private static List<Contender> contenders(Course course, Commands commands, Path python) throws Exception {
        var script = course.home().resolve("src/bench/jobs.py").toString();
        var contenders = new ArrayList<Contender>();
        if (!canImport(commands, python, "asyncio")) throw notPython(python);
        contenders.add(new Contender("asyncio", List.of(python.toString(), script, "asyncio")));
        if (canImport(commands, python, "uvloop")) contenders.add(new Contender("uvloop", List.of(python.toString(), script, "uvloop")));
        else System.out.println(Console.french(NO_UVLOOP));
        contenders.add(new Contender("Java", List.of(Course.jdk().resolve("bin/java").toString(), "-Xmx%.0fg".formatted(MOST_MEMORY),
                "-cp", System.getProperty("java.class.path"), Jobs.class.getName())));
        return contenders;
    }

    static UserError notPython(Path python) {
        return UserError.failed("« " + python + " » n'exécute pas de Python : "
                + "après --python, donnez le chemin d'un Python 3.10 ou plus récent.");
    }

    static boolean canImport(Commands commands, Path python, String module) throws InterruptedException {
        try {
            return commands.run(List.of(python.toString(), "-c", "import " + module)).ok();
        } catch (IOException e) {
            return false;                                         // ce n'est pas un programme
        }
    }

    private static List<Measure> measures(Plan plan) throws IOException {
        var measures = new ArrayList<>(List.of(sleeping("jobs", plan.jobs())));
        if (availableMemory() >= MOST_MEMORY) measures.add(sleeping("crowd", plan.crowd()));
        else System.out.println(Console.french(String.format(Locale.FRENCH,
                "%s tâches demandent %.0f Go libres, et il y en a %.1f : cette mesure n'est pas faite.",
                BenchTable.number(plan.crowd()), MOST_MEMORY, availableMemory())));
        for (int places : PLACES)
            measures.add(new Measure("throttle." + places, "passages par un régulateur de %s places".formatted(BenchTable.number(places)),
                    plan.entries(), List.of("throttle", "" + plan.entries(), "" + places)));
        return measures;
    }

    private static Measure sleeping(String key, int count) {
        return new Measure(key, BenchTable.number(count) + " tâches d'une seconde", count, List.of("sleep", "" + count));
    }

    /** En Go ; sans limite connue, là où le système ne la dit pas. */
    private static double availableMemory() throws IOException {
        var meminfo = Path.of("/proc/meminfo");
        if (!Files.exists(meminfo)) return Double.MAX_VALUE;
        return Files.readAllLines(meminfo).stream().filter(line -> line.startsWith("MemAvailable:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0 / 1024).findFirst().orElse(Double.MAX_VALUE);
    }

    private static List<Properties> merged(List<Properties> before, List<Properties> after) {
        for (var round = 0; round < after.size(); round++) before.get(round).putAll(after.get(round));
        return before;
    }

    private static Properties visit(Measure measure, Contender contender, Commands commands) throws Exception {
        var visit = new Properties();
        var result = commands.run(Stream.of(contender.command(), measure.arguments()).flatMap(List::stream).toList());
        var measured = new Properties();
        measured.load(new StringReader(result.output()));
        if (result.ok()) note(visit, measure, measured);
        else for (var row : rows(List.of(measure))) visit.setProperty(row.key() + ".note", "échec, voir build/bench.log");
        return visit;
    }

    private static void note(Properties visit, Measure measure, Properties measured) {
        double seconds = Double.parseDouble(measured.getProperty("seconds"));
        visit.setProperty(measure.key(), "" + seconds);
        visit.setProperty(measure.key() + ".rate", "" + measure.count() / seconds);
        if (measured.containsKey("memory")) visit.setProperty(measure.key() + ".memory", measured.getProperty("memory"));
    }

    private static List<BenchTable.Row> rows(List<Measure> measures) {
        var rows = new ArrayList<BenchTable.Row>();
        for (var measure : measures) {
            if (measure.key().startsWith("throttle"))
                rows.add(new BenchTable.Row(measure.key() + ".rate", measure.title() + ", par seconde", JobsBench::thousands));
            else {
                rows.add(new BenchTable.Row(measure.key(), measure.title() + ", durée", BenchTable::seconds));
                rows.add(new BenchTable.Row(measure.key() + ".memory", measure.title() + ", mémoire", BenchTable::mebibytes));
            }
        }
        return rows;
    }

    private static String thousands(double rate) {
        return String.format(Locale.FRENCH, "%.0f\u00a0k", rate / 1000);
    }
}
