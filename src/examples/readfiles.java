///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw read-files src 8

//JAVA 25+
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java

import static asynchelpers.AsyncHelpers.*;

import cli.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

final String HELP = """
        Usage : ./jbangw read-files [dossier] [threads]

        Lit tous les fichiers d'un dossier, de quatre façons, et compare leurs durées. La première lecture va
        peut-être jusqu'au disque ; les suivantes trouvent les fichiers dans la mémoire du système.
          dossier  le dossier, avec ses sous-dossiers (src)
          threads  nombre de threads du pool (8)
        """;

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var folder = arguments.text("src");
        var size = arguments.number("Nombre de threads", 1, 1000, 8);
        arguments.end();
        var files = filesOf(Path.of(folder));
        startTimer();
        var warm = List.of("première lecture", "un par un, de nouveau");
        for (var way : warm) race(way, files, Executors.newSingleThreadExecutor());
        race("un thread virtuel par fichier", files, Executors.newVirtualThreadPerTaskExecutor());
        race("un pool de " + size + " threads", files, Executors.newFixedThreadPool(size));
    });
}

List<Path> filesOf(Path folder) throws IOException {
    if (!Files.isDirectory(folder))
        throw new IOException("« " + folder + " » n'est pas un dossier : donnez le chemin d'un dossier à lire.");
    try (var paths = Files.walk(folder)) {
        var files = paths.filter(Files::isRegularFile).toList();
        if (files.isEmpty()) throw new IOException("« " + folder + " » ne contient aucun fichier : donnez le chemin d'un autre dossier.");
        return files;
    }
}

void race(String way, List<Path> files, ExecutorService threads) throws Exception {
    var start = System.nanoTime();
    var bytes = 0L;
    try (threads) {
        for (var size : threads.invokeAll(files.stream().map(this::reading).toList())) bytes += size.get();
    }
    showTimer(String.format(Locale.FRANCE, "%s : %d fichiers, %d octets, %.1f ms", way, files.size(), bytes,
            (System.nanoTime() - start) / 1e6));
}

Callable<Integer> reading(Path file) {
    return () -> {
        try {
            return Files.readAllBytes(file).length;
        } catch (IOException e) {
            throw new IOException("« " + file + " » ne peut pas être lu (" + e.getMessage() + ") : vérifiez ses droits.", e);
        }
    };
}
