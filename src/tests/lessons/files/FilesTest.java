package lessons.files;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lessons.Exercises;
import lessons.Lesson;
import lessons.NotebookRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** La leçon 5 : ce que montre chaque cellule, et ce que ses exercices refusent. Un seul noyau pour tout. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 5, les fichiers")
class FilesTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("05-fichiers");
        exercises = new Exercises(lesson);
        readAnswers();
        counterAnswers();
        logAnswers();
        var cells = lesson.codeCells();
        var plan = new NotebookRun.Plan(lesson)
                .run(cells.subList(0, cells.size() - 1)).await("follow", 1, "journal neuf").run(cells.getLast());
        var virtual = lesson.cell("stuck").source().replace("Thread.ofPlatform().daemon()", "Thread.ofVirtual()");
        run = exercises.addTo(plan.runAs("stuck", virtual)).execute();
    }

    private static String read(String body) {
        return "String read(Path file, ExecutorService disk) throws Exception {\n" + body.indent(4) + "}";
    }

    private static void readAnswers() {
        exercises
                .refused(1, "sans rien lire", read("return null;"), "vous rendez « null »")
                .refused(1, "l'enveloppe sort telle quelle", read("return disk.submit(() -> Files.readString(file)).get();"),
                        "reçoit ExecutionException, qui l’enveloppe")
                .refused(1, "join enveloppe aussi", read("""
                        return CompletableFuture.supplyAsync(() -> {
                            try { return Files.readString(file); }
                            catch (IOException failure) { throw new UncheckedIOException(failure); }
                        }, disk).join();"""), "reçoit CompletionException, qui l’enveloppe")
                .refused(1, "attend une lecture que personne ne fait", read("""
                        var content = new FutureTask<>(() -> Files.readString(file));
                        return content.get();"""), "votre méthode ne rend pas la main")
                .refused(1, "échec tu", read("""
                        try { return disk.submit(() -> Files.readString(file)).get(); }
                        catch (ExecutionException failure) { return ""; }"""), "laissez sortir l’exception")
                .refused(1, "ferme le pool", read("""
                        try (disk) {
                            return disk.submit(() -> Files.readString(file)).get();
                        }"""), "Ne le fermez pas")
                .accepted(1, "une FutureTask, donnée au pool", read("""
                        var task = new FutureTask<>(() -> Files.readString(file));
                        disk.execute(task);
                        try { return task.get(); }
                        catch (ExecutionException failure) {
                            if (failure.getCause() instanceof IOException absent) throw absent;
                            throw failure;
                        }"""))
                .accepted(1, "une CompletableFuture, et get", read("""
                        var content = new CompletableFuture<String>();
                        disk.execute(() -> {
                            try { content.complete(Files.readString(file)); }
                            catch (IOException failure) { content.completeExceptionally(failure); }
                        });
                        try { return content.get(); }
                        catch (ExecutionException failure) { throw (IOException) failure.getCause(); }"""));
        if (!OS.WINDOWS.isCurrentOs()) heldCarriers();
    }

    /** Ce qui ne peut être refusé que sur une machine où {@code mkfifo} existe. */
    private static void heldCarriers() {
        var unwrapped = """
                catch (ExecutionException failure) { throw (Exception) failure.getCause(); }""";
        exercises
                .refused(1, "dans un autre thread virtuel", read("""
                        var task = new FutureTask<>(() -> Files.readString(file));
                        Thread.startVirtualThread(task);
                        try { return task.get(); }
                        """ + unwrapped), "dans un autre thread virtuel, qui retient lui aussi son porteur")
                .refused(1, "l'appelant lit lui-même", read("return Files.readString(file);"), "dans le thread virtuel qui appelle")
                .refused(1, "parallelStream", read("""
                        if (Files.notExists(file)) throw new NoSuchFileException(file.toString());
                        return List.of(file).parallelStream().map(one -> {
                            try { return Files.readString(one); }
                            catch (IOException failure) { throw new UncheckedIOException(failure); }
                        }).findFirst().get();"""), "parallelStream ne crée aucun thread")
                .refused(1, "supplyAsync sans exécuteur", read("""
                        if (Files.notExists(file)) throw new NoSuchFileException(file.toString());
                        return CompletableFuture.supplyAsync(() -> {
                            try { return Files.readString(file); }
                            catch (IOException failure) { throw new UncheckedIOException(failure); }
                        }).get();"""), "c’est le pool commun qui lit")
                .refused(1, "un thread de plateforme par appel", read("""
                        var task = new FutureTask<>(() -> Files.readString(file));
                        Thread.ofPlatform().start(task);
                        try { return task.get(); }
                        """ + unwrapped), "ne passent pas par le pool disk")
                .refused(1, "un verrou autour de l'attente", """
                        var alone = new ReentrantLock();
                        """ + read("""
                        alone.lock();
                        try { return disk.submit(() -> Files.readString(file)).get(); }
                        """ + unwrapped + """

                        finally { alone.unlock(); }"""), "le disque n’a vu que 1 lecture à la fois")
                .refused(1, "attend en tournant", read("""
                        var content = disk.submit(() -> Files.readString(file));
                        while (!content.isDone()) Thread.onSpinWait();
                        try { return content.get(); }
                        """ + unwrapped), "tournent en rond")
                .refused(1, "une variable partagée par tous les appels", """
                        String last;
                        """ + read("""
                        var done = disk.submit(() -> { last = Files.readString(file); return null; });
                        try { done.get(); }
                        """ + unwrapped + """

                        return last;"""), "ils se partagent une variable")
                .refused(1, "join, qui ne s'interrompt pas", read("""
                        try {
                            return CompletableFuture.supplyAsync(() -> {
                                try { return Files.readString(file); }
                                catch (IOException failure) { throw new UncheckedIOException(failure); }
                            }, disk).join();
                        } catch (CompletionException failure) {
                            throw (IOException) failure.getCause().getCause();
                        }"""), "get s’interrompt, join non");
    }

    private static void counterAnswers() {
        exercises
                .refused(2, "sans écrire", """
                        int next(Path counter) throws IOException {
                            return Integer.parseInt(Files.readString(counter).strip()) + 1;
                        }""", "le prochain appel rendra le même numéro")
                .refused(2, "sans verrou", """
                        int next(Path counter) throws IOException {
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            replace(counter, List.of("" + number));
                            return number;
                        }""", "pendant qu’un thread lisait le compteur, un autre l’a lu et écrit")
                .refused(2, "n++ sur une variable commune", """
                        int n = 0;
                        int next(Path counter) throws IOException {
                            n = Integer.parseInt(Files.readString(counter).strip());
                            n++;
                            replace(counter, List.of("" + n));
                            return n;
                        }""", "Une variable commune n’y change rien")
                .refused(2, "un nombre atomique, mais pas la lecture et l'écriture ensemble", """
                        var number = new AtomicInteger();
                        int next(Path counter) throws IOException {
                            number.set(Integer.parseInt(Files.readString(counter).strip()));
                            int mine = number.incrementAndGet();
                            replace(counter, List.of("" + mine));
                            return mine;
                        }""", "le même verrou, de la lecture à l’écriture")
                .refused(2, "un nombre atomique, et le fichier oublié", """
                        var number = new AtomicInteger(41);
                        int next(Path counter) throws IOException {
                            int mine = number.incrementAndGet();
                            replace(counter, List.of("" + mine));
                            return mine;
                        }""", "c’est le fichier qui dit le nombre")
                .refused(2, "un verrou nouveau à chaque appel", """
                        int next(Path counter) throws IOException {
                            var turn = new ReentrantLock();
                            turn.lock();
                            try {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                replace(counter, List.of("" + number));
                                return number;
                            } finally { turn.unlock(); }
                        }""", "pendant qu’un thread lisait le compteur, un autre l’a lu et écrit")
                .refused(2, "le verrou pris trop tard", """
                        var turn = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            turn.lock();
                            try { replace(counter, List.of("" + number)); } finally { turn.unlock(); }
                            return number;
                        }""", "pendant qu’un thread lisait le compteur, un autre l’a lu et écrit")
                .refused(2, "dans le fichier même", """
                        var turn = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            turn.lock();
                            try {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                Files.writeString(counter, "" + number);
                                return number;
                            } finally { turn.unlock(); }
                        }""", "dans le fichier lui-même")
                .refused(2, "sans finally", """
                        var turn = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            turn.lock();
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            replace(counter, List.of("" + number));
                            turn.unlock();
                            return number;
                        }""", "le verrou n’a pas été rendu")
                .refused(2, "le verrou d'un fichier, entre threads", """
                        int next(Path counter) throws IOException {
                            try (var channel = FileChannel.open(counter.resolveSibling("verrou"), CREATE, WRITE);
                                        var locked = channel.lock()) {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                replace(counter, List.of("" + number));
                                return number;
                            } finally { Files.deleteIfExists(counter.resolveSibling("verrou")); }
                        }""", "votre code lance OverlappingFileLockException")
                .refused(2, "brouillon oublié", """
                        var turn = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            synchronized (turn) {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                Files.writeString(counter.resolveSibling("sauvegarde"), "" + number);
                                replace(counter, List.of("" + number));
                                return number;
                            }
                        }""", "un brouillon est resté")
                .refused(2, "échec tu", """
                        var turn = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            turn.lock();
                            try {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                replace(counter, List.of("" + number));
                                return number;
                            } catch (NumberFormatException bad) {
                                return 0;
                            } finally { turn.unlock(); }
                        }""", "laissez sortir l’exception")
                .accepted(2, "un pool d'un seul thread, et personne d'autre n'écrit", """
                        ExecutorService writer() {
                            return OpenResources.get("écrivain", Executors::newSingleThreadExecutor);
                        }

                        int next(Path counter) throws Exception {
                            var number = writer().submit(() -> {
                                int mine = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                replace(counter, List.of("" + mine));
                                return mine;
                            });
                            try { return number.get(); }
                            catch (ExecutionException failure) { throw (Exception) failure.getCause(); }
                        }""")
                .accepted(2, "synchronized, et un brouillon de nom fixe", """
                        var turn = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            synchronized (turn) {
                                int number = Integer.parseInt(Files.readAllLines(counter).getFirst()) + 1;
                                var draft = Files.writeString(counter.resolveSibling("brouillon"), number + "\\n");
                                Files.move(draft, counter, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                                return number;
                            }
                        }""");
        if (OS.LINUX.isCurrentOs())
            exercises.refused(2, "REPLACE_EXISTING sans ATOMIC_MOVE", """
                    var turn = new ReentrantLock();
                    int next(Path counter) throws IOException {
                        turn.lock();
                        try {
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            var draft = Files.writeString(counter.resolveSibling("brouillon"), "" + number);
                            Files.move(draft, counter, StandardCopyOption.REPLACE_EXISTING);
                            return number;
                        } finally { turn.unlock(); }
                    }""", "pendant un instant, le fichier n’existait plus");
    }

    private static String waitFor(String body) {
        return "String waitFor(Path log, String text, Duration limit) throws Exception {\n" + body.indent(4) + "}";
    }

    private static void logAnswers() {
        exercises
                .refused(3, "une seule lecture", waitFor("""
                        try (var reader = new LogReader(log)) {
                            for (var line : reader.newLines()) if (line.contains(text)) return line;
                        }
                        throw new TimeoutException();"""), "vous ne l’avez pas attendue")
                .refused(3, "une moitié de ligne", waitFor("""
                        var end = Instant.now().plus(limit);
                        try (var reader = Files.newBufferedReader(log)) {
                            for (; Instant.now().isBefore(end); Thread.sleep(50))
                                for (var line = reader.readLine(); line != null; line = reader.readLine())
                                    if (line.contains(text)) return line;
                        }
                        throw new TimeoutException();"""), "une moitié de ligne")
                .refused(3, "null quand rien ne vient", waitFor("""
                        var end = Instant.now().plus(limit);
                        try (var reader = new LogReader(log)) {
                            for (; Instant.now().isBefore(end); Thread.sleep(50))
                                for (var line : reader.newLines()) if (line.contains(text)) return line;
                        }
                        return null;"""), "lancez une TimeoutException")
                .refused(3, "la dernière ligne qui convient", waitFor("""
                        var end = Instant.now().plus(limit);
                        String found = null;
                        try (var reader = new LogReader(log)) {
                            for (; Instant.now().isBefore(end) && found == null; Thread.sleep(50))
                                for (var line : reader.newLines()) if (line.contains(text)) found = line;
                        }
                        if (found == null) throw new TimeoutException();
                        return found;"""), "la première ligne qui convient")
                .refused(3, "sans fin", waitFor("""
                        try (var reader = new LogReader(log)) {
                            while (true) {
                                for (var line : reader.newLines()) if (line.contains(text)) return line;
                                Thread.sleep(50);
                            }
                        }"""), "votre boucle tourne encore : qu’est-ce qui l’arrête ?")
                .refused(3, "sans repos", waitFor("""
                        var end = Instant.now().plus(limit);
                        try (var reader = new LogReader(log)) {
                            while (Instant.now().isBefore(end))
                                for (var line : reader.newLines()) if (line.contains(text)) return line;
                        }
                        throw new TimeoutException();"""), "sans jamais se reposer", "n’a pas fini en")
                .refused(3, "dort d'abord toute la durée permise", waitFor("""
                        Thread.sleep(limit);
                        try (var reader = new LogReader(log)) {
                            for (var line : reader.newLines()) if (line.contains(text)) return line;
                        }
                        throw new TimeoutException();"""), "vous l’attendez encore : lisez avant de dormir")
                .refused(3, "une autre exception", waitFor("""
                        var end = Instant.now().plus(limit);
                        try (var reader = new LogReader(log)) {
                            for (; Instant.now().isBefore(end); Thread.sleep(50))
                                for (var line : reader.newLines()) if (line.contains(text)) return line;
                        }
                        throw new IllegalStateException("trop tard");"""), "votre code lance IllegalStateException : trop tard")
                .refused(3, "une variable partagée par tous les appels", """
                        String found;
                        """ + waitFor("""
                        found = null;
                        var end = Instant.now().plus(limit);
                        try (var reader = new LogReader(log)) {
                            for (; Instant.now().isBefore(end) && found == null; Thread.sleep(50))
                                for (var line : reader.newLines())
                                    if (line.contains(text) && found == null) found = line;
                        }
                        if (found == null) throw new TimeoutException();
                        return found;"""), "deux appels à la fois, pour deux journaux")
                .accepted(3, "tout relire à chaque fois, jusqu'au dernier retour à la ligne", waitFor("""
                        for (long end = System.nanoTime() + limit.toNanos(); System.nanoTime() < end; Thread.sleep(20)) {
                            var all = Files.readString(log);
                            var whole = all.substring(0, all.lastIndexOf('\\n') + 1);
                            var found = whole.lines().filter(line -> line.contains(text)).findFirst();
                            if (found.isPresent()) return found.get();
                        }
                        throw new TimeoutException();"""))
                .accepted(3, "une tâche, que l'on n'attend pas plus que permis", waitFor("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var task = threads.submit(() -> {
                                try (var reader = new LogReader(log)) {
                                    while (true) {
                                        for (var line : reader.newLines()) if (line.contains(text)) return line;
                                        Thread.sleep(50);
                                    }
                                }
                            });
                            try { return task.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                            finally { task.cancel(true); }
                        }"""));
        if (OS.LINUX.isCurrentOs())
            exercises.refused(3, "lecteur jamais fermé", waitFor("""
                    var end = Instant.now().plus(limit);
                    var reader = new LogReader(log);
                    for (; Instant.now().isBefore(end); Thread.sleep(50))
                        for (var line : reader.newLines()) if (line.contains(text)) return line;
                    throw new TimeoutException();"""), "un journal est resté ouvert");
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answers() {
        return exercises.tests(run);
    }

    @Test
    @DisplayName("deux cents fichiers sont lus, de trois façons comparées à la première")
    void warmFiles() {
        assertEquals(1, run.first("in-turn").lines("deux cents fichiers lus").size(), () -> run.first("in-turn").text());
        var table = run.first("race").result();
        for (var mode : List.of("un par un", "threads virtuels", "AsynchronousFileChannel"))
            assertTrue(table.lines().anyMatch(line -> line.startsWith(mode) && line.matches(".* fichiers par seconde +× \\d+,\\d")), table);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("AsynchronousFileChannel n'est qu'un pool de threads de plateforme")
    void asynchronousChannel() throws Exception {
        var file = Files.writeString(Files.createTempFile("canal", ".txt"), "bonjour");
        try (var channel = AsynchronousFileChannel.open(file)) {
            var reader = new CompletableFuture<Thread>();
            channel.read(ByteBuffer.allocate(10), 0, null, new CompletionHandler<Integer, Object>() {
                @Override
                public void completed(Integer size, Object attachment) {
                    reader.complete(Thread.currentThread());
                }

                @Override
                public void failed(Throwable failure, Object attachment) {
                    reader.completeExceptionally(failure);
                }
            });
            var thread = reader.get(10, TimeUnit.SECONDS);
            assertFalse(thread.isVirtual());
            assertNotEquals(Thread.currentThread(), thread);
            assertEquals("sun.nio.ch.SimpleAsynchronousFileChannelImpl", channel.getClass().getName());
        } finally {
            Files.delete(file);
        }
    }

    /** Un pari sur l'intérieur du JDK : la leçon recopie cette liste. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("en Java 25, les classes qui ajoutent un porteur sont celles que la leçon nomme")
    void compensatingClasses() throws Exception {
        assumeTrue(Runtime.version().feature() == 25);
        var base = Path.of(URI.create("jrt:/java.base"));
        try (var classes = Files.walk(base)) {
            var found = classes.filter(file -> file.toString().endsWith(".class")).filter(FilesTest::callsBlocker)
                    .map(file -> base.relativize(file).toString().replaceAll("(\\$.*)?\\.class", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(new TreeSet<>(Set.of("java/io/FileDescriptor", "java/io/RandomAccessFile", "java/lang/Process", "java/lang/System",
                    "java/net/InetAddress", "java/nio/MappedMemoryUtils", "sun/nio/ch/FileChannelImpl", "sun/nio/ch/PollSelectorImpl")),
                    found);
        }
    }

    private static boolean callsBlocker(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains("jdk/internal/misc/Blocker")
                    && !file.endsWith("Blocker.class");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("disque lent : une lecture, puis autant que de processeurs, puis toutes à la fois ; un trait par lecture")
    void slowDisk() {
        int processors = Runtime.getRuntime().availableProcessors();
        var shown = run.first("slow-disk");
        assertEquals(1, maximum(shown, "un par un"));
        assertTrue(maximum(shown, "virtuels") <= processors, shown.text());
        assertTrue(maximum(shown, "de plateforme") > processors, shown.text());
        assertEquals(2 * 3 * 4 * processors + 1, shown.svg().split("<rect ", -1).length - 1, "un fond, et deux traits par lecture");
    }

    private static int maximum(NotebookRun.Execution shown, String mode) {
        var row = shown.text().lines().filter(line -> line.startsWith(mode + " ")).findFirst()
                .orElseThrow(() -> new AssertionError(shown.text()));
        return Integer.parseInt(row.substring(mode.length()).strip().split(" +")[0]);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("par les tubes d'un programme, les threads virtuels lisent plus de fichiers à la fois qu'il n'y a de processeurs")
    void addedCarriers() {
        assertTrue(maximum(run.first("added"), "Files") <= Runtime.getRuntime().availableProcessors(), run.first("added").text());
        assertTrue(maximum(run.first("added"), "cat") > Runtime.getRuntime().availableProcessors(),
                run.first("added").text());
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("une lecture bloquée : l'attente finit, la tâche est annulée, son thread lit toujours, de plateforme ou virtuel")
    void stuckRead() {
        var expected = List.of("résultat : TimeoutException : rien n'est venu à temps.", "tâche annulée : true",
                "thread encore en lecture : true");
        assertEquals(List.of(expected, expected), run.all("stuck").stream().map(NotebookRun.Execution::lines).toList());
    }

    @Test
    @DisplayName("trop gros pour un tableau, puis ligne par ligne ; le flux lu jusqu'au bout garde le fichier ouvert")
    void lineByLine() {
        var lines = run.first("line-by-line").lines();
        assertTrue(lines.getFirst().matches("en un bloc : OutOfMemoryError : .* too large"), lines::toString);
        var open = OS.LINUX.isCurrentOs() ? List.of(1, 0) : List.of(-1, -1);
        assertEquals(List.of("--- ligne par ligne", "erreurs : 200", "lu jusqu'au bout, fichiers ouverts : " + open.getFirst(),
                "après close, fichiers ouverts : " + open.getLast()), lines.subList(1, lines.size()));
    }

    @Test
    @DisplayName("écrit sur place, un témoin le trouve incomplet, et une panne n'en laisse qu'une moitié")
    void inPlace() {
        var lines = run.first("in-place").lines();
        assertTrue(partial(lines.getFirst()) > 0, lines::toString);
        assertEquals("il reste : [nouveau 1]", lines.getLast());
    }

    @Test
    @DisplayName("remplacé d'un coup, le fichier est toujours entier, même après une panne")
    void whole() {
        var lines = run.first("whole").lines();
        assertEquals(0, partial(lines.getFirst()), lines::toString);
        assertEquals(List.of("--- la même panne", "IllegalStateException : panne au milieu", "il reste : 20000 lignes"),
                lines.subList(1, lines.size()));
    }

    private static int partial(String line) {
        var matcher = Pattern.compile("le témoin : \\d+ lectures, dont (\\d+) incomplètes").matcher(line);
        assertTrue(matcher.matches(), line);
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    @DisplayName("sans verrou, des inscrits se perdent ; avec, aucun")
    void lostLines() {
        var lost = run.first("add").lines().getFirst();
        assertTrue(lost.matches("\\d+ inscrits sur 20"), lost);
        assertTrue(Integer.parseInt(lost.split(" ")[0]) < 20, lost);
        assertEquals(List.of("20 inscrits sur 20"), run.first("lock").lines());
    }

    @Test
    @DisplayName("readLine prend une moitié de ligne pour une ligne")
    void halfLine() {
        assertEquals(List.of("lu : démarrage, puis null", "lu : connexion de", "lu :  Zoé acceptée"), run.first("half-line").lines());
    }

    @Test
    @DisplayName("le suivi montre des lignes entières sous sa cellule, après sa fin, et passe au journal neuf")
    void followedLog() {
        var follow = run.first("follow");
        assertEquals(List.of("journal : démarrage", "journal : connexion de Zoé acceptée", "journal : journal neuf", "fin du suivi"),
                follow.lateLines());
        assertEquals(List.of(), run.first("write-log").lines());
    }

    @Test
    @DisplayName("à la fin, rien n'est ouvert, et le dossier est effacé")
    void nothingOpen() {
        var expected = List.of("suivi arrêté : true", "fichiers ouverts : " + (OS.LINUX.isCurrentOs() ? 0 : -1), "threads : 0",
                "programmes : 0", "dossier d'essai présent : false");
        assertEquals(expected, run.first("nothing-open").lines());
    }
}
