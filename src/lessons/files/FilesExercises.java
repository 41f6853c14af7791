//SOURCES ../Exercise.java ../Race.java
package lessons.files;

import static lessons.Exercise.require;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import lessons.files.SlowDisk;
import lessons.files.TrialFolder;

/** Les vérifications des exercices de la leçon 5. Chacune appelle la réponse de l'élève dans un dossier d'essai, effacé ensuite. */
public final class FilesExercises {

    /** Lit ces fichiers, {@code atMost} à la fois, et rend leurs contenus dans l'ordre. */
    @FunctionalInterface
    public interface ReadAll {
        List<String> readAll(List<Path> files, int atMost) throws Exception;
    }

    /** Ajoute un au nombre écrit dans ce fichier, et le rend. */
    @FunctionalInterface
    public interface Next {
        int next(Path counter) throws Exception;
    }

    /** Rend la première ligne du journal qui contient ce texte, et l'attend au plus {@code limit}. */
    @FunctionalInterface
    public interface WaitFor {
        String waitFor(Path log, String text, Duration limit) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private static final int THREADS = 8;
    private static final int CALLS = 10;

    private FilesExercises() {}

    // ---- exercice 1

    /**
     * Les fichiers d'un disque lent sont tous lus, dans l'ordre, autant à la fois que permis ; rien ne reste ensuite, et un échec se voit.
     */
    public static Verdict readAll(ReadAll answer) throws InterruptedException {
        return Exercise.check("le disque a vu autant de lectures à la fois que permis, jamais plus, et rien n’est resté ouvert.", LIMIT,
                () -> {
                    try (var folder = TrialFolder.create("exercice-1")) {
                        readSlowFiles(answer, folder);
                        absentFile(answer, folder);
                    }
                });
    }

    private static void readSlowFiles(ReadAll answer, TrialFolder folder) throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        int atMost = processors + 2;
        int seen = mostAtOnce(answer, folder, atMost, 2 * atMost, 0.1);
        if (processors < seen && seen < atMost) seen = mostAtOnce(answer, folder, atMost, atMost, 1);   // machine très occupée : sans hâte
        int most = seen;
        require(most != 1, "le disque n’a vu qu’une lecture à la fois : lancez-les toutes, puis attendez leurs résultats.");
        require(most >= atMost,
                "le disque a vu " + most + " lectures à la fois, et " + atMost
                        + " étaient permises : pendant une lecture, un thread virtuel "
                        + "garde son porteur. Quels threads n’en ont pas ?");
    }

    /** Fait lire un disque lent, vérifie ce qui a été lu, et rend le plus grand nombre de lectures à la fois. */
    private static int mostAtOnce(ReadAll answer, TrialFolder folder, int atMost, int count, double seconds) throws Exception {
        try (var disk = SlowDisk.start(folder, count, seconds)) {
            var before = platformThreads();
            var contents = answer.readAll(disk.files(), atMost);
            require(contents != null && !contents.isEmpty(), "la liste rendue est vide : lisez chaque fichier, et rendez leurs contenus.");
            var expected = IntStream.range(0, count).mapToObj(disk::content).toList();
            require(contents.size() == count, "il y avait " + count + " fichiers, et vous rendez " + contents.size() + " contenus.");
            require(new HashSet<>(contents).equals(new HashSet<>(expected)), "les contenus rendus ne sont pas ceux des fichiers.");
            require(contents.equals(expected), "les contenus y sont tous, mais pas dans l’ordre des fichiers.");
            require(!disk.isSlow() || disk.maximum() <= atMost,
                    "le disque a vu " + disk.maximum() + " lectures à la fois, et " + atMost + " seulement étaient permises.");
            require(poolsEnd(before), "un pool de threads est resté ouvert : fermez-le, avec try par exemple.");
            return disk.isSlow() ? disk.maximum() : atMost;
        }
    }

    private static void absentFile(ReadAll answer, TrialFolder folder) throws IOException {
        try {
            answer.readAll(List.of(folder.file("absent.txt")), 2);
        } catch (Exception expected) {
            return;
        }
        require(false, "l’un des fichiers n’existe pas, et personne ne l’apprend : laissez sortir l’exception.");
    }

    private static Set<Thread> platformThreads() {
        return Thread.getAllStackTraces().keySet();
    }

