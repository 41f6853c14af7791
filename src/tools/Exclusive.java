package tools;

import cli.Console;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * Ce qu'un clone ne fait qu'une fois à la fois, d'une commande à l'autre.
 *
 * @param name        le nom de ses fichiers dans {@code build} : verrou, journal
 * @param waiting     ce qui est dit quand une autre commande le fait déjà
 * @param interrupted ce qui est dit quand Ctrl-C l'arrête
 */
public record Exclusive(String name, String waiting, String interrupted) {

    @FunctionalInterface
    public interface Body {
        void run(Commands commands) throws Exception;
    }

    /** Attend son tour, puis donne à {@code body} de quoi lancer des programmes, qui ne lui survivront pas. */
    public void run(Course course, Body body) throws Exception {
        Files.createDirectories(course.build());
        var hook = new Thread(() -> System.err.println(Console.french("\n" + interrupted)));
        Runtime.getRuntime().addShutdownHook(hook);
        try (var channel = FileChannel.open(course.build().resolve(name + ".lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
             var _ = lock(channel)) {
            body.run(new Commands(course, name));
        } finally {
            Commands.unhook(hook);
        }
    }

    private FileLock lock(FileChannel channel) throws Exception {
        var lock = channel.tryLock();
        return lock != null ? lock : Console.step(waiting, () -> channel.lock());
    }
}
