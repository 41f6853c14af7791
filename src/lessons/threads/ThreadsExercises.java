//SOURCES ../Exercise.java ../Patience.java
package lessons.threads;

import static lessons.Exercise.*;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import lessons.Patience;

/** Les vérifications de la leçon 1. Elles donnent leurs propres tâches, et comptent celles qui travaillent à la fois. */
public final class ThreadsExercises {

    /** L'exercice 1 : les sorties possibles d'un programme. */
    @FunctionalInterface
    public interface Possible {
        Collection<String> outputs() throws Exception;
    }

    /** L'exercice 2 : exécute toutes les tâches ensemble, et lance l'exception de celle qui échoue. */
    @FunctionalInterface
    public interface RunAll {
        void run(List<Callable<String>> tasks) throws Exception;
    }

    /** L'exercice 3 : ce que chaque tâche a rendu, ou pourquoi elle a échoué, dans l'ordre des tâches. */
    @FunctionalInterface
    public interface Outcomes {
        List<String> of(List<Callable<String>> tasks) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int TASKS = 4;

    private ThreadsExercises() {}

    // ---------------------------------------------------------------- exercice 1

    private static final Set<String> WORDS = Set.of("pain", "lait", "sucre", "fini");

    /** Les sorties possibles du programme de l'exercice 1 ; un test les obtient toutes, et elles seules, en retenant ses threads. */
    private static final Set<String> POSSIBLE =
            Set.of("pain lait sucre fini", "pain lait fini sucre", "lait pain sucre fini", "lait pain fini sucre", "lait sucre pain fini");

    public static Verdict possible(Possible answer) throws InterruptedException {
        return check("vous savez ce que start, run et join décident, et ce qu’ils laissent au hasard.", LIMIT, () -> {
            var given = answer.outputs();
            require(given != null && !given.isEmpty(), "la réponse est vide. Ce programme affiche quatre mots : dans quels ordres ?");
            var found = new HashSet<String>();
            for (var output : given) {
                require(output != null, "la réponse contient null.");
                var words = List.of(output.strip().toLowerCase(Locale.FRENCH).split("[^\\p{L}]+"));
                require(words.size() == WORDS.size() && WORDS.equals(Set.copyOf(words)),
                        "« " + output + " » n’est pas un ordre des quatre mots : chacun s’affiche une fois et une seule.");
                requirePossible(words);
                found.add(String.join(" ", words));
            }
            require(found.size() == POSSIBLE.size(), "tout ce que vous proposez est possible, mais il en manque "
                    + (POSSIBLE.size() - found.size()) + ". " + hint(found));
        });
    }

    private static void requirePossible(List<String> words) {
        var output = "« " + String.join(" ", words) + " » est impossible : ";
        require(before(words, "lait", "sucre"), output
                + "milk.run() est un appel ordinaire, fait par le thread de la cellule ; sugar ne démarre qu’une fois « lait » affiché.");
        require(before(words, "lait", "fini"),
                output + "milk.run() est un appel ordinaire, fait par le thread de la cellule ; « fini » vient plus bas.");
        require(before(words, "pain", "fini"), output + "bread.join() attend la fin de bread avant de laisser afficher « fini ».");
    }

    private static boolean before(List<String> words, String first, String second) {
        return words.indexOf(first) < words.indexOf(second);
    }

    private static String hint(Set<String> found) {
        if (found.stream().noneMatch(output -> output.endsWith("sucre")))
            return "Le programme attend-il la fin de sugar avant d’afficher « fini » ?";
        if (found.stream().noneMatch(output -> output.startsWith("lait")) || found.stream().noneMatch(output -> output.startsWith("pain")))
            return "start n’attend pas que le thread commence : « pain » et « lait » peuvent échanger leurs places.";
        if (!found.contains("lait sucre pain fini")) return "Qu’est-ce qui oblige « pain » à précéder « sucre » ?";
        return "Reprenez les places de « sucre » une à une : après « lait », lesquelles sont permises ?";
    }