    /** Attend, deux secondes au plus, la fin des threads de pool qui n'étaient pas là avant. */
    private static boolean poolsEnd(Set<Thread> before) throws InterruptedException {
        var started = new LinkedHashSet<>(platformThreads());
        started.removeAll(before);
        for (var thread : started)
            if (thread.getName().matches("pool-\\d+-thread-\\d+|Thread-\\d+") && !thread.join(Duration.ofSeconds(2))) return false;
        return true;
    }

    // ---- exercice 2

    /** Le compteur donne chaque numéro une seule fois, même à plusieurs threads, et son fichier est toujours entier. */
    public static Verdict next(Next answer) throws InterruptedException {
        return Exercise.check("chaque numéro sort une seule fois, et le fichier est toujours entier.", LIMIT, () -> {
            try (var folder = TrialFolder.create("exercice-2")) {
                oneByOne(answer, folder);
                neverHalf(answer, folder);
                together(answer, folder);
                afterFailure(answer, folder);
            }
        });
    }

    private static void oneByOne(Next answer, TrialFolder folder) throws Exception {
        var counter = Files.writeString(folder.file("compteur.txt"), "41\n");
        int number = answer.next(counter);
        require(number == 42, "le fichier contenait 41, et next rend " + number + " : 42 était attendu.");
        require(text(counter).equals("42"),
                "next a rendu 42, mais le fichier contient « " + text(counter) + " » : le prochain appel rendra le même numéro.");
        require(answer.next(counter) == 43, "au deuxième appel, 43 était attendu.");
    }

    private static void neverHalf(Next answer, TrialFolder folder) throws Exception {
        var counter = Files.writeString(folder.file("compteur.txt"), "7\n");
        var witness = link(folder.file("temoin.txt"), counter);
        try (var watch = FileSystems.getDefault().newWatchService()) {
            folder.path().register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
            answer.next(counter);
            require(witness == null || text(witness).equals("7"),
                    "vous avez écrit dans le fichier lui-même : un lecteur peut le trouver vide. "
                            + "Déplacez un brouillon à sa place.");
            if (LINUX) require(!events(watch, folder).contains("ENTRY_DELETE compteur.txt"),
                    "pendant un instant, le fichier n’existait plus : l’ancien a été effacé "
                            + "avant que le nouveau prenne sa place. Quelle option de Files.move fait les deux d’un coup ?");
        }
        if (witness != null) Files.delete(witness);
        require(names(folder).equals(Set.of("compteur.txt")), "un brouillon est resté dans le dossier : " + names(folder) + ".");
    }

