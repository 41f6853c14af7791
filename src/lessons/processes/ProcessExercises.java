//SOURCES ../Exercise.java ../Patience.java
package lessons.processes;

import static lessons.Exercise.require;
import static lessons.processes.Children.ended;
import static lessons.processes.Children.program;
import static lessons.processes.Children.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import lessons.Patience;
import lessons.TempFolder;

/**
 * Les vérifications des exercices de la leçon 7, les sous-processus. Chacune observe les enfants, et non le code de l'élève : ils notent
 * dans un dossier ce qu'ils ont vu. Aucune ne laisse d'enfant derrière elle.
 */
public final class ProcessExercises {

    /** La réponse à l'exercice 1. */
    @FunctionalInterface
    public interface Listen {
        int to(ProcessBuilder builder, BiConsumer<String, String> heard) throws Exception;
    }

    /** La réponse à l'exercice 2. */
    @FunctionalInterface
    public interface StopAll {
        void stop(List<Process> children, Duration grace) throws Exception;
    }

    /** La réponse à l'exercice 3. */
    @FunctionalInterface
    public interface First {
        String of(List<ProcessBuilder> builders, Duration limit) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(50);      // un filet : chaque étape a sa limite, bien plus courte
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int MANY = 2000;                              // lignes : de quoi remplir un tube
    private static final int CODE = 7;
    private static final String OUT = "sortie";
    private static final String ERR = "erreur";

    /**
     * Dit un mot sur chaque sortie, attend d'être entendu, puis écrit beaucoup. Note « deaf » si personne n'a entendu ; finit toujours.
     * Une machine occupée allonge ses attentes : le dernier argument dit combien de fois.
     */
    private static final String TWO_VOICES = """
            volatile int written;

            void main(String... args) throws Exception {
                var folder = Path.of(args[0]);
                int slowness = Integer.parseInt(args[3]);
                Thread.startVirtualThread(() -> watch(slowness));
                IO.println("sortie 1 " + ProcessHandle.current().pid());
                System.err.println("erreur 1 -");
                for (int i = 0; i < 125 * slowness && !Files.exists(folder.resolve("heard")); i++) Thread.sleep(20);
                if (!Files.exists(folder.resolve("heard"))) Files.createFile(folder.resolve("deaf"));
                int count = Integer.parseInt(args[1]);
                for (int i = 2; i < count; i++, written++) {
                    IO.println("sortie " + i + " " + "o".repeat(60));
                    System.err.println("erreur " + i + " " + "e".repeat(60));
                }
                if (args[2].equals("erreur")) IO.println("sortie " + count + " -");
                else System.err.println("erreur " + count + " -");
                Thread.sleep(100);
                if (args[2].equals("erreur")) System.err.println("erreur " + count + " -");
                else IO.println("sortie " + count + " -");
                System.exit(7);
            }

            void watch(int slowness) {
                try {
                    Thread.sleep(3000 * slowness);
                    for (int before = -1; before != written; Thread.sleep(1000 * slowness)) before = written;
                } catch (InterruptedException e) {
                    // le programme finit
                }
                Runtime.getRuntime().halt(3);
            }
            """;

    /**
     * À la demande d'arrêt, range pendant un instant, plus long sur une machine occupée, et le note ; laisse alors derrière lui l'ouvrier
     * qu'il avait lancé.
     */
    private static final String TIDY = """
            import java.util.concurrent.locks.LockSupport;

            void main(String... args) throws Exception {
                var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
                var worker = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), "Counter", "300").start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    LockSupport.parkNanos(300_000_000L * Integer.parseInt(args[1]));
                    try { Files.createFile(Path.of(args[0])); } catch (Exception e) { IO.println(e); }
                }));
                IO.println(worker.pid());
                Thread.sleep(60_000);
            }
            """;

    /** Fait la sourde oreille à toute demande d'arrêt. */
    private static final String DEAF = """
            import java.util.concurrent.locks.LockSupport;

            void main() throws Exception {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> LockSupport.parkNanos(60_000_000_000L)));
                IO.println("prêt");
                Thread.sleep(60_000);
            }
            """;

    /** Note son arrivée, attend un fichier qui porte son nom, dit un mot, et finit avec le code donné. Renonce après une minute. */
    private static final String RUNNER = """
            void main(String... args) throws Exception {
                var folder = Path.of(args[0]);
                Files.writeString(folder.resolve(args[1] + ".in"), "" + ProcessHandle.current().pid());
                for (int i = 0; i < 3000 && !Files.exists(folder.resolve(args[1])); i++) Thread.sleep(20);
                if (args[2].equals("0")) IO.println("gagné par " + args[1]);
                else System.err.println("perdu par " + args[1]);
                System.exit(Integer.parseInt(args[2]));
            }
            """;

