package lessons.processes;

//SOURCES ../Exercise.java

import static lessons.Exercise.require;
import static lessons.processes.Children.ended;
import static lessons.processes.Children.program;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import lessons.TempFolder;

/** Les vérifications des exercices de la leçon 7, les sous-processus. Aucune ne laisse d'enfant derrière elle. */
public final class ProcessExercises {

    /** La réponse à l'exercice 1. */
    @FunctionalInterface
    public interface CountLines {
        int in(ProcessBuilder builder) throws Exception;
    }

    /** La réponse à l'exercice 2. */
    @FunctionalInterface
    public interface Stop {
        int stop(Process child, Duration grace) throws Exception;
    }

    /** La réponse à l'exercice 3. */
    @FunctionalInterface
    public interface Codes {
        List<Integer> of(List<ProcessBuilder> builders, int places) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(45);

    /** Écrit autant de lignes sur chaque sortie, tour à tour. Abandonne, et laisse un fichier, quand personne ne lit pendant 3 secondes. */
    private static final String TWO_STREAMS = """
            volatile int written;

            void main(String... args) throws Exception {
                Thread.startVirtualThread(() -> watch(Path.of(args[1])));
                for (int count = Integer.parseInt(args[0]); written < count; written++) {
                    IO.println("sortie " + "o".repeat(60));
                    System.err.println("erreur " + "e".repeat(60));
                }
            }

            void watch(Path stuck) {
                try {
                    for (int before = -1; before != written; Thread.sleep(3000)) before = written;
                    Files.createFile(stuck);
                } catch (Exception e) {
                    // rien à noter : le programme finit
                }
                Runtime.getRuntime().halt(3);
            }
            """;

    /** À la demande d'arrêt, range pendant un instant, et le note. */
    private static final String TIDY = """
            import java.util.concurrent.locks.LockSupport;

            void main(String... args) throws Exception {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    LockSupport.parkNanos(300_000_000);
                    try { Files.createFile(Path.of(args[0])); } catch (Exception e) { IO.println(e); }
                }));
                IO.println("prêt");
                Thread.sleep(60_000);
            }
            """;

    /** Note son arrivée, attend que la porte s'ouvre ; le premier attend aussi l'arrivée d'un troisième. */
    private static final String GATE = """
            void main(String... args) throws Exception {
                var folder = Path.of(args[0]);
                Files.createFile(folder.resolve(args[1] + ".in"));
                await(folder.resolve("open"), 30);
                if (args[1].equals("0")) await(folder.resolve("2.in"), 5);
                System.exit(Integer.parseInt(args[2]));
            }

            void await(Path file, int seconds) throws Exception {
                for (int i = 0; i < 50 * seconds && !Files.exists(file); i++) Thread.sleep(20);
            }
            """;

    private ProcessExercises() {}

    /** Exercice 1 : compter les lignes des deux sorties, sans que l'enfant se bloque. */
    public static Verdict checkCountLines(CountLines answer) throws InterruptedException {
        var success = "vous lisez les deux sorties à mesure, l’enfant ne se bloque jamais.";
        return Exercise.check(success, LIMIT, () -> inFolder(folder -> {
            var stuck = folder.resolve("stuck");
            Children.add("TwoStreams", TWO_STREAMS);
            var few = answer.in(program("TwoStreams", "3", stuck.toString()));
            require(few != 3, "vous trouvez 3 lignes, celles d’une seule sortie. L’enfant en écrit 3 sur chacune.");
            require(few == 6, "l’enfant écrit 3 lignes sur chaque sortie, et vous en trouvez " + few + " au lieu de 6.");
            var many = answer.in(program("TwoStreams", "4000", stuck.toString()));
            require(!Files.exists(stuck), "avec 4000 lignes, l’enfant se bloque : un tube est plein. "
                    + "Qui lit chaque sortie pendant que l’enfant écrit ?");
            require(many == 8000, "l’enfant écrit 4000 lignes sur chaque sortie, et vous en trouvez " + many + " au lieu de 8000.");
        }));
    }

    /** Exercice 2 : demander, patienter, puis forcer, sans oublier les descendants. */
    public static Verdict checkStop(Stop answer) throws InterruptedException {
        var success = "vous laissez le temps de ranger, puis vous finissez toute la famille.";
        return Exercise.check(success, LIMIT, () -> inFolder(folder -> {
            Children.add("Tidy", TIDY);
            stopTidy(answer, folder.resolve("tidied"));
            stopBoss(answer);
        }));
    }

    private static void stopTidy(Stop answer, Path tidied) throws Exception {
        var child = program("Tidy", tidied.toString()).start();
        try {
            child.inputReader().readLine();
            var code = limited(() -> answer.stop(child, Duration.ofSeconds(10)), 15,
                    "un enfant poli s’arrête tout de suite, et votre méthode attend encore.");
            require(!child.isAlive(), "l’enfant vit encore au retour de votre méthode.");
            require(Files.exists(tidied) || !child.supportsNormalTermination(),
                    "l’enfant n’a pas eu le temps de ranger. Demandez-lui d’abord de s’arrêter, et attendez.");
            require(code == child.exitValue(), "l’enfant finit avec le code %d, et vous rendez %d.".formatted(child.exitValue(), code));
        } finally {
            child.destroyForcibly();
        }
    }

