//SOURCES ../Exercise.java ../Patience.java ../Race.java
package lessons.files;

import static lessons.Exercise.check;
import static lessons.Exercise.require;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lessons.Exercise.Verdict;
import lessons.Patience;
import lessons.files.SlowDisk;
import lessons.files.TrialFolder;

/** Les vérifications des exercices de la leçon 5. Chacune appelle la réponse de l'élève dans un dossier d'essai, effacé ensuite. */
public final class FilesExercises {

    /** Lit ce fichier dans un thread de {@code disk}, et rend son contenu ; l'appelant est un thread virtuel. */
    @FunctionalInterface
    public interface Read {
        String read(Path file, ExecutorService disk) throws Exception;
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

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration NET = Duration.ofSeconds(30);         // un filet : chaque essai a sa limite, bien plus courte
    private static final Duration SOON = Duration.ofMillis(1500);
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private static final int THREADS = 8;
    private static final int CALLS = 12;

    private FilesExercises() {}

    /** Un essai d'une réponse. */
    private interface Step {
        void run() throws Exception;
    }

    /**
     * Fait l'essai dans un thread de plateforme : il avance même quand la réponse retient tous les porteurs, et même si elle ne finit
     * jamais. Dit {@code late} à l'élève si l'essai n'a pas fini à temps ({@link Patience}) ; une exception en sort telle quelle.
     */
    private static void within(Duration limit, String late, Step step) throws Exception {
        var task = new FutureTask<Void>(() -> {
            step.run();
            return null;
        });
        var thread = Thread.ofPlatform().daemon().name("essai").start(task);
        try {
            new Patience(limit).get(task);
        } catch (TimeoutException e) {
            require(false, late);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) throw failure;
            throw (Error) e.getCause();
        } finally {
            thread.interrupt();
        }
    }

    /** Attend que la condition soit vraie, pas plus d'une seconde et demie, sauf si la machine est occupée ; dit si elle l'est. */
    private static boolean await(BooleanSupplier condition) throws InterruptedException {
        for (var patience = new Patience(SOON); patience.lasts(); Thread.sleep(5))
            if (condition.getAsBoolean()) return true;
        return condition.getAsBoolean();
    }

    private static boolean joins(Thread thread) throws InterruptedException {
        return await(() -> !thread.isAlive());
    }

    // ---- exercice 1

    /** Pendant qu'un disque lent se fait attendre, les autres threads virtuels avancent ; chacun reçoit son contenu, ou son échec. */
    public static Verdict read(Read answer) throws InterruptedException {
        return check("le disque se fait attendre, et vos threads virtuels ne retiennent aucun porteur.", NET,
                () -> within(LIMIT.multipliedBy(3), "votre code n’a pas fini en quinze secondes. Qu’attend-il ?", () -> {
                    try (var folder = TrialFolder.create("exercice-1"); var disk = new Pool(PROCESSORS + 2)) {
                        oneFile(answer, folder, disk);
                        othersGoOn(answer, folder, disk);
                        eachItsOwn(answer, folder, disk);
                        interrupted(answer, folder, disk);
                    }
                }));
    }

    /** Les threads de plateforme prêtés à la réponse ; ils finissent avec la vérification. */
    private static final class Pool extends ThreadPoolExecutor {
        Pool(int size) {
            super(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("lecteur-", 1).factory());
        }

        @Override
        public void close() {
            shutdownNow();
        }
    }

    /** L'appel de chacun, dans son thread virtuel. */
    private record Call(Thread thread, FutureTask<String> result) {
        static Call start(Read answer, Path file, ExecutorService disk) {
            var result = new FutureTask<>(() -> answer.read(file, disk));
            return new Call(Thread.startVirtualThread(result), result);
        }
    }

    private static List<Call> startAll(Read answer, SlowDisk disk, ExecutorService threads) {
        return disk.files().stream().map(file -> Call.start(answer, file, threads)).toList();
    }

    private static List<String> results(List<Call> calls) throws Exception {
        var results = new ArrayList<String>();
        for (var call : calls) {
            require(joins(call.thread), "la lecture est finie, et celui qui l’a demandée attend toujours.");
            results.add(get(call.result));
        }
        return results;
    }