    /** Lance un ouvrier qui hérite de ses sorties, note les deux numéros et son arrivée, puis ne fait plus rien pendant une minute. */
    private static final String ENDLESS = """
            void main(String... args) throws Exception {
                var folder = Path.of(args[0]);
                var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
                var classes = System.getProperty("java.class.path");
                var worker = new ProcessBuilder(java, "-cp", classes, "Counter", "300").inheritIO().start();
                Files.writeString(folder.resolve(args[1] + ".worker"), "" + worker.pid());
                Files.writeString(folder.resolve(args[1] + ".in"), "" + ProcessHandle.current().pid());
                Thread.sleep(60_000);
            }
            """;

    private ProcessExercises() {}

    // ---------------------------------------------------------------- exercice 1

    /** Exercice 1 : écouter les deux sorties à mesure, sans que deux threads parlent à la fois. */
    public static Verdict listen(Listen answer) throws InterruptedException {
        var success = "vous écoutez les deux sorties à mesure, et une seule voix parle à la fois.";
        return Exercise.check(success, LIMIT, () -> {
            Children.add("TwoVoices", TWO_VOICES);
            inFolder(folder -> listen(answer, new Ear(folder, MANY, OUT)));
            inFolder(folder -> listen(answer, new Ear(folder, 2, ERR)));
        });
    }

    private static void listen(Listen answer, Ear ear) throws Exception {
        var builder = program("TwoVoices", ear.folder.toString(), "" + ear.count, ear.last, "" + ear.slowness);
        var task = new FutureTask<>(() -> answer.to(builder, ear::hear));
        var thread = Thread.ofVirtual().name("exercise").start(task);
        try {
            var returned = within(Patience.exactly(Duration.ofSeconds(4L * ear.slowness)), task::isDone);
            if (returned) result(task);                                 // son exception, s'il y en a une
            ear.judge(returned);
            require(returned, "toutes les lignes sont entendues, et votre méthode ne rend pas la main. Qu’attend-elle ?");
            var code = result(task);
            require(code == CODE, "l’enfant finit avec le code %d, et vous rendez %d.".formatted(CODE, code));
        } finally {
            ear.close();
            ear.awaitSilence(task);                              // l'enfant est mort : ses lecteurs finissent avant nous
            thread.interrupt();
        }
    }

    /** Celui qui entend les lignes. Il note s'il est appelé par deux threads à la fois : le premier arrivé attend l'autre un moment. */
    private static final class Ear {
        private final Path folder;
        private final int count;                                        // lignes par sortie
        private final String last;                                      // la sortie qui parle en dernier
        private final int slowness = Patience.slowness();
        private final AtomicInteger inside = new AtomicInteger();
        private final CountDownLatch together = new CountDownLatch(1);
        private final List<String> lines = new ArrayList<>();           // gardée par this, comme la suivante
        private final Set<String> inTime = new HashSet<>();             // les sorties entendues pendant que l'enfant attendait
        private final Set<Thread> readers = ConcurrentHashMap.newKeySet();
        private volatile ProcessHandle child;
        private volatile boolean closed;
        private volatile long lastCall;

        Ear(Path folder, int count, String last) throws InterruptedException {
            this.folder = folder;
            this.count = count;
            this.last = last;
        }

        void hear(String origin, String line) {
            lastCall = System.nanoTime();
            readers.add(Thread.currentThread());
            if (inside.incrementAndGet() > 1) together.countDown();
            try {
                var words = line.split(" ");
                if (words[1].equals("1")) meet(words);
                if (words[0].equals(last) && words[1].equals("" + count)) outlive();
                if (!closed) note(origin, line);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                inside.decrementAndGet();
            }
        }

        /** La première ligne de chaque sortie : elles arrivent ensemble, deux threads qui parlent sans s'attendre se rencontrent ici. */
        private void meet(String[] words) throws InterruptedException {
            if (words[0].equals(OUT)) child = ProcessHandle.of(Long.parseLong(words[2])).orElse(null);
            together.await(count == MANY ? 600L * slowness : 0, TimeUnit.MILLISECONDS);
        }

        /** La toute dernière : l'entendre dure plus longtemps que l'enfant, pour qui n'attendrait que lui, ou que l'autre lecteur. */
        private void outlive() throws InterruptedException {
            if (child != null) within(2000, () -> !child.isAlive());
            Thread.sleep(300L * slowness);
        }

