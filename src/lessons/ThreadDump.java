package lessons;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tous les threads du programme à un instant, virtuels compris, avec leurs piles : ce qu'écrit aussi
 * {@code jcmd <pid> Thread.dump_to_file}.
 *
 * @param threads un par thread, dans l'ordre du système
 */
public record ThreadDump(List<Entry> threads) {

    /**
     * Un thread.
     *
     * @param name son nom, souvent vide pour un thread virtuel
     * @param stack les méthodes en cours, de la plus profonde à la première appelée
     */
    public record Entry(String name, boolean virtual, List<String> stack) {

        private static Entry parse(String block) {
            var lines = block.strip().lines().toList();
            var head = lines.getFirst();
            var name = head.substring(head.indexOf('"') + 1, head.lastIndexOf('"'));
            return new Entry(name, head.substring(head.lastIndexOf('"')).contains(" virtual"), lines.stream().map(String::strip)
                    .filter(line -> line.startsWith("at ")).map(Entry::shortFrame).toList());
        }

        /** De la ligne {@code at java.base/sun.nio.ch.EPoll.wait(Native Method)}, garde {@code EPoll.wait} : la classe et la méthode. */
        private static String shortFrame(String line) {
            var method = line.substring(3, line.indexOf('(')).replaceFirst(".*/", "");
            return method.replaceFirst("^(?:[a-z_][\\w]*\\.)+", "").replaceFirst("^REPL\\.", "").replaceAll("\\$JShell\\$\\w+[$.]", "");
        }

        /** Vrai si l'une des méthodes en cours contient ce texte. */
        public boolean runs(String method) {
            return stack.stream().anyMatch(frame -> frame.contains(method));
        }
    }

    /** Photographie les threads ; les arrête un instant, quelques millisecondes pour mille threads. */
    public static ThreadDump take() throws IOException {
        var folder = Files.createTempDirectory("thread-dump");
        var file = folder.resolve("threads.txt");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
            return new ThreadDump(Stream.of(Files.readString(file).split("\\R\\R"))
                    .filter(block -> block.strip().startsWith("#")).map(Entry::parse).toList());
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /** Combien de threads, virtuels ou de plateforme, ont ce texte dans leur nom ou dans leur pile. */
    public long count(boolean virtual, String text) {
        return having(text).filter(thread -> thread.virtual() == virtual).count();
    }

    /**
     * Les {@code depth} méthodes les plus profondes du premier thread qui a ce texte dans son nom ou dans sa pile ; vide, s'il n'y en a
     * pas.
     */
    public String stack(String text, int depth) {
        return having(text).findFirst().map(Entry::stack).orElse(List.of()).stream().limit(depth).collect(Collectors.joining(" ← "));
    }

    private Stream<Entry> having(String text) {
        return threads.stream().filter(thread -> thread.name().contains(text) || thread.runs(text));
    }
}