    // ---------------------------------------------------------------- exercice 2

    public static Verdict runAll(RunAll answer) throws InterruptedException {
        return check("vos tâches travaillent ensemble, et un échec ne passe plus inaperçu.", LIMIT, () -> {
            var calm = new Stage(-1);
            answer.run(calm.tasks());
            calm.end();
            calm.requireAllDone();

            var stage = new Stage(1);
            Throwable seen = null;
            try {
                answer.run(stage.tasks());
            } catch (Exception failure) {
                seen = failure;
            }
            stage.end();
            require(seen != null || !stage.slept,
                    "une tâche a échoué après votre pause, et votre méthode n’a rien lancé. Ne devinez pas combien de temps attendre : "
                            + "get attend ce qu’il faut, puis lance l’échec.");
            require(seen != null, "une tâche a échoué, et votre méthode n’a rien lancé : l’échec est resté dans sa future. Qui l’a "
                    + "demandée, par get ?");
            require(causes(seen).contains(stage.failure),
                    "votre méthode lance %s, mais l’exception de la tâche n’y est plus : celui qui appelle ne saura pas ce qui a échoué."
                            .formatted(seen.getClass().getSimpleName()));
            stage.requireAllDone();
        });
    }

    private static List<Throwable> causes(Throwable failure) {
        var causes = new ArrayList<Throwable>();
        for (var cause = failure; cause != null && !causes.contains(cause); cause = cause.getCause()) causes.add(cause);
        return causes;
    }

    /**
     * Des tâches qui s'attendent toutes, puis ne finissent que lorsque celui qui les a lancées est bloqué. Celle qui échoue le fait donc
     * toujours après la fin du lancement : une réponse qui regarde trop tôt ne voit jamais rien.
     */
    private static final class Stage {
        private static final Duration MEET = Duration.ofMillis(600);      // pour que les tâches se retrouvent
        private static final Duration BLOCK = Duration.ofMillis(1500);    // pour que l'appelant se bloque

        private final int failing;
        private final Thread caller = Thread.currentThread();
        private final CountDownLatch crowd = new CountDownLatch(TASKS);
        private final CountDownLatch failed = new CountDownLatch(1);
        private final Exception failure = new IOException("plus de lait");
        private final int[] calls = new int[TASKS];
        private volatile boolean lonely;
        private volatile boolean slept;
        private volatile boolean returned;
        private int present;
        private int most;
        private int done;
        private int doneAtEnd;

        Stage(int failing) {
            this.failing = failing;
        }

        List<Callable<String>> tasks() {
            return IntStream.range(0, TASKS).mapToObj(number -> (Callable<String>) () -> run(number)).toList();
        }

        private String run(int number) throws Exception {
            if (enter(number) > 1) {                              // refaite : le compte suffira
                leave(number);
                if (number == failing) throw failure;
                return "tâche " + number;
            }
            try {
                crowd.countDown();
                if (!lonely && !new Patience(MEET).await(crowd)) lonely = true;
                if (!lonely) awaitCaller();
                if (number == failing) throw failure;
                if (failing >= 0 && !lonely) {                    // ceux d'après finissent bien plus tard que l'échec
                    new Patience(MEET).await(failed);
                    dawdle(number < failing ? 50 : 300);
                }
                return "tâche " + number;
            } finally {
                leave(number);
            }
        }

        private synchronized int enter(int number) {
            most = Math.max(most, ++present);
            return ++calls[number];
        }

        private synchronized void leave(int number) {
            present--;
            done++;
            if (number == failing) failed.countDown();
        }

        /** Travaille encore un moment, ou jusqu'à ce que l'appelant ait rendu la main sans attendre. */
        private void dawdle(int millis) throws InterruptedException {
            for (var patience = new Patience(Duration.ofMillis(millis)); !returned && patience.lasts();) Thread.sleep(5);
        }