    private static void oneFile(Read answer, TrialFolder folder, Pool disk) throws Exception {
        var file = Files.writeString(folder.file("petit.txt"), "bonjour");
        var read = new AtomicReference<String>();
        within(SOON, "votre méthode ne rend pas la main, même pour un petit fichier. Qu’attend-elle ?",
                () -> read.set(answer.read(file, disk)));
        var content = read.get();
        require("bonjour".equals(content), "le fichier contient « bonjour », et vous rendez « " + content + " ».");
        require(!disk.isShutdown(), "le pool n’est pas à vous : d’autres s’en servent encore. Ne le fermez pas.");
        try {
            within(SOON, "le fichier n’existe pas, et votre méthode ne rend pas la main. Qu’attend-elle ?",
                    () -> answer.read(folder.file("absent.txt"), disk));
            require(false, "le fichier n’existe pas, et l’appelant ne l’apprend pas : laissez sortir l’exception.");
        } catch (ExecutionException | CompletionException wrapped) {
            require(false, "l’appelant attend NoSuchFileException, et reçoit " + wrapped.getClass().getSimpleName()
                    + ", qui l’enveloppe : lancez sa cause, que rend getCause.");
        } catch (NoSuchFileException expected) {
            // c'est ce qui était demandé
        }
    }

    /** Autant d'appels que de threads prêtés, deux de plus que de porteurs. Pendant ces lectures, un autre thread virtuel doit passer. */
    private static void othersGoOn(Read answer, TrialFolder folder, Pool disk) throws Exception {
        int most = disk.getMaximumPoolSize();
        try (var slow = SlowDisk.start(folder, most, 60)) {
            if (!slow.isSlow()) return;
            var calls = startAll(answer, slow, disk);
            await(() -> slow.reading() >= Math.min(PROCESSORS, most));
            var other = Thread.startVirtualThread(() -> {});
            if (!joins(other))
                require(false, "le disque se fait attendre, et plus aucun autre thread virtuel n’avance : " + culprit(calls));
            await(() -> slow.reading() == most);
            int seen = slow.reading();
            require(!commonPoolReads(),
                    "c’est le pool commun qui lit. parallelStream, et supplyAsync sans exécuteur, ne créent aucun thread "
                            + "virtuel : ils se servent de ForkJoinPool.commonPool, des threads de plateforme, moins nombreux que "
                            + "vos processeurs. "
                            + "Confiez la lecture au pool disk.");
            require(seen == most,
                    "le disque n’a vu que " + seen + (seen > 1 ? " lectures" : " lecture") + " à la fois, quand le pool en permet "
                            + most + " : qui fait attendre les autres ?");
            require(disk.getActiveCount() == most,
                    "vos lectures ne passent pas par le pool disk : rien ne limite plus le nombre de leurs threads.");
            slow.release();
            results(calls);
        }
    }

    /** Qui retient les porteurs, d'après ce que chaque appelant est en train d'exécuter. */
    private static String culprit(List<Call> calls) {
        var frames = calls.stream().flatMap(call -> Stream.of(call.thread.getStackTrace())).map(StackTraceElement::getClassName).toList();
        if (frames.stream().noneMatch(name -> name.startsWith("java.nio.file.") || name.startsWith("java.io.")))
            return calls.stream().anyMatch(call -> RESTING.contains(call.thread.getState()))
                    ? "la lecture se fait dans un autre thread virtuel, qui retient lui aussi son porteur. Confiez-la au pool disk."
                    : "vos appelants tournent en rond au lieu d’attendre.";
        if (frames.stream().anyMatch(name -> name.startsWith("java.util.stream.")))
            return "parallelStream ne crée aucun thread, virtuel ou non. Il partage le travail entre le pool commun et celui qui appelle ; "
                    + "pour un seul fichier, c’est l’appelant qui lit, et il retient son porteur.";
        return "chaque lecture se fait dans le thread virtuel qui appelle, et retient son porteur. Confiez-la au pool disk, et attendez.";
    }