    private static void stopBoss(Stop answer) throws Exception {
        var boss = program("Boss").start();
        var worker = Children.worker(boss);
        try {
            var code = limited(() -> answer.stop(boss, Duration.ofMillis(500)), 6,
                    "un enfant sourd à votre demande vit encore longtemps après le délai. Il faut alors le forcer.");
            require(ended(boss.toHandle()), "un enfant sourd à votre demande vit encore après le délai. Il faut alors le forcer.");
            require(ended(worker), "le chef est mort, son ouvrier vit encore. La liste des descendants se fait avant de tuer.");
            require(code == boss.exitValue(), "l’enfant sourd finit avec le code %d, et vous rendez %d.".formatted(boss.exitValue(), code));
        } finally {
            boss.destroyForcibly();
            worker.destroyForcibly();
        }
    }

    /** Exercice 3 : cinq enfants, deux à la fois, leurs codes dans l'ordre. */
    public static Verdict checkCodes(Codes answer) throws InterruptedException {
        var success = "deux enfants à la fois, jamais plus, et chaque code à sa place.";
        return Exercise.check(success, LIMIT, () -> inFolder(folder -> {
            Children.add("Gate", GATE);
            var expected = List.of(0, 3, 0, 1, 2);
            var builders = new ArrayList<ProcessBuilder>();
            for (int i = 0; i < expected.size(); i++)
                builders.add(program("Gate", folder.toString(), String.valueOf(i), String.valueOf(expected.get(i))));
            var task = new FutureTask<>(() -> answer.of(builders, 2));
            var thread = Thread.startVirtualThread(task);
            try {
                twoAtOnce(folder, task);
                requireCodes(expected, codes(task));
            } finally {
                for (var name : List.of("open", "2.in"))
                    if (!Files.exists(folder.resolve(name))) Files.createFile(folder.resolve(name));
                thread.join(Duration.ofSeconds(10));     // les enfants finissent d'eux-mêmes
                thread.interrupt();
            }
        }));
    }

    /** La porte fermée, deux enfants doivent arriver, et aucun autre. */
    private static void twoAtOnce(Path folder, FutureTask<?> task) throws Exception {
        await(() -> arrived(folder) >= 1 || task.isDone(), 20_000);
        await(() -> arrived(folder) >= 2 || task.isDone(), 6_000);
        require(!task.isDone() || task.state() == FutureTask.State.FAILED, "votre méthode n’attend pas la fin des enfants : elle rend "
                + (task.state() == FutureTask.State.SUCCESS ? task.resultNow() : "la main") + " pendant qu’ils travaillent.");
        require(task.isDone() || arrived(folder) >= 2, "un seul enfant travaille, et les autres attendent sa fin. Il y a deux places.");
        await(() -> arrived(folder) > 2 || task.isDone(), 1_500);
        require(arrived(folder) <= 2, "plus de deux enfants travaillent à la fois. Une place se rend à la fin de l’enfant.");
        Files.createFile(folder.resolve("open"));
    }

    /** Attend que la condition soit vraie, au plus tant de millisecondes. */
    private static void await(BooleanSupplier condition, int millis) throws InterruptedException {
        var patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!condition.getAsBoolean() && System.nanoTime() < patience) Thread.sleep(50);
    }

    private static List<Integer> codes(FutureTask<List<Integer>> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void requireCodes(List<Integer> expected, List<Integer> codes) {
        require(codes != null && codes.size() == expected.size(), "il faut un code par enfant, soit %d, et vous rendez %s."
                .formatted(expected.size(), codes));
        require(!sorted(codes).equals(sorted(expected)) || codes.equals(expected),
                "les codes sont ceux des enfants, mais pas dans l’ordre de la liste : %s au lieu de %s.".formatted(codes, expected));
        require(codes.equals(expected), "les codes attendus sont %s, et vous rendez %s.".formatted(expected, codes));
    }

    private static List<Integer> sorted(List<Integer> codes) {
        return codes.stream().sorted().toList();
    }

    private static long arrived(Path folder) {
        return IntStream.range(0, 5).filter(i -> Files.exists(folder.resolve(i + ".in"))).count();
    }

    @FunctionalInterface
    private interface Call {
        int run() throws Exception;
    }

    /** Appelle la réponse, et l'abandonne après tant de secondes, en disant pourquoi. */
    private static int limited(Call call, int seconds, String late) throws Exception {
        var task = new FutureTask<>(call::run);
        var thread = Thread.startVirtualThread(task);
        try {
            return task.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            require(false, late);
            throw e;
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
