///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw sequence

//JAVA 25+
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/TaskTimeline.java

import static asynchelpers.AsyncHelpers.*;
import static asynchelpers.TaskTimeline.*;

import cli.Command;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

final String HELP = """
        Usage : ./jbangw sequence

        Lance trois séquences en parallèle, chacune dans son thread virtuel, et montre le temps de chacune :
        l'ensemble dure autant que la plus longue. Un dessin termine le tout, une barre par séquence.
        """;

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        arguments.end();
        var sequences = List.<Callable<Double>>of(
                () -> sequence("rapide", 0.5),
                () -> sequence("moyenne", 1),
                () -> sequence("lente", 2));
        startTimer();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var result : threads.invokeAll(sequences)) showTimer("résultat", result.get());
        }
        IO.println();
        showTimeline();
    });
}