        /** Bloque tant que l'appelant lance, calcule ou dort ; pas plus de {@link #BLOCK}. */
        private void awaitCaller() throws InterruptedException {
            for (var patience = new Patience(BLOCK); !returned && patience.lasts(); Thread.sleep(5)) {
                var state = caller.getState();
                if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING && state != Thread.State.BLOCKED) continue;
                if (Arrays.stream(caller.getStackTrace()).noneMatch(ThreadsExercises::isSleep)) return;
                slept = true;
            }
        }

        synchronized void end() {
            doneAtEnd = done;
            returned = true;
        }

        void requireAllDone() throws InterruptedException {
            new Patience(MEET).await(crowd);                      // un thread lancé sans être attendu n'a peut-être pas commencé
            synchronized (this) {
                int never = (int) Arrays.stream(calls).filter(count -> count == 0).count();
                require(never < TASKS, "aucune tâche n’a été exécutée.");
                require(never == 0, "%d tâches sur %d n’ont pas été exécutées.".formatted(never, TASKS));
                require(Arrays.stream(calls).allMatch(count -> count == 1),
                        "une même tâche a été exécutée plusieurs fois : get suffit pour avoir son résultat.");
                require(doneAtEnd == TASKS,
                        "votre méthode a rendu la main alors que %d tâches travaillaient encore.".formatted(TASKS - doneAtEnd));
                require(most == TASKS, togetherHint(most, TASKS));
            }
        }
    }

    private static String togetherHint(int most, int tasks) {
        return ("les tâches ont travaillé à %d au plus en même temps, au lieu de %d. Confiez-les toutes, chacune à son thread, avant de "
                + "demander le premier résultat : get attend.").formatted(most, tasks);
    }

    private static boolean isSleep(StackTraceElement frame) {
        return frame.getClassName().equals("java.lang.Thread") && frame.getMethodName().equals("sleep");
    }

    // ---------------------------------------------------------------- exercice 3

    private static final List<String> EXPECTED =
            List.of("pain", "échec : plus de lait", "beurre", "échec : four en panne", "confiture");

    public static Verdict outcomes(Outcomes answer) throws InterruptedException {
        return check("vos tâches travaillent ensemble, et vous savez ce que chacune est devenue, dans l’ordre.", LIMIT, () -> {
            var kitchen = new Kitchen();
            List<String> found;
            try {
                found = answer.of(kitchen.tasks());
            } catch (InterruptedException stopped) {
                throw stopped;
            } catch (Exception failure) {
                require(!(failure instanceof IllegalStateException) || kitchen.isOwn(failure),
                        "votre méthode lance IllegalStateException : resultNow ne convient pas à une tâche qui a échoué. Demandez par get, "
                                + "et rattrapez.");
                require(false, ("une tâche a échoué, et votre méthode lance %s : les résultats des autres sont perdus. Rattrapez "
                        + "l’exception de chaque get, une par une.").formatted(failure.getClass().getSimpleName()));
                return;
            }
            require(found != null && !found.isEmpty(), "la liste rendue est vide. Il faut un texte par tâche.");
            require(kitchen.most() == EXPECTED.size(), togetherHint(kitchen.most(), EXPECTED.size()));
            require(!kitchen.writes,
                    "une tâche range elle-même son texte, depuis son propre thread. Une liste ou une table que plusieurs threads "
                            + "remplissent perd des éléments : laissez chaque future garder son résultat, et lisez-les d’un seul thread.");
            require(found.stream().noneMatch(Objects::isNull), "la liste rendue contient null : il manque le texte d’une tâche.");
            requireTexts(found.stream().map(ThreadsExercises::plain).toList());
        });
    }

    /** Les espaces insécables d'un texte ne comptent pas. */
    private static String plain(String text) {
        return text.strip().replaceAll("[\\s\\u00a0\\u202f]+", " ").replace("échec:", "échec :");
    }