        private synchronized void note(String origin, String line) {
            lines.add(origin + " " + line);
            if (Files.exists(folder.resolve("deaf"))) return;            // l'enfant n'attend plus
            for (var voice : List.of(OUT, ERR)) if (line.startsWith(voice + " 1 ")) inTime.add(voice);
            if (inTime.size() == 2) create(folder.resolve("heard"));
        }

        synchronized void judge(boolean returned) {
            closed = true;
            require(!lines.isEmpty() || !returned, "vous n’avez fait entendre aucune ligne.");
            require(together.getCount() == 1, "deux threads sont dans heard en même temps, et elle range ses lignes dans une ArrayList. "
                    + "Un seul à la fois : un même verrou autour de chaque appel, ou une file.");
            require(!Files.exists(folder.resolve("deaf")) || !inTime.isEmpty(),
                    "l’enfant attend d’être entendu, et vous attendez sa fin. Lisez pendant qu’il travaille.");
            require(!Files.exists(folder.resolve("deaf")),
                    ("les deux sorties parlent en même temps, et vous n’en écoutez qu’une : « %s » n’a "
                            + "pas été entendue tant que l’enfant travaillait. Il faut deux lecteurs.")
                            .formatted(inTime.contains(OUT) ? ERR : OUT));
            require(lines.stream().noneMatch(line -> line.startsWith(OUT + " " + ERR)) || heard(ERR) > 0,
                    "tout arrive sous le nom « sortie » : une fois les sorties mêlées, on ne sait plus d’où vient une ligne.");
            require(lines.stream().allMatch(line -> line.startsWith(OUT + " " + OUT) || line.startsWith(ERR + " " + ERR)),
                    "des lignes portent un mauvais nom : il faut « sortie » pour la sortie, « erreur » pour la sortie d’erreur.");
            for (var voice : List.of(OUT, ERR)) {
                require(heard(voice) == count, ("il manque des lignes. L’enfant en écrit %d sur « %s » ; %d étaient entendues quand votre "
                        + "méthode a rendu la main, et un thread lisait encore. Attendez la fin des deux lectures.")
                        .formatted(count, voice, heard(voice)));
                require(inOrder(voice), "les lignes de « %s » arrivent en désordre.".formatted(voice));
            }
        }

        private long heard(String origin) {
            return lines.stream().filter(line -> line.startsWith(origin + " ")).count();
        }

        private boolean inOrder(String origin) {
            var numbers = lines.stream().filter(line -> line.startsWith(origin + " ")).map(line -> Integer.valueOf(line.split(" ")[2]));
            return numbers.toList().equals(IntStream.rangeClosed(1, count).boxed().toList());
        }

        void close() {
            closed = true;
            if (child != null) child.destroyForcibly();
        }

        /**
         * L'enfant est mort. Attend que la réponse et tous ses lecteurs finissent, ou que plus rien n'arrive ici depuis 0,8 s : ils sont
         * alors bloqués. Sans cela, un lecteur en retard chercherait encore le code d'une cellule que la suivante a remplacée.
         */
        void awaitSilence(FutureTask<?> answer) throws InterruptedException {
            lastCall = System.nanoTime();
            while (!answer.isDone() || readers.stream().anyMatch(Thread::isAlive)) {
                if (System.nanoTime() - lastCall > 800_000_000L * slowness) return;
                Thread.sleep(20);
            }
        }
    }

    // ---------------------------------------------------------------- exercice 2

    /** Exercice 2 : demander à tous, leur laisser un seul délai, puis finir toutes les familles. */
    public static Verdict stopAll(StopAll answer) throws InterruptedException {
        var success = "un seul délai pour tous, le temps de ranger, et plus personne ensuite.";
        return Exercise.check(success, LIMIT, () -> inFolder(folder -> {
            Children.add("Tidy", TIDY);
            Children.add("Deaf", DEAF);
            var tidied = folder.resolve("tidied");
            var slowness = Patience.slowness();
            var boss = program("Boss").start();
            var tidy = program("Tidy", tidied.toString(), "" + slowness).start();
            var deaf = program("Deaf").start();
            var quick = program("UpperCase").start();
            var family = new ArrayList<>(List.of(boss.toHandle(), tidy.toHandle(), deaf.toHandle(), quick.toHandle()));
            try {
                var workers = List.of(worker(boss), worker(tidy));
                family.addAll(workers);
                deaf.inputReader().readLine();
                stopMany(answer, List.of(boss, tidy, deaf), tidied, GRACE.multipliedBy(slowness));
                for (var worker : workers) require(dead(worker),
                        "un chef est mort, et son ouvrier vit encore. La liste d’une famille se fait pendant que le chef vit.");
                stopQuick(answer, quick);
            } finally {
                family.forEach(ProcessHandle::destroyForcibly);
            }
        }));
    }

