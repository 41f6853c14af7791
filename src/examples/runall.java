///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw run-all 2 "java -version" "echo bonjour" "exit 3"

//JAVA 25+
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/Throttle.java

import static asynchelpers.AsyncHelpers.*;

import asynchelpers.Throttle;
import cli.Command;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

final String HELP = """
        Usage : ./jbangw run-all places commande...

        Lance des commandes en même temps, pas plus que de places, et marque chaque ligne du numéro de sa commande.
          places     nombre de commandes à la fois
          commande   une ligne pour le shell, entre guillemets quand elle a plusieurs mots

        Code de sortie : 0 si toutes réussissent, 1 sinon. Ctrl-C les arrête toutes.
        """;

final Set<Process> running = ConcurrentHashMap.newKeySet();

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var places = arguments.number("Nombre de places", 1, 1000, 4);
        var commands = arguments.rest("Donnez au moins une commande à lancer.");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(this::killTree)));
        startTimer();
        var failures = runAll(commands, new Throttle(places)).stream().filter(code -> code != 0).count();
        if (failures > 0) throw new IOException("Échecs : %d sur %d.".formatted(failures, commands.size()));
    });
}

List<Integer> runAll(List<String> commands, Throttle throttle) throws Exception {
    var jobs = IntStream.range(0, commands.size()).mapToObj(i -> job(i + 1, commands.get(i), throttle)).toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var codes = threads.invokeAll(jobs);
        for (var code : codes) code.get();  // get : l'échec d'une tâche doit se voir
        return codes.stream().map(code -> code.resultNow()).toList();
    }
}

Callable<Integer> job(int number, String command, Throttle throttle) {
    var mark = "[%d]".formatted(number);
    return () -> {
        try (var _ = throttle.enter()) {
            showTimer(mark, ">>>", command);
            var child = new ProcessBuilder(shell(command)).redirectErrorStream(true).start();
            running.add(child);
            child.getOutputStream().close();  // pas d'entrée : une commande qui lit trouve la fin, au lieu d'attendre
            child.inputReader().lines().forEach(line -> System.out.print(mark + " " + line + "\n"));
            var code = child.waitFor();
            running.remove(child);
            showTimer(mark, "<<< code", code);
            return code;
        }
    };
}

List<String> shell(String command) {
    var windows = System.getProperty("os.name").startsWith("Windows");
    return windows ? List.of("cmd", "/c", command) : List.of("sh", "-c", command);
}

void killTree(Process root) {
    Stream.concat(Stream.of(root.toHandle()), root.descendants()).toList().forEach(ProcessHandle::destroyForcibly);
}