    private static boolean commonPoolReads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("ForkJoinPool.commonPool"))
                .flatMap(entry -> Stream.of(entry.getValue())).anyMatch(frame -> frame.getClassName().startsWith("java.nio.file.Files"));
    }

    /**
     * Toutes les lectures finissent pendant que d'autres threads virtuels occupent tous les porteurs : aucun appelant ne rend la main
     * avant que tous les résultats soient là. Une variable que les appels se partageraient n'a plus alors que le dernier.
     */
    private static void eachItsOwn(Read answer, TrialFolder folder, Pool disk) throws Exception {
        try (var slow = SlowDisk.start(folder, disk.getMaximumPoolSize(), 60)) {
            if (!slow.isSlow()) return;
            var calls = startAll(answer, slow, disk);
            await(() -> slow.reading() == calls.size());
            var busy = new CountDownLatch(PROCESSORS);
            var over = new AtomicBoolean();
            for (int i = 0; i < PROCESSORS; i++)
                Thread.startVirtualThread(() -> {
                    busy.countDown();
                    while (!over.get()) Thread.onSpinWait();
                });
            new Patience(SOON).await(busy);
            slow.release();
            await(() -> disk.getActiveCount() == 0);
            over.set(true);
            var contents = results(calls);
            var expected = IntStream.range(0, calls.size()).mapToObj(slow::content).toList();
            require(contents.equals(expected),
                    "deux appels à la fois ont reçu le même contenu : ils se partagent une variable, déclarée hors de "
                            + "read. Gardez le résultat dans une variable de la méthode.");
        }
    }

    private static void interrupted(Read answer, TrialFolder folder, Pool disk) throws Exception {
        try (var slow = SlowDisk.start(folder, 1, 60)) {
            if (!slow.isSlow()) return;
            var call = startAll(answer, slow, disk).getFirst();
            await(() -> slow.reading() == 1);
            call.thread.interrupt();
            require(joins(call.thread), "on a interrompu un appelant, et il attend toujours : get s’interrompt, join non.");
        }
    }

    // ---- exercice 2

    /** Le compteur donne chaque numéro une seule fois, même à plusieurs threads, et son fichier est toujours entier. */
    public static Verdict next(Next answer) throws InterruptedException {
        return check("chaque numéro sort une seule fois, et le fichier est toujours entier.", LIMIT, () -> {
            try (var folder = TrialFolder.create("exercice-2")) {
                oneByOne(answer, folder);
                neverHalf(answer, folder);
                afterFailure(answer, folder);
                intruder(answer, folder);
                together(answer, folder);
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
            int number = answer.next(counter);
            require(number == 8, "un autre compteur contenait 7, et next rend " + number + " : c’est le fichier qui dit le nombre.");
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

    /**
     * Un thread lit un compteur lent ; un autre l'appelle alors. Il doit attendre son tour : s'il passe, tous deux rendent 1. Le
     * disque ne livre le compteur que lorsque l'on sait : aucune mauvaise réponse n'a de chance.
     */
    private static void intruder(Next answer, TrialFolder folder) throws Exception {
        try (var slow = SlowDisk.holding(folder, "0\n", 60)) {
            if (!slow.isSlow()) return;
            var first = call(answer, slow.files().getFirst());
            await(() -> slow.reading() == 1 || first.result.isDone());
            var second = call(answer, slow.files().getFirst());
            for (int resting = 0; resting < 10 && !second.result.isDone(); Thread.sleep(10))
                resting = RESTING.contains(second.thread.getState()) ? resting + 1 : 0;
            slow.release();
            int one = get(first.result);
            int other = get(second.result);
            require(one != other, "pendant qu’un thread lisait le compteur, un autre l’a lu et écrit : tous deux rendent " + one
                    + ". Une variable commune n’y change rien. Il faut tenir le même verrou, de la lecture à l’écriture.");
            require(one + other == 3, "deux appels à la fois, depuis 0, rendent " + one + " et " + other + " : 1 et 2 étaient attendus.");
        }
    }

    private static final Set<Thread.State> RESTING = Set.of(Thread.State.BLOCKED, Thread.State.WAITING, Thread.State.TIMED_WAITING);

    private record NextCall(Thread thread, FutureTask<Integer> result) {}

    private static NextCall call(Next answer, Path counter) {
        var result = new FutureTask<>(() -> answer.next(counter));
        return new NextCall(Thread.ofPlatform().daemon().name("essai").start(result), result);
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
        var other = call(answer, good);
        var ended = joins(other.thread);
        other.thread.interrupt();
        require(ended, "après un échec, plus personne ne passe : le verrou n’a pas été rendu. À quoi sert finally ?");
    }

    /** Ce qui est arrivé dans le dossier, dans l'ordre ; un dernier fichier, créé ici, dit que tout est venu. */
    private static List<String> events(WatchService watch, TrialFolder folder) throws IOException, InterruptedException {
        var last = Files.createFile(folder.file("fin.txt"));
        var events = new ArrayList<String>();
        while (!events.contains("ENTRY_CREATE fin.txt")) {
            var key = watch.poll(2, TimeUnit.SECONDS);
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
        return check("vous attendez une ligne entière, ni trop tôt ni pour toujours, et le journal est refermé.", LIMIT, () -> {
            try (var folder = TrialFolder.create("exercice-3")) {
                lineAlreadyThere(answer, folder);
                lineInTwoPieces(answer, folder);
                twoAtOnce(answer, folder);
                lineThatNeverComes(answer, folder);
                require(folder.openFiles() <= 0, "un journal est resté ouvert : fermez le lecteur, avec try par exemple.");
            }
        });
    }

    private static void lineAlreadyThere(WaitFor answer, TrialFolder folder) throws Exception {
        var log = Files.writeString(folder.file("present.log"), "démarrage\nport 8080 ouvert\nport 8081 ouvert\nprêt\n");
        var line = found(answer, log, "ouvert", "la ligne était déjà dans le journal, et vous l’attendez encore : lisez avant de dormir.",
                "la ligne était déjà dans le journal, et vous ne l’avez pas trouvée.");
        require(line != null, "votre méthode rend null : elle doit rendre la ligne qui contient le texte.");
        require("port 8080 ouvert".equals(line),
                "« port 8080 ouvert » était attendu, la première ligne qui convient, et vous rendez « " + line + " ».");
    }

    private static void lineInTwoPieces(WaitFor answer, TrialFolder folder) throws Exception {
        var log = Files.writeString(folder.file("futur.log"), "démarrage\nserveur");
        var writer = Thread.ofPlatform().daemon().start(() -> appendLater(log, " prêt, port 8080\nsuite\n"));
        var missed = "la ligne est venue un peu après l’appel, et vous ne l’avez pas attendue.";
        var line = found(answer, log, "serveur", "la ligne est venue un peu après l’appel, et vous l’attendez encore.", missed);
        writer.join();
        require(line != null, missed);
        require(!line.equals("serveur"), "vous rendez une moitié de ligne, « serveur » : une ligne n’est finie qu’à son \\n.");
        require(line.equals("serveur prêt, port 8080"), "« serveur prêt, port 8080 » était attendu, et vous rendez « " + line + " ».");
    }

    /** Deux appels à la fois, pour deux journaux : la ligne de l'un ne doit rien changer à l'attente de l'autre. */
    private static void twoAtOnce(WaitFor answer, TrialFolder folder) throws Exception {
        var first = Files.writeString(folder.file("un.log"), "démarrage\n");
        var second = Files.writeString(folder.file("deux.log"), "démarrage\n");
        var waiting = new FutureTask<>(() -> answer.waitFor(first, "prêt", Duration.ofSeconds(10)));
        var thread = Thread.ofPlatform().daemon().name("essai").start(waiting);
        try {
            await(() -> thread.getState() == Thread.State.TIMED_WAITING);
            Files.writeString(second, "deux est prêt\n", StandardOpenOption.APPEND);
            var line = found(answer, second, "prêt", "de deux appels à la fois, l’un attend encore une ligne déjà venue.",
                    "de deux appels à la "
                            + "fois, l’un n’a pas trouvé sa ligne.");
            require("deux est prêt".equals(line), "deux appels à la fois, pour deux journaux : l’un rend « " + line + " ».");
            Thread.sleep(Patience.stretched(Duration.ofMillis(150)));
            require(!waiting.isDone(),
                    "deux appels à la fois, pour deux journaux : la ligne de l’un a fini l’attente de l’autre. Ils se partagent "
                            + "une variable, déclarée hors de waitFor.");
            Files.writeString(first, "un est prêt\n", StandardOpenOption.APPEND);
            require(await(waiting::isDone) && "un est prêt".equals(get(waiting)),
                    "deux appels à la fois, pour deux journaux : l’un n’a pas reçu sa ligne.");
        } finally {
            thread.interrupt();
        }
    }

    private static String found(WaitFor answer, Path log, String text, String late, String missing) throws Exception {
        var line = new AtomicReference<String>();
        try {
            within(SOON, late, () -> line.set(answer.waitFor(log, text, Duration.ofSeconds(10))));
        } catch (TimeoutException tooEarly) {
            require(false, missing);
        }
        return line.get();
    }

    private static void appendLater(Path log, String text) {
        try {
            Thread.sleep(300);
            Files.writeString(log, text, StandardOpenOption.APPEND);
        } catch (IOException | InterruptedException folderGone) {
            // la vérification est finie
        }
    }

    private static void lineThatNeverComes(WaitFor answer, TrialFolder folder) throws Exception {
        var log = Files.writeString(folder.file("muet.log"), "démarrage\n");
        var rested = new AtomicBoolean();
        try {
            within(SOON,
                    "la ligne n’est jamais venue, la durée permise (0,3 s) est passée, et votre boucle tourne encore : "
                            + "qu’est-ce qui l’arrête ?",
                    () -> {
                        var caller = Thread.currentThread();
                        var observer = Thread.ofPlatform().daemon().start(() -> observe(caller, rested));
                        try {
                            var line = answer.waitFor(log, "prêt", Duration.ofMillis(300));
                            require(false, "la ligne n’est jamais venue, et vous rendez « " + line + " » : lancez une TimeoutException.");
                        } finally {
                            observer.interrupt();
                        }
                    });
        } catch (TimeoutException expected) {
            require(rested.get(),
                    "votre boucle lit sans jamais se reposer : elle occupe un processeur à ne rien trouver. Thread.sleep, entre deux "
                            + "lectures.");
        }
    }

    /** Note si ce thread s'est reposé, ne serait-ce qu'une fois. */
    private static void observe(Thread thread, AtomicBoolean rested) {
        try {
            for (; !rested.get(); Thread.sleep(5)) rested.set(RESTING.contains(thread.getState()));
        } catch (InterruptedException over) {
            // l'essai est fini
        }
    }
}
