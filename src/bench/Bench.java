///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw bench kernel

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES *.java ../tools/*.java ../cli/*.java
package bench;

import cli.Arguments;
import cli.Command;
import cli.Console;
import cli.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tools.Commands;
import tools.Course;
import tools.Exclusive;
import tools.Setup;

/**
 * Compare notre noyau à ceux des autres. Chacun est mesuré à son tour, plusieurs fois : si la machine ralentit, elle
 * ralentit pour tous. Le client est celui de Jupyter, {@code jupyter_client} : voir {@code bench.py}.
 */
public final class Bench {
    private static final String HELP = """
            Usage : ./jbangw bench kernel [--rounds N] [--quick]

            Mesure ipykernel, IJava 1.3.0, JJava 1.0a8 et le noyau du cours, à tour de rôle, et montre une table.
            Pour des chiffres qui valent quelque chose, ne faites rien d'autre sur la machine pendant ce temps.

              --rounds N  le nombre de tours (5) ; un tour prend une à deux minutes
              --quick     un seul tour, de moins de cellules et de moins de lignes : pour essayer
            """;
    private static final Exclusive BENCH = new Exclusive("bench",
            "Un autre banc d'essai est en cours, attente de sa fin", "Interrompu : aucune mesure n'est gardée.");

    private Bench() {}

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
    private record Contender(String title, Path folder, String name) {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> run(Course.find(), plan(arguments)));
    }

    private static Plan plan(Arguments arguments) throws UserError {
        var plan = arguments.flag("--quick") ? Plan.QUICK : Plan.FULL;
        var rounds = arguments.numberOption("--rounds", 1, 999, plan.rounds());
        if (!arguments.text("").equals("kernel")) {
            throw UserError.usage("Dites quoi mesurer ; le seul banc d'essai est celui du noyau : ./jbangw bench kernel.");
        }
        arguments.end();
        return plan.withRounds(rounds);
    }

    private static void run(Course course, Plan plan) throws Exception {
        Setup.prepare(course);
        Setup.prepareIjava(course, course.build().resolve("ijava/kernels/ijava"));
        var ours = new Contender("le nôtre", course.kernelspec("java").getParent(), "java");
        var contenders = List.of(
                new Contender("ipykernel", ours.folder(), "python3"),
                new Contender("IJava 1.3.0", course.build().resolve("ijava/kernels"), "ijava"),
                new Contender("JJava 1.0a8", JjavaInstall.prepare(course), "java"),
                ours);
        BENCH.run(course, commands -> {
            var table = new BenchTable(plan, measure(course, plan, contenders, commands));
            System.out.println(Console.french("\n" + Machine.describe(commands, course) + "\n\n") + table);
        });
    }

    /** À tour de rôle : A B C D, A B C D... */
    private static Map<String, List<Properties>> measure(Course course, Plan plan, List<Contender> contenders, Commands commands)
            throws Exception {
        var visits = new LinkedHashMap<String, List<Properties>>();
        for (var round = 1; round <= plan.rounds(); round++) {
            for (var contender : contenders) {
                var visit = Console.step("Tour " + round + " sur " + plan.rounds() + ", " + contender.title(),
                        () -> visit(course, plan, contender, commands));
                visits.computeIfAbsent(contender.title(), _ -> new ArrayList<>()).add(visit);
            }
        }
        return visits;
    }

    private static Properties visit(Course course, Plan plan, Contender contender, Commands commands) throws Exception {
        var file = Files.createTempFile(course.build(), "bench", ".properties");
        try {
            var result = commands.run(List.of(course.python().toString(), "-I", course.home().resolve("src/bench/bench.py").toString(),
                    contender.folder().toString(), contender.name(), "" + plan.cells(), "" + plan.declarations(),
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