    private static void stopMany(StopAll answer, List<Process> children, Path tidied, Duration grace) throws Exception {
        var deaths = new AtomicLongArray(children.size());
        var start = System.nanoTime();
        for (int i = 0; i < children.size(); i++) {
            int number = i;
            children.get(i).onExit().thenAccept(_ -> deaths.set(number, System.nanoTime() - start));
        }
        var returned = call(() -> answer.stop(children, grace), Patience.exactly(grace.multipliedBy(3)));
        var alive = children.stream().filter(Process::isAlive).count();
        require(returned || alive == 0,
                "trois fois le délai a passé, et un enfant sourd à votre demande vit encore. Il faut alors le forcer.");
        require(returned, "tous ont fini, et votre méthode attend encore.");
        require(within(700, () -> children.stream().noneMatch(Process::isAlive)),
                "votre méthode rend la main, et un enfant vit encore. Celui qui n’obéit pas, il faut le forcer.");
        require(within(2000, () -> IntStream.range(0, deaths.length()).allMatch(i -> deaths.get(i) > 0)), "un enfant n’a pas fini.");
        double first = deaths.get(0) / 1e9;
        double second = deaths.get(2) / 1e9;
        require(Files.exists(tidied) || !children.get(1).supportsNormalTermination(),
                "l’enfant poli n’a pas eu le temps de ranger. Demandez d’abord, et laissez le délai.");
        require(Math.min(first, second) > 0.9 * grace.toMillis() / 1000, String.format(Locale.FRANCE,
                "un enfant sourd est mort après %.1f s. Il avait droit à tout le délai, %d s.", Math.min(first, second),
                grace.toSeconds()));
        require(Math.abs(first - second) < 0.6 * grace.toMillis() / 1000, String.format(Locale.FRANCE,
                "les délais s’ajoutent : deux enfants sourds sont morts à %.1f s et à %.1f s, pour un délai de %d s. Demandez à tous, "
                        + "puis attendez-les tous avec une seule échéance.",
                Math.min(first, second), Math.max(first, second),
                grace.toSeconds()));
    }

    private static void stopQuick(StopAll answer, Process quick) throws Exception {
        var returned = call(() -> answer.stop(List.of(quick), Duration.ofSeconds(20)), new Patience(Duration.ofSeconds(2)));
        require(returned, quick.isAlive() ? "un enfant qui obéit vit encore 2 secondes après : lui avez-vous demandé de s’arrêter ?"
                : "le seul enfant a obéi aussitôt, et votre méthode attend encore la fin du délai.");
    }

    // ---------------------------------------------------------------- exercice 3

    /** Exercice 3 : le premier qui réussit donne la réponse, et personne ne lui survit. */
    public static Verdict first(First answer) throws InterruptedException {
        var success = "le premier qui réussit répond, et les autres sont finis, ouvriers compris.";
        return Exercise.check(success, LIMIT, () -> inFolder(folder -> {
            Children.add("Runner", RUNNER);
            Children.add("Endless", ENDLESS);
            try {
                oneWinner(answer, folder);
                nobodyWins(answer, folder);
            } finally {
                for (var gate : List.of("vite", "juste", "seul")) create(folder.resolve(gate));
                for (var name : List.of("vite", "juste", "lent", "seul", "sourd"))
                    for (var kind : List.of(".in", ".worker")) handle(folder, name + kind).ifPresent(ProcessHandle::destroyForcibly);
            }
        }));
    }

    private static void oneWinner(First answer, Path folder) throws Exception {
        var path = folder.toString();
        var builders =
                List.of(program("Endless", path, "lent"), program("Runner", path, "vite", "3"), program("Runner", path, "juste", "0"));
        var task = new FutureTask<>(() -> answer.of(builders, Duration.ofSeconds(30)));
        var thread = Thread.ofVirtual().name("exercise").start(task);
        try {
            BooleanSupplier all = () -> List.of("lent", "vite", "juste").stream().allMatch(name -> exists(folder, name + ".in"));
            within(3500, () -> task.isDone() || all.getAsBoolean());
            if (task.isDone() && !all.getAsBoolean()) {
                var early = result(task);
                require(false, "votre méthode rend « %s » avant que les trois programmes soient lancés.".formatted(early));
            }
            require(all.getAsBoolean(),
                    "les programmes ne travaillent pas tous en même temps : le premier de la liste n’a pas fini, et un autre "
                            + "attend sa fin pour commencer.");
            create(folder.resolve("vite"));
            var quick = handle(folder, "vite.in").orElse(null);
            within(2000, () -> quick == null || !quick.isAlive());
            require(!within(400, task::isDone), lostTo(task));
            create(folder.resolve("juste"));
            require(within(2500, task::isDone), "un programme a réussi, et votre méthode n’a pas rendu sa réponse. "
                    + "Qui tue les autres ? Un thread qui lit un tube attend la mort de tous ceux qui y écrivent.");
            var out = result(task);
            require(out != null && out.strip().equals("gagné par juste"),
                    "le programme qui réussit écrit « gagné par juste », et vous rendez « %s »."
                            .formatted(out == null ? "null" : out.strip()));
            requireDead(folder, "lent", "la réponse est connue, et un programme plus lent travaille toujours. Il faut le tuer.");
        } finally {
            thread.interrupt();
        }
    }

