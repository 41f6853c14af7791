///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw bench kernel

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../tools/Setup.java BenchTable.java EchoBench.java EchoLoad.java JjavaInstall.java Jobs.java JobsBench.java
//SOURCES KernelBench.java Machine.java Turns.java Classroom.java HubInstall.java StudentAccounts.java
//SOURCES ../asynchelpers/AsyncHelpers.java ../asynchelpers/EchoServer.java ../asynchelpers/Throttle.java
package bench;

import cli.Arguments;
import cli.Command;
import cli.UserError;
import java.nio.file.Path;
import tools.Course;
import tools.Exclusive;

/** Compare le cours à ce que l'on trouve ailleurs, à tour de rôle. Chaque banc d'essai a sa classe. */
public final class Bench {
    private static final String HELP = """
            Usage : ./jbangw bench kernel [--encrypted] [--rounds N] [--quick]
                    ./jbangw bench jobs [--rounds N] [--quick] [--python chemin]
                    ./jbangw bench echo [--rounds N] [--quick] [--python chemin]
                    ./jbangw bench class [élèves]

            Mesure le cours et d'autres que lui, à tour de rôle, et montre une table. Au choix :
              kernel  le noyau du cours, ipykernel, IJava 1.3.0 et JJava 1.0a8 ; un tour prend une à deux minutes
              jobs    beaucoup de tâches à la fois, et le régulateur : Java, asyncio, et uvloop s'il est installé ;
                      un tour prend deux à trois minutes, et jusqu'à 4 Go de mémoire
              echo    le serveur d'écho, jusqu'à 10 000 connexions : Java, Netty, asyncio, et uvloop et Go s'ils sont installés ;
                      un tour prend deux à trois minutes
              class   une classe (5 élèves) : la leçon 2, tous à la fois, par un vrai JupyterHub ; le temps et la mémoire de chacun
            Pour des chiffres qui valent quelque chose, ne faites rien d'autre sur la machine pendant ce temps.

              --encrypted      pour kernel, mesure le seul noyau du cours, sockets en clair puis chiffrés
              --rounds N       le nombre de tours (5)
              --quick          un seul tour, de moins de choses : pour essayer
              --python chemin  pour jobs et echo, le Python à mesurer, qui a peut-être uvloop (celui du cours)
            """;

    /** Deux bancs d'essai à la fois se fausseraient l'un l'autre. */
    static final Exclusive ALONE = new Exclusive("bench",
            "Un autre banc d'essai est en cours, attente de sa fin", "Interrompu : aucune mesure n'est gardée.");

    private Bench() {}

    /** Ce que l'utilisateur a demandé. */
    private record Choice(String name, boolean quick, int rounds, Path python, boolean encrypted, int students) {
        static Choice of(Arguments arguments) throws UserError {
            var quick = arguments.flag("--quick");
            var encrypted = arguments.flag("--encrypted");
            var rounds = arguments.numberOption("--rounds", 1, 999, quick ? 1 : 5);
            var python = arguments.option("--python").map(Path::of);
            var name = arguments.text("");
            var students = name.equals("class") ? arguments.number("Nombre d'élèves", 1, 99, 5) : 0;
            arguments.end();
            return new Choice(name, quick, rounds, python.orElse(Course.find().python()), encrypted, students);
        }
    }

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> run(Choice.of(arguments)));
    }

    private static void run(Choice choice) throws Exception {
        var course = Course.find();
        switch (choice.name()) {
            case "kernel" -> KernelBench.run(course, (choice.quick() ? KernelBench.Plan.QUICK : KernelBench.Plan.FULL)
                    .withRounds(choice.rounds()), choice.encrypted());
            case "jobs" -> JobsBench.run(course, (choice.quick() ? JobsBench.Plan.QUICK : JobsBench.Plan.FULL)
                    .withRounds(choice.rounds()), choice.python());
            case "echo" -> EchoBench.run(course, (choice.quick() ? EchoBench.Plan.QUICK : EchoBench.Plan.FULL)
                    .withRounds(choice.rounds()), choice.python());
            case "class" -> Classroom.run(course, choice.students());
            default -> throw UserError.usage("Dites quoi mesurer : ./jbangw bench kernel, bench jobs, bench echo ou bench class.");
        }
    }
}
