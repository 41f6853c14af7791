///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw soak

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../tools/Setup.java
package bench;

import cli.Command;
import cli.UserError;
import tools.Course;
import tools.Setup;

/** Une longue séance : des dizaines de milliers de cellules sur un même noyau, pour voir si sa mémoire ou ses réponses se dégradent. */
public final class Soak {
    /** Une cellule par seconde pendant vingt-deux heures. */
    private static final int CELLS = 80_000;
    private static final String HELP = """
            Usage : ./jbangw soak [cellules]

            Exécute à toute vitesse, sur un même noyau, ce nombre de cellules, et montre à chaque étape le temps d'une cellule et la
            mémoire du noyau. Sans nombre : 80000, soit une par seconde pendant vingt-deux heures ; comptez une demi-heure.
            """;

    private Soak() {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var cells = arguments.number("Nombre de cellules", 1, 9_999_999, CELLS);
            arguments.end();
            run(Course.find(), cells);
        });
    }

    private static void run(Course course, int cells) throws Exception {
        Setup.prepare(course);
        var client = new ProcessBuilder(course.python().toString(), "-I", course.home().resolve("src/bench/soak.py").toString(),
                course.kernelspec("java").getParent().toString(), "" + cells).inheritIO();
        client.environment().put("XDG_CACHE_HOME", course.build().resolve("soak").toString());     // l'historique de l'élève reste le sien
        var process = client.start();
        try {
            if (process.waitFor() != 0) throw UserError.failed("La longue séance s'est arrêtée : les lignes au-dessus disent pourquoi.");
        } finally {
            process.destroy();
        }
    }
}
