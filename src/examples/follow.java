///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw follow journal.log

//JAVA 25+
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java

import static asynchelpers.AsyncHelpers.*;

import cli.Command;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

final String HELP = """
        Usage : ./jbangw follow [fichier]

        Affiche les lignes qui s'ajoutent à un fichier, chacune quand elle est finie.
          fichier  le fichier à suivre (journal.log)
        S'il est raccourci ou remplacé, la lecture reprend à son début. Ctrl-C arrête : le code de sortie est 130.
        """;

final int PERIOD = 200;          // millisecondes entre deux lectures
final int BLOCK = 1 << 20;       // octets lus à la fois, au plus

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var log = Path.of(arguments.text("journal.log"));
        arguments.end();
        if (!Files.isRegularFile(log))
            throw new IOException("« " + log + " » n'est pas un fichier : donnez le chemin du fichier à suivre.");
        var end = Files.size(log);
        Command.closeOnExit(() -> {}, "Suivi arrêté.");
        startTimer();
        showTimer("suivi de", log + ", Ctrl-C pour l'arrêter");
        for (var next = end;; Thread.sleep(PERIOD)) next = showNewLines(log, next);
    });
}

/** Affiche les lignes finies à partir de cette position ; rend la position où reprendre. */
long showNewLines(Path log, long start) throws IOException {
    try (var channel = FileChannel.open(log)) {
        var from = channel.size() < start ? 0 : start;      // raccourci, ou remplacé par un plus court
        var bytes = Channels.newInputStream(channel.position(from)).readNBytes(BLOCK);
        var end = endOfLastLine(bytes);
        new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(line -> showTimer(line));
        return from + end;
    } catch (NoSuchFileException replacedSoon) {
        return 0;
    }
}

int endOfLastLine(byte[] bytes) {
    if (bytes.length == BLOCK) return BLOCK;                // une ligne interminable : montrée en morceaux
    for (var end = bytes.length; end > 0; end--)
        if (bytes[end - 1] == '\n') return end;
    return 0;
}
