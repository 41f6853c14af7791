package bench;

import cli.Console;
import cli.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tools.Commands;
import tools.Course;
import tools.Setup;

/**
 * Compare notre noyau à ceux des autres. Chacun est mesuré à son tour, plusieurs fois : si la machine ralentit, elle
 * ralentit pour tous. Le client est celui de Jupyter, {@code jupyter_client} : voir {@code bench.py}.
 */
final class KernelBench {
    private KernelBench() {}

    /**
     * Combien de fois faire chaque chose.
     *
     * @param cells        cellules ordinaires dont on prend la médiane
     * @param declarations cellules qui déclarent chacune quelque chose
     * @param lines        lignes écrites par une cellule
     */
    record Plan(int rounds, int cells, int declarations, int lines) {
        static final Plan FULL = new Plan(5, 30, 300, 200_000);
        static final Plan QUICK = new Plan(1, 10, 30, 20_000);

        Plan withRounds(int number) {
            return new Plan(number, cells, declarations, lines);
        }
    }

    /** @param folder un dossier de noyaux, où le noyau {@code name} est rangé */
    private record Contender(String title, Path folder, String name, String encryption) {
        Contender(String title, Path folder, String name) {
            this(title, folder, name, "disabled");
        }
    }

    static void run(Course course, Plan plan, boolean encrypted) throws Exception {
        Setup.prepare(course);
        var ours = new Contender("le nôtre", course.kernelspec("java").getParent(), "java");
        var contenders = encrypted ? List.of(new Contender("clair", ours.folder(), ours.name()),
                new Contender("chiffré", ours.folder(), ours.name(), "auto")) : withOthers(course, ours);
        Bench.ALONE.run(course, commands -> {
            var table = new BenchTable(rows(plan), Turns.measure(plan.rounds(), contenders, Contender::title,
                    contender -> visit(course, plan, contender, commands)));
            System.out.println(Console.french("\n" + Machine.describe(commands, course) + "\n\n") + table);
        });
    }

    private static List<Contender> withOthers(Course course, Contender ours) throws Exception {
        Setup.prepareIjava(course, course.build().resolve("ijava/kernels/ijava"));
        return List.of(
                new Contender("ipykernel", ours.folder(), "python3"),
                new Contender("IJava 1.3.0", course.build().resolve("ijava/kernels"), "ijava"),
                new Contender("JJava 1.0a8", JjavaInstall.prepare(course), "java"),
                ours);
    }

    static List<BenchTable.Row> rows(Plan plan) {
        return List.of(
                new BenchTable.Row("start", "du lancement au premier résultat", BenchTable::seconds),
                new BenchTable.Row("start.bare", "le même, sans les 0,2 s d'attente fixe du client", BenchTable::seconds),
                new BenchTable.Row("cell", "cellule « 1 + 1 », les %d premières".formatted(plan.cells()), BenchTable::millis),
                new BenchTable.Row("cell.later", "la même, après %d déclarations vivantes".formatted(plan.declarations()),
                        BenchTable::millis),
                new BenchTable.Row("growth", "après, rapporté au début", BenchTable::ratio),
                new BenchTable.Row("class", "cellule de 15 lignes : une classe et son usage", BenchTable::millis),
                new BenchTable.Row("restart", "du redémarrage au premier résultat", BenchTable::seconds),
                new BenchTable.Row(BenchTable.SPARE + "start", "avec un noyau de réserve : du lancement au premier résultat",
                        BenchTable::seconds),
                new BenchTable.Row(BenchTable.SPARE + "start.bare", "le même, sans les 0,2 s d'attente fixe du client",
                        BenchTable::seconds),
                new BenchTable.Row(BenchTable.SPARE + "restart", "avec réserve : du redémarrage au premier résultat", BenchTable::seconds),
                new BenchTable.Row(BenchTable.SPARE + "cell", "avec réserve : cellule « 1 + 1 », les %d premières".formatted(plan.cells()),
                        BenchTable::millis),
                new BenchTable.Row(BenchTable.SPARE + "class", "avec réserve : la cellule de 15 lignes", BenchTable::millis),
                new BenchTable.Row(BenchTable.SPARE + "memory", "avec réserve : mémoire du noyau après 20 cellules", BenchTable::mebibytes),
                new BenchTable.Row("completion", "complétion (Tab)", BenchTable::millis),
                new BenchTable.Row("inspection", "documentation (Maj-Tab)", BenchTable::millis),
                new BenchTable.Row("memory", "mémoire après 20 cellules « 1 + 1 »", BenchTable::mebibytes),
                new BenchTable.Row("memory.later", "la même, après 20 autres, qui déclarent", BenchTable::mebibytes),
                new BenchTable.Row("output", BenchTable.number(plan.lines()) + " lignes, de la cellule au client", BenchTable::seconds));
    }

    private static Properties visit(Course course, Plan plan, Contender contender, Commands commands) throws Exception {
        var file = Files.createTempFile(course.build(), "bench", ".properties");
        try {
            var result = commands.run(List.of(course.python().toString(), "-I", course.home().resolve("src/bench/bench.py").toString(),
                    contender.folder().toString(), contender.name(), contender.encryption(), "" + plan.cells(), "" + plan.declarations(),
                    "" + plan.lines(), file.toString()), environment(course));
            if (!result.ok()) throw UserError.failed("Le client de mesure a échoué : le détail est dans build/bench.log.");
            return read(file);
        } finally {
            Files.delete(file);
        }
    }

    /** JJava prend la commande java du PATH : que ce soit le même JDK pour tous. Et l'historique de l'utilisateur reste le sien. */
    private static Map<String, String> environment(Course course) {
        var caches = course.build().resolve("bench");
        return Map.of("PATH", Course.jdk().resolve("bin") + File.pathSeparator + System.getenv("PATH"),
                "XDG_CACHE_HOME", caches.toString(), "IPYTHONDIR", caches.resolve("ipython").toString());
    }

    private static Properties read(Path file) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }
}