    private static void together(Next answer, TrialFolder folder) throws Exception {
        var counter = Files.writeString(folder.file("compteur.txt"), "0\n");
        var start = new CountDownLatch(1);
        var numbers = new ArrayList<Integer>();
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            var calls = Stream.generate(() -> threads.submit(() -> numbers(answer, counter, start))).limit(THREADS).toList();
            start.countDown();
            for (var call : calls) numbers.addAll(get(call));
        }
        var twice = numbers.stream().filter(number -> Collections.frequency(numbers, number) > 1).findFirst();
        require(twice.isEmpty(),
                "appelée par " + THREADS + " threads à la fois, votre méthode a rendu deux fois le numéro " + twice.orElse(0)
                        + " : entre la lecture et l’écriture, un autre thread est passé.");
        require(text(counter).equals("" + THREADS * CALLS),
                "après " + THREADS * CALLS + " appels depuis 0, le fichier contient « " + text(counter) + " ».");
    }

    private static List<Integer> numbers(Next answer, Path counter, CountDownLatch start) throws Exception {
        start.await();
        var numbers = new ArrayList<Integer>();
        for (int i = 0; i < CALLS; i++) numbers.add(answer.next(counter));
        return numbers;
    }

    /** Le résultat d'un appel ; son exception sort telle que la réponse de l'élève l'a lancée. */
    private static <T> T get(Future<T> call) throws Exception {
        try {
            return call.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void afterFailure(Next answer, TrialFolder folder) throws Exception {
        var bad = Files.writeString(folder.file("abime.txt"), "douze\n");
        var good = Files.writeString(folder.file("compteur.txt"), "1\n");
        var told = false;
        try {
            answer.next(bad);
        } catch (Exception expected) {
            told = true;
        }
        require(told, "un fichier qui contient « douze » n’est pas un compteur, et personne ne l’apprend : laissez sortir l’exception.");
        var other = new FutureTask<>(() -> answer.next(good));
        var thread = Thread.ofPlatform().daemon().start(other);
        var ended = thread.join(Duration.ofSeconds(5));
        thread.interrupt();
        require(ended, "après un échec, plus personne ne passe : le verrou n’a pas été rendu. À quoi sert finally ?");
    }

    /** Ce qui est arrivé dans le dossier, dans l'ordre ; un dernier fichier, créé ici, dit que tout est venu. */
    private static List<String> events(WatchService watch, TrialFolder folder) throws IOException, InterruptedException {
        var last = Files.createFile(folder.file("fin.txt"));
        var events = new ArrayList<String>();
        while (!events.contains("ENTRY_CREATE fin.txt")) {
            var key = watch.poll(10, TimeUnit.SECONDS);
            if (key == null) break;
            key.pollEvents().forEach(event -> events.add(event.kind().name() + " " + event.context()));
            key.reset();
        }
        Files.delete(last);
        return events;
    }

    /** Un second nom du même fichier : il garde l'ancien contenu si le premier nom désigne désormais un autre fichier. */
    private static Path link(Path link, Path file) {
        try {
            return Files.createLink(link, file);
        } catch (UnsupportedOperationException | IOException noLinksHere) {
            return null;
        }
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private static Set<String> names(TrialFolder folder) throws IOException {
        try (var files = Files.list(folder.path())) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    // ---- exercice 3

    /** La ligne est attendue jusqu'à ce qu'elle soit entière, pas au-delà de la durée permise, et le journal est refermé. */
    public static Verdict waitFor(WaitFor answer) throws InterruptedException {
        return Exercise.check("vous attendez une ligne entière, ni trop tôt ni pour toujours, et le journal est refermé.", LIMIT, () -> {
            try (var folder = TrialFolder.create("exercice-3")) {
                lineAlreadyThere(answer, folder);
                lineInTwoPieces(answer, folder);
                lineThatNeverComes(answer, folder);
                require(folder.openFiles() <= 0, "un journal est resté ouvert : fermez le lecteur, avec try par exemple.");
            }
        });
    }

    private static void lineAlreadyThere(WaitFor answer, TrialFolder folder) throws Exception {
        var log = Files.writeString(folder.file("present.log"), "démarrage\nport 8080 ouvert\nport 8081 ouvert\nprêt\n");
        var line = within(answer, log, "ouvert", "la ligne était déjà dans le journal, et vous ne l’avez pas trouvée.");
        require(line != null, "votre méthode rend null : elle doit rendre la ligne qui contient le texte.");
        require("port 8080 ouvert".equals(line),
                "« port 8080 ouvert » était attendu, la première ligne qui convient, et vous rendez « " + line + " ».");
    }

    private static void lineInTwoPieces(WaitFor answer, TrialFolder folder) throws Exception {
        var log = Files.writeString(folder.file("futur.log"), "démarrage\nserveur");
        var writer = Thread.ofPlatform().daemon().start(() -> appendLater(log, " prêt, port 8080\nsuite\n"));
        var line = within(answer, log, "serveur", "la ligne est venue une demi-seconde après l’appel, et vous ne l’avez pas attendue.");
        writer.join();
        require(line != null, "la ligne est venue une demi-seconde après l’appel, et vous ne l’avez pas attendue.");
        require(!line.equals("serveur"), "vous rendez une moitié de ligne, « serveur » : une ligne n’est finie qu’à son \\n.");
        require(line.equals("serveur prêt, port 8080"), "« serveur prêt, port 8080 » était attendu, et vous rendez « " + line + " ».");
    }

    private static String within(WaitFor answer, Path log, String text, String missing) throws Exception {
        try {
            return answer.waitFor(log, text, Duration.ofSeconds(10));
        } catch (TimeoutException tooEarly) {
            require(false, missing);
            return null;
        }
    }

    private static void appendLater(Path log, String text) {
        try {
            Thread.sleep(500);
            Files.writeString(log, text, StandardOpenOption.APPEND);
        } catch (IOException | InterruptedException folderGone) {
            // la vérification est finie
        }
    }

    private static void lineThatNeverComes(WaitFor answer, TrialFolder folder) throws Exception {
        var log = Files.writeString(folder.file("muet.log"), "démarrage\n");
        try {
            var line = answer.waitFor(log, "prêt", Duration.ofMillis(300));
            require(false, "la ligne n’est jamais venue, et vous rendez « " + line + " » : lancez une TimeoutException.");
        } catch (TimeoutException expected) {
            // c'est ce qui était demandé
        }
    }
}