    private static void requireTexts(List<String> found) {
        require(found.size() == EXPECTED.size(),
                "la liste a %d textes pour %d tâches. Une tâche qui échoue compte aussi.".formatted(found.size(), EXPECTED.size()));
        require(found.stream().noneMatch(text -> text.contains("Exception")),
                ("« %s » : c’est l’ExecutionException qui parle, ou le nom d’une classe. Le message de la tâche est celui de getCause().")
                        .formatted(found.stream().filter(text -> text.contains("Exception")).findFirst().orElse("")));
        require(found.equals(EXPECTED) || !sorted(found).equals(sorted(EXPECTED)),
                "les textes ne sont pas dans l’ordre des tâches, mais dans l’ordre où elles ont fini. Gardez les futures dans une liste.");
        require(found.equals(EXPECTED), "la liste rendue est %s, au lieu de %s.".formatted(found, EXPECTED));
    }

    private static List<String> sorted(List<String> texts) {
        return texts.stream().sorted().toList();
    }

    /** Cinq tâches dont la dernière finit la première, et ainsi de suite ; deux échouent. */
    private static final class Kitchen {
        private static final Duration MEET = Duration.ofMillis(600);

        /** Du JDK 25 : dans la pile d'une tâche, ce qui dit qu'elle n'a pas de valeur à rendre. */
        private static final Set<String> WITHOUT_VALUE =
                Set.of("java.util.concurrent.Executors$RunnableAdapter", "java.util.concurrent.CompletableFuture$AsyncRun");
        /** Du JDK 25 : ce qui exécute une tâche sans future, par {@code execute}. Une classe inconnue passe pour une future. */
        private static final Set<String> RUNNERS = Set.of("java.util.concurrent.ThreadPoolExecutor",
                "java.util.concurrent.ThreadPoolExecutor$Worker", "java.util.concurrent.ThreadPerTaskExecutor$TaskRunner");

        private final List<Exception> failures = new ArrayList<>(Collections.nCopies(EXPECTED.size(), null));
        private final List<CountDownLatch> ended = EXPECTED.stream().map(_ -> new CountDownLatch(1)).toList();
        private final CountDownLatch crowd = new CountDownLatch(EXPECTED.size());
        private volatile boolean lonely;
        private volatile boolean writes;
        private int present;
        private int most;

        Kitchen() {
            failures.set(1, new IOException("plus de lait"));
            failures.set(3, new IllegalStateException("four en panne"));
        }

        List<Callable<String>> tasks() {
            return IntStream.range(0, EXPECTED.size()).mapToObj(number -> (Callable<String>) () -> cook(number)).toList();
        }

        private String cook(int number) throws Exception {
            enter();
            if (!returnsToFuture()) writes = true;
            try {
                crowd.countDown();
                if (!lonely && !new Patience(MEET).await(crowd)) lonely = true;
                if (!lonely && number + 1 < ended.size()) {
                    new Patience(MEET).await(ended.get(number + 1));
                    Thread.sleep(30);                             // celui qui range son résultat en finissant a le temps de le faire
                }
                if (failures.get(number) != null) throw failures.get(number);
                return EXPECTED.get(number);
            } finally {
                leave();
                ended.get(number).countDown();
            }
        }

        private synchronized void enter() {
            most = Math.max(most, ++present);
        }

        private synchronized void leave() {
            present--;
        }

        synchronized int most() {
            return most;
        }

        /**
         * Vrai si ce qui est en cours dans ce thread rendra une valeur à une future. Une tâche sans valeur, un {@code Runnable}, ne peut
         * donner son résultat qu'en l'écrivant elle-même quelque part.
         */
        private static boolean returnsToFuture() {
            var classes = Arrays.stream(Thread.currentThread().getStackTrace()).map(StackTraceElement::getClassName)
                    .filter(name -> name.startsWith("java.util.concurrent.")).toList();
            return classes.stream().noneMatch(WITHOUT_VALUE::contains) && !RUNNERS.containsAll(classes);
        }

        boolean isOwn(Exception failure) {
            return causes(failure).stream().anyMatch(failures::contains);
        }
    }
}