    private static String lostTo(FutureTask<String> task) {
        return task.state() == FutureTask.State.SUCCESS
                ? "un programme a échoué (code 3), et vous rendez sa sortie : « %s ». Attendez le premier qui réussit."
                        .formatted(String.valueOf(task.resultNow()).strip())
                : "un programme a échoué (code 3), et vous abandonnez les autres. Attendez le premier qui réussit.";
    }

    private static void nobodyWins(First answer, Path folder) throws Exception {
        var path = folder.toString();
        create(folder.resolve("seul"));
        var builders = List.of(program("Runner", path, "seul", "4"), program("Endless", path, "sourd"));
        var failure = new Exception[1];
        var found = new String[1];
        var returned = call(() -> {
            try {
                found[0] = answer.of(builders, Duration.ofSeconds(1));
            } catch (Exception e) {
                failure[0] = e;
            }
        }, new Patience(Duration.ofMillis(2500)));
        require(returned, "aucun programme ne réussit, le délai d’une seconde est passé depuis longtemps, et votre méthode attend encore.");
        require(failure[0] != null, "aucun programme ne réussit avant le délai, et vous rendez « %s » : lancez une exception."
                .formatted(found[0] == null ? "null" : found[0].strip()));
        requireDead(folder, "sourd", "le délai est passé, et un programme travaille toujours. Il faut le tuer.");
    }

    private static void requireDead(Path folder, String name, String missing) throws Exception {
        var chief = handle(folder, name + ".in");
        require(chief.isEmpty() || dead(chief.get()), missing);
        var worker = handle(folder, name + ".worker");
        require(worker.isEmpty() || dead(worker.get()),
                "vous avez tué un programme, et son ouvrier vit encore. La liste d’une famille se fait pendant que le chef vit.");
    }

    // ---------------------------------------------------------------- communs

    private static boolean exists(Path folder, String name) {
        return Files.exists(folder.resolve(name));
    }

    /** Le programme dont le numéro est dans ce fichier ; vide, s'il n'y est pas encore ou s'il a fini. */
    private static Optional<ProcessHandle> handle(Path folder, String name) throws Exception {
        if (!exists(folder, name)) return Optional.empty();
        var pid = Files.readString(folder.resolve(name));
        return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    }

    /** Vrai s'il finit en 1,5 s, plus tard si la machine est occupée : un programme tué ne disparaît pas aussitôt. */
    private static boolean dead(ProcessHandle process) throws InterruptedException {
        return ended(process, Duration.ofMillis(1500));
    }

    private static void create(Path file) {
        try {
            if (!Files.exists(file)) Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Attend que la condition soit vraie, au plus tant de millisecondes ({@link Patience}) ; rend ce qu'elle vaut alors. */
    private static boolean within(long millis, BooleanSupplier condition) throws InterruptedException {
        return within(new Patience(Duration.ofMillis(millis)), condition);
    }

    private static boolean within(Patience patience, BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean() && patience.lasts()) Thread.sleep(20);
        return condition.getAsBoolean();
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    /** Appelle la réponse, et l'abandonne quand la patience est à bout : rend alors faux. Relance son exception. */
    private static boolean call(Call call, Patience patience) throws Exception {
        var task = new FutureTask<Void>(() -> {
            call.run();
            return null;
        });
        var thread = Thread.ofVirtual().name("exercise").start(task);
        try {
            patience.get(task);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            thread.interrupt();
        }
    }

    @FunctionalInterface
    private interface InFolder {
        void run(Path folder) throws Exception;
    }

    /** Prête un dossier temporaire, effacé à la fin ; si un enfant abandonné s'en sert encore, à l'arrêt du noyau. */
    private static void inFolder(InFolder steps) throws Exception {
        try (var folder = TempFolder.create("exercice")) {
            steps.run(folder.path());
        }
    }
}
