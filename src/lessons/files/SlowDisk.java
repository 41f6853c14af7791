package lessons.files;

import display.Timeline;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * La doublure d'un disque lent, ou d'un dossier partagé par le réseau : chaque fichier se fait attendre avant de livrer son contenu.
 *
 * <p>L'attente est inventée, mais le blocage est vrai : chaque fichier est un tube nommé ({@code mkfifo}), que remplit un thread de
 * plateforme. Celui qui le lit, par {@link Files#readString} ou autrement, reste dans l'appel au système tant que rien ne vient, comme
 * devant un vrai disque. Le disque compte les lectures en cours, et se souvient de chacune.
 *
 * <p>Sans {@code mkfifo} (sous Windows), les fichiers sont ordinaires. Rien n'est alors compté : voir {@link #isSlow()}.
 */
public final class SlowDisk implements AutoCloseable {

    /** Une façon de lire, et ce que le disque a vu. */
    public record Report(String mode, int maximum, String total, String ratio) {}

    /** Un programme qui lit tous les fichiers qu'on lui donne. */
    @FunctionalInterface
    public interface Reader {
        void read(List<Path> files) throws Exception;
    }

    /** Une façon de lire un fichier. */
    @FunctionalInterface
    public interface FileReader {
        Object read(Path file) throws Exception;
    }

    private record Span(long start, long end) {}

    private record Run(String mode, int maximum, long start, long end, List<Span> spans) {}

    private final Path folder;
    private final int count;
    private final Duration delay;
    private final IntFunction<String> content;
    private final CountDownLatch released = new CountDownLatch(1);
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().name("disque lent-", 1).factory());
    private final ConcurrentHashMap<Path, Boolean> waiting = new ConcurrentHashMap<>();    // les tubes que personne n'a ouverts
    private final ConcurrentLinkedQueue<Span> spans = new ConcurrentLinkedQueue<>();
    private final List<Run> runs = new ArrayList<>();
    private final boolean slow;
    private List<Path> files;
    private int reading;
    private int maximum;

    private SlowDisk(Path folder, int count, Duration delay, IntFunction<String> content) throws IOException, InterruptedException {
        this.folder = Files.createTempDirectory(folder, "disque-lent-");
        this.count = count;
        this.delay = delay;
        this.content = content;
        this.slow = makePipes();
    }

    /**
     * @param folder le dossier où ranger les fichiers de ce disque
     * @param count leur nombre
     * @param seconds l'attente avant que chacun livre son contenu
     */
    public static SlowDisk start(TrialFolder folder, int count, double seconds) throws IOException, InterruptedException {
        return new SlowDisk(folder.path(), count, Duration.ofNanos((long) (seconds * 1e9)), "contenu du fichier %03d\n"::formatted);
    }

    /** Un disque d'un seul fichier, qui a ce contenu. */
    static SlowDisk holding(TrialFolder folder, String content, double seconds) throws IOException, InterruptedException {
        return new SlowDisk(folder.path(), 1, Duration.ofNanos((long) (seconds * 1e9)), _ -> content);
    }

    /** Les fichiers. La première lecture de chacun est lente ; les suivantes ne le sont plus, comme sur un vrai disque. */
    public List<Path> files() {
        return files;
    }

    /** Le contenu du fichier de ce rang. */
    public String content(int index) {
        return content.apply(index + 1);
    }

    /** Faux là où le système n'a pas {@code mkfifo} : les fichiers sont alors ordinaires. */
    public boolean isSlow() {
        return slow;
    }

    /** Le plus grand nombre de lectures en cours à la fois. */
    public synchronized int maximum() {
        return maximum;
    }

    /** Le nombre de lectures en cours. */
    public synchronized int reading() {
        return reading;
    }

    /** Donne à {@code reader} des fichiers neufs, attend qu'il les ait lus, et ajoute une ligne à {@link #reports()}. */
    public void measure(String mode, Reader reader) throws Exception {
        if (!runs.isEmpty()) makePipes();
        spans.clear();
        synchronized (this) {
            maximum = 0;
        }
        long start = System.nanoTime();
        reader.read(files);
        runs.add(new Run(mode, maximum(), start, System.nanoTime(), List.copyOf(spans)));
    }

    /** La même mesure, avec une tâche par fichier ; ferme {@code threads}. */
    public void measure(String mode, ExecutorService threads, FileReader reader) throws Exception {
        measure(mode, files -> {
            var reads = new ArrayList<Callable<Object>>();
            for (var file : files) reads.add(() -> reader.read(file));
            try (threads) {
                for (var read : threads.invokeAll(reads)) read.get();
            }
        });
    }

    /** Fait lire ce fichier par un autre programme, {@code cat}, et lit le tube où il écrit. Sans {@code mkfifo}, le lit ici. */
    public byte[] cat(Path file) throws IOException {
        if (!slow) return Files.readAllBytes(file);
        try (var output = new ProcessBuilder("cat", file.toString()).start().getInputStream()) {
            return output.readAllBytes();
        }
    }

    /** Une ligne par mesure ; le rapport compare sa durée à celle de la première. */
    public List<Report> reports() {
        if (!slow) return List.of(new Report("pas de mkfifo sur ce système : rien à mesurer", 0, "-", "-"));
        long first = duration(runs.getFirst());
        return runs.stream().map(run -> new Report(run.mode(), run.maximum(), "%d ms".formatted(duration(run) / 1_000_000),
                String.format(Locale.FRANCE, "× %.1f", (double) first / duration(run)))).toList();
    }

    private static long duration(Run run) {
        return run.end() - run.start();
    }

    /** Un dessin : une bande par mesure, une barre par lecture, du début de l'attente à sa fin. */
    public Timeline timeline() {
        var drawing = new Timeline("En clair, le fichier attend qu'un thread le demande ; en foncé, le disque répond");
        for (var run : runs) {
            drawing.group(run.mode());
            run.spans().stream().sorted(Comparator.comparingLong(Span::start))
                    .forEach(span -> drawing.row().waiting(run.start(), span.start()).done(span.start(), span.end()));
        }
        return drawing;
    }

    /** Cesse d'être lent : chaque lecture, en cours ou à venir, est servie aussitôt. */
    void release() {
        released.countDown();
    }

    /** Libère ceux qui lisent encore : leur fichier finit aussitôt. Attend la fin des threads du disque, au plus 5 secondes. */
    @Override
    public void close() {
        threads.shutdownNow();
        waiting.keySet().forEach(SlowDisk::release);
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ouvrir un tube des deux côtés à la fois libère celui qui attendait l'autre ; qui viendrait plus tard ne trouve plus de fichier. */
    private static void release(Path pipe) {
        var gone = pipe.resolveSibling(pipe.getFileName() + ".fini");
        try {
            Files.move(pipe, gone, StandardCopyOption.ATOMIC_MOVE);
            try (var bothSides = new RandomAccessFile(gone.toFile(), "rw")) {
                bothSides.getFilePointer();
            }
        } catch (IOException alreadyGone) {
            // personne n'attend plus
        }
    }

    private boolean makePipes() throws IOException, InterruptedException {
        waiting.keySet().forEach(SlowDisk::release);
        var round = Files.createTempDirectory(folder, "fichiers-");
        var paths = new ArrayList<Path>();
        for (int i = 0; i < count; i++) paths.add(round.resolve("lent-%03d.txt".formatted(i + 1)));
        files = List.copyOf(paths);
        if (!mkfifo(files)) {
            for (int i = 0; i < count; i++) Files.writeString(files.get(i), content(i));
            return false;
        }
        for (int i = 0; i < count; i++) {
            var pipe = files.get(i);
            var content = content(i);
            waiting.put(pipe, true);
            threads.execute(() -> serve(pipe, content));
        }
        return true;
    }

    private static boolean mkfifo(List<Path> pipes) throws InterruptedException {
        var command = new ArrayList<>(List.of("mkfifo"));
        pipes.forEach(pipe -> command.add(pipe.toString()));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    private void serve(Path pipe, String content) {
        try (var out = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {    // attend un lecteur
            waiting.remove(pipe);
            if (threads.isShutdown()) return;
            Files.move(Files.writeString(pipe.resolveSibling(pipe.getFileName() + ".lu"), content), pipe, StandardCopyOption.ATOMIC_MOVE);
            deliver(out, content);
        } catch (IOException | InterruptedException closed) {
            // le disque ferme, ou le lecteur est parti
        }
    }

    private void deliver(OutputStream out, String content) throws IOException, InterruptedException {
        long start = System.nanoTime();
        synchronized (this) {
            maximum = Math.max(maximum, ++reading);
        }
        try {
            released.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            synchronized (this) {
                reading--;
            }
            spans.add(new Span(start, System.nanoTime()));
        }
        out.write(content.getBytes(StandardCharsets.UTF_8));
    }
}
