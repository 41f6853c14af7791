package lessons.files;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
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

/** La leçon 5 : ce que montre chaque cellule, et ce que ses exercices refusent. Un seul noyau pour tout. */
@DisplayName("leçon 5, les fichiers")
class FilesTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(300)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("05-fichiers");
        exercises = new Exercises(lesson);
        slowDiskAnswers();
        counterAnswers();
        logAnswers();
        var cells = lesson.codeCells();
        var plan = new NotebookRun.Plan(lesson)
                .run(cells.subList(0, cells.size() - 1)).await("follow", 1, "journal neuf").run(cells.getLast());
        run = exercises.addTo(plan).run("together").execute();
    }

    private static void slowDiskAnswers() {
        exercises
                .refused(1, "un par un", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            var contents = new ArrayList<String>();
                            for (var file : files) contents.add(Files.readString(file));
                            return contents;
                        }""", "une lecture à la fois")
                .refused(1, "get aussitôt après submit", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            try (var threads = Executors.newFixedThreadPool(atMost)) {
                                var contents = new ArrayList<String>();
                                for (var file : files) contents.add(threads.submit(() -> Files.readString(file)).get());
                                return contents;
                            }
                        }""", "une lecture à la fois")
                .refused(1, "threads virtuels, avec un régulateur", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            var throttle = new Throttle(atMost);
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var reads = files.stream().map(file -> threads.submit(() -> {
                                    try (var place = throttle.enter()) { return Files.readString(file); }
                                })).toList();
                                var contents = new ArrayList<String>();
                                for (var read : reads) contents.add(read.get());
                                return contents;
                            }
                        }""", "un thread virtuel garde son porteur")
                .refused(1, "tous à la fois", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            try (var threads = Executors.newCachedThreadPool()) {
                                var contents = new ArrayList<String>();
                                var reads = files.stream().map(f -> (Callable<String>) () -> Files.readString(f)).toList();
                                for (var read : threads.invokeAll(reads))
                                    contents.add(read.get());
                                return contents;
                            }
                        }""", "seulement étaient permises")
                .refused(1, "dans l'ordre des réponses", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            try (var threads = Executors.newFixedThreadPool(atMost)) {
                                var done = new ExecutorCompletionService<String>(threads);
                                for (var file : files.reversed()) done.submit(() -> Files.readString(file));
                                var contents = new ArrayList<String>();
                                for (var file : files) contents.add(done.take().get());
                                return contents;
                            }
                        }""", "pas dans l’ordre des fichiers")
                .refused(1, "pool oublié", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            var threads = Executors.newFixedThreadPool(atMost);
                            var contents = new ArrayList<String>();
                            var reads = files.stream().map(f -> (Callable<String>) () -> Files.readString(f)).toList();
                            for (var read : threads.invokeAll(reads))
                                contents.add(read.get());
                            return contents;
                        }""", "un pool de threads est resté ouvert")
                .refused(1, "échec tu", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            try (var threads = Executors.newFixedThreadPool(atMost)) {
                                var contents = new ArrayList<String>();
                                var reads = files.stream().map(f -> (Callable<String>) () -> Files.readString(f)).toList();
                                for (var read : threads.invokeAll(reads))
                                    if (read.state() == Future.State.SUCCESS) contents.add(read.resultNow());
                                return contents;
                            }
                        }""", "laissez sortir l’exception")
                .accepted(1, "un régulateur et des threads de plateforme", """
                        List<String> readAll(List<Path> files, int atMost) throws Exception {
                            var throttle = new Throttle(atMost);
                            try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
                                var reads = files.stream().map(file -> threads.submit(() -> {
                                    try (var place = throttle.enter()) { return Files.readString(file); }
                                })).toList();
                                var contents = new ArrayList<String>();
                                for (var read : reads) contents.add(read.get());
                                return contents;
                            }
                        }""");
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
                        }""", "un autre thread est passé")
                .refused(2, "un verrou nouveau à chaque appel", """
                        int next(Path counter) throws IOException {
                            var lock = new ReentrantLock();
                            lock.lock();
                            try {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                replace(counter, List.of("" + number));
                                return number;
                            } finally { lock.unlock(); }
                        }""", "un autre thread est passé")
                .refused(2, "le verrou pris trop tard", """
                        var lock = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            lock.lock();
                            try { replace(counter, List.of("" + number)); } finally { lock.unlock(); }
                            return number;
                        }""", "un autre thread est passé")
                .refused(2, "dans le fichier même", """
                        var lock = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            lock.lock();
                            try {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                Files.writeString(counter, "" + number);
                                return number;
                            } finally { lock.unlock(); }
                        }""", "dans le fichier lui-même")
                .refused(2, "sans finally", """
                        var lock = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            lock.lock();
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            replace(counter, List.of("" + number));
                            lock.unlock();
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
                        var lock = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            synchronized (lock) {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                Files.writeString(counter.resolveSibling("sauvegarde"), "" + number);
                                replace(counter, List.of("" + number));
                                return number;
                            }
                        }""", "un brouillon est resté")
                .refused(2, "échec tu", """
                        var lock = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            lock.lock();
                            try {
                                int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                                replace(counter, List.of("" + number));
                                return number;
                            } catch (NumberFormatException bad) {
                                return 0;
                            } finally { lock.unlock(); }
                        }""", "laissez sortir l’exception")
                .accepted(2, "synchronized, et un brouillon de nom fixe", """
                        var lock = new ReentrantLock();
                        int next(Path counter) throws IOException {
                            synchronized (lock) {
                                int number = Integer.parseInt(Files.readAllLines(counter).getFirst()) + 1;
                                var draft = Files.writeString(counter.resolveSibling("brouillon"), number + "\\n");
                                Files.move(draft, counter, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                                return number;
                            }
                        }""");
        if (OS.LINUX.isCurrentOs())
            exercises.refused(2, "REPLACE_EXISTING sans ATOMIC_MOVE", """
                    var lock = new ReentrantLock();
                    int next(Path counter) throws IOException {
                        lock.lock();
                        try {
                            int number = Integer.parseInt(Files.readString(counter).strip()) + 1;
                            var draft = Files.writeString(counter.resolveSibling("brouillon"), "" + number);
                            Files.move(draft, counter, StandardCopyOption.REPLACE_EXISTING);
                            return number;
                        } finally { lock.unlock(); }
                    }""", "pendant un instant, le fichier n’existait plus");
    }

    private static void logAnswers() {
        exercises
                .refused(3, "une seule lecture", """
                        String waitFor(Path log, String text, Duration limit) throws Exception {
                            try (var reader = new LogReader(log)) {
                                for (var line : reader.newLines()) if (line.contains(text)) return line;
                            }
                            throw new TimeoutException();
                        }""", "vous ne l’avez pas attendue")
                .refused(3, "une moitié de ligne", """
                        String waitFor(Path log, String text, Duration limit) throws Exception {
                            var end = Instant.now().plus(limit);
                            try (var reader = Files.newBufferedReader(log)) {
                                for (; Instant.now().isBefore(end); Thread.sleep(50))
                                    for (var line = reader.readLine(); line != null; line = reader.readLine())
                                        if (line.contains(text)) return line;
                            }
                            throw new TimeoutException();
                        }""", "une moitié de ligne")
                .refused(3, "null quand rien ne vient", """
                        String waitFor(Path log, String text, Duration limit) throws Exception {
                            var end = Instant.now().plus(limit);
                            try (var reader = new LogReader(log)) {
                                for (; Instant.now().isBefore(end); Thread.sleep(50))
                                    for (var line : reader.newLines()) if (line.contains(text)) return line;
                            }
                            return null;
                        }""", "lancez une TimeoutException")
                .refused(3, "la dernière ligne qui convient", """
                        String waitFor(Path log, String text, Duration limit) throws Exception {
                            var end = Instant.now().plus(limit);
                            String found = null;
                            try (var reader = new LogReader(log)) {
                                for (; Instant.now().isBefore(end) && found == null; Thread.sleep(50))
                                    for (var line : reader.newLines()) if (line.contains(text)) found = line;
                            }
                            if (found == null) throw new TimeoutException();
                            return found;
                        }""", "la première ligne qui convient")
                .accepted(3, "tout relire à chaque fois, jusqu'au dernier retour à la ligne", """
                        String waitFor(Path log, String text, Duration limit) throws Exception {
                            for (long end = System.nanoTime() + limit.toNanos(); System.nanoTime() < end; Thread.sleep(20)) {
                                var all = Files.readString(log);
                                var whole = all.substring(0, all.lastIndexOf('\\n') + 1);
                                var found = whole.lines().filter(line -> line.contains(text)).findFirst();
                                if (found.isPresent()) return found.get();
                            }
                            throw new TimeoutException();
                        }""");
        if (OS.LINUX.isCurrentOs())
            exercises.refused(3, "lecteur jamais fermé", """
                    String waitFor(Path log, String text, Duration limit) throws Exception {
                        var end = Instant.now().plus(limit);
                        var reader = new LogReader(log);
                        for (; Instant.now().isBefore(end); Thread.sleep(50))
                            for (var line : reader.newLines()) if (line.contains(text)) return line;
                        throw new TimeoutException();
                    }""", "un journal est resté ouvert");
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
        assertEquals(1, run.first("in-turn").lines("9998400 octets").size(), () -> run.first("in-turn").text());
        var table = run.first("race").result();
        for (var mode : List.of("un par un", "threads virtuels", "AsynchronousFileChannel"))
            assertTrue(table.lines().anyMatch(line -> line.startsWith(mode) && line.matches(".* ms +× \\d+[.,]\\d")), table);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("disque lent : une lecture, puis autant que de processeurs, puis toutes à la fois ; un trait par lecture")
    void slowDisk() {
        int processors = Runtime.getRuntime().availableProcessors();
        var shown = run.first("slow-disk");
        assertEquals(1, maximum(shown, "un par un"));
        assertTrue(maximum(shown, "threads virtuels") <= processors, shown.text());
        assertTrue(maximum(shown, "threads de plateforme") > processors, shown.text());
        assertEquals(3 * 4 * processors + 1, shown.svg().split("<rect ", -1).length - 1, "un fond et un trait par lecture");
    }

    private static int maximum(NotebookRun.Execution shown, String mode) {
        var row = shown.text().lines().filter(line -> line.startsWith(mode + " ")).findFirst()
                .orElseThrow(() -> new AssertionError(shown.text()));
        return Integer.parseInt(row.substring(mode.length()).strip().split(" +")[0]);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("une lecture bloquée : l'attente finit, la tâche est annulée, son thread lit toujours")
    void stuckRead() {
        assertEquals(List.of("résultat : TimeoutException : rien n'est venu à temps.", "annulée : true ; il lit encore : true"),
                run.first("stuck").lines());
    }

    @Test
    @DisplayName("trop gros pour un tableau, puis ligne par ligne")
    void lineByLine() {
        var lines = run.first("line-by-line").lines();
        assertTrue(lines.getFirst().matches("en un bloc : .* too large"), lines::toString);
        assertEquals("erreurs : 200", lines.getLast());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("cinquante flux oubliés, cinquante fichiers ouverts ; aucun avec try")
    void forgottenStreams() {
        assertEquals(List.of("oubliés : 50 fichiers ouverts", "avec try : 0 fichier ouvert"), run.first("forgotten").lines());
    }

    @Test
    @DisplayName("les échecs courants, chacun en une phrase")
    void failures() {
        var lines = run.first("failures").lines();
        assertTrue(lines.get(0).startsWith("absent : NoSuchFileException : « absent.txt » n'existe pas"), lines::toString);
        assertTrue(lines.get(1).startsWith("sans précision : MalformedInputException : ces octets ne sont pas de l'UTF-8"),
                lines::toString);
        assertEquals("mieux : café crème", lines.get(2));
        if (OS.LINUX.isCurrentOs()) assertTrue(lines.get(3).endsWith("le disque est-il plein ?"), lines::toString);
    }

    @Test
    @DisplayName("une panne au milieu : une moitié sans brouillon, l'ancien fichier avec")
    void halfFile() {
        assertEquals(List.of("panne au milieu, il reste : [nouveau 1]"), run.first("half-file").lines());
        assertEquals(List.of("pendant : [ancien 1, ancien 2]", "pendant : [ancien 1, ancien 2]",
                "replace : IllegalStateException : panne au milieu",
                "après la panne : [ancien 1, ancien 2]", "ensuite : [nouveau 1, nouveau 2]"), run.first("meanwhile").lines());
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
        assertEquals(List.of("journal : démarrage", "journal : connexion de Zoé acceptée", "journal : journal neuf"),
                follow.lateLines().stream().filter(line -> line.contains("journal :"))
                        .map(line -> line.replaceFirst(".*?journal :", "journal :")).toList());
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
