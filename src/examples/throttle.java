///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw throttle 12 8

//JAVA 25+
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/TaskTimeline.java ../asynchelpers/Throttle.java

import static asynchelpers.AsyncHelpers.*;
import static asynchelpers.TaskTimeline.*;

import asynchelpers.Throttle;
import cli.Command;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

final String HELP = """
        Usage : ./jbangw throttle [tâches] [places]

        Lance toutes les tâches à la fois, mais pas plus de tâches actives que de places. Un dessin termine le tout :
        une barre par tâche, ░ tant qu'elle attend sa place, █ quand elle travaille.
          tâches   nombre de tâches de 2 secondes (12)
          places   nombre de places (8)
        """;

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var jobs = arguments.number("Nombre de tâches", 1, 100_000, 12);
        var places = arguments.number("Nombre de places", 1, 100_000, 8);
        arguments.end();
        startTimer();
        hurd(jobs, new Throttle(places));
        IO.println("\n░ attend sa place   █ travaille");
        showTimeline();
    });
}

void hurd(int nbJobs, Throttle throttle) throws Exception {
    var jobs = IntStream.rangeClosed(1, nbJobs).mapToObj(i -> job("job #%03d".formatted(i), throttle)).toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var result : threads.invokeAll(jobs)) result.get();  // get : l'échec d'une tâche doit se voir
    }
}

Callable<Double> job(String name, Throttle throttle) {
    return () -> {
        try (var _ = throttle.enter()) {
            return sequence(name, 2);
        }
    };
}
