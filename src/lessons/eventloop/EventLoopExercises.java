//SOURCES ../Exercise.java ../ThreadDump.java
package lessons.eventloop;

import static lessons.Exercise.require;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import lessons.Exercise;
import lessons.Exercise.Verdict;

/**
 * Les exercices de la leçon 11. La boucle est celle que l'élève a construite : chaque vérification reçoit donc une petite scène, qui crée
 * une boucle, y met la réponse de l'élève à côté d'une voisine, et l'exécute.
 */
public final class EventLoopExercises {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final double PERIOD = 0.1;          // secondes, celle de la cellule de vérification
    private static final long CALL_MILLIS = 300;
    private static final int RUNS = 4;
    private static final int TOO_MANY = 8;
    private static final String ELSEWHERE = "le résultat arrive dans un autre thread que celui de la boucle. Comment y revenir ?";

    private EventLoopExercises() {}

    /** Une boucle qui exécute {@code every(loop, 0.1, task)} et, 0,05 s après, {@code neighbour}. */
    @FunctionalInterface
    public interface Periodic {
        void run(BooleanSupplier task, Runnable neighbour) throws Exception;
    }

    /** Une boucle qui donne 0,4 s à {@code answer}, prévient {@code heard}, et exécute {@code event} à 0,1 s. */
    @FunctionalInterface
    public interface Timed {
        void run(CompletableFuture<String> answer, Runnable event, BiConsumer<Object, Throwable> heard) throws Exception;
    }

    /** Une boucle qui confie {@code call} à un autre thread, prévient {@code heard}, et finit d'elle-même après 2 s. */
    @FunctionalInterface
    public interface Offloaded {
        void run(Callable<String> call, BiConsumer<Object, Throwable> heard) throws Exception;
    }

    /** Exercice 1 : {@code every} rappelle la tâche à intervalles réguliers, tant qu'elle rend vrai, sans retenir la boucle. */
    public static Verdict every(Periodic scene) throws InterruptedException {
        return Exercise.check("votre tâche revient régulièrement, et laisse passer les autres entre deux retours.", LIMIT, () -> {
            var loop = Thread.currentThread();
            var events = Collections.synchronizedList(new ArrayList<String>());
            var strangers = Collections.synchronizedList(new ArrayList<Thread>());
            var start = System.nanoTime();
            scene.run(() -> {
                events.add("tâche");
                if (Thread.currentThread() != loop) strangers.add(Thread.currentThread());
                if (events.size() > TOO_MANY) throw new IllegalStateException("rappelée après avoir rendu faux");
                return Collections.frequency(events, "tâche") < RUNS;
            }, () -> events.add("voisine"));
            var elapsed = (System.nanoTime() - start) / 1e9;
            var runs = Collections.frequency(events, "tâche");
            require(runs > 0, "la tâche n’a jamais été exécutée.");
            require(strangers.isEmpty(), "la tâche s’exécute dans un autre thread. Tout doit se passer dans celui de la boucle.");
            require(runs > 1, "la tâche n’a été exécutée qu’une fois. Qui la remet dans la boucle ?");
            require(runs >= RUNS, "la tâche a été exécutée %d fois au lieu de %d : elle rendait encore vrai.".formatted(runs, RUNS));
            require(runs == RUNS, "la tâche a rendu faux, et elle a été rappelée quand même.");
            require(elapsed > 2 * PERIOD, "la tâche revient sans attendre. Il faut laisser passer la durée entre deux retours.");
            require(events.contains("voisine"), "l’autre tâche de la boucle n’a jamais été exécutée.");
            require(events.indexOf("voisine") < events.lastIndexOf("tâche"),
                    "pendant vos attentes, l’autre tâche n’a pas pu avancer : la boucle était retenue.");
        });
    }

    /** Exercice 2 : {@code withTimeout} fait échouer une réponse qui tarde, sans retenir la boucle ni en sortir. */
    public static Verdict withTimeout(Timed scene) throws InterruptedException {
        return Exercise.check("une réponse qui tarde échoue à l’heure dite, et les autres réponses passent.", LIMIT, () -> {
            var late = timed(scene, _ -> {});
            require(late.events.contains("événement"), "la boucle n’a pas exécuté l’autre tâche.");
            require(late.events.contains("réponse"), "personne n’est prévenu que la réponse n’est pas venue à temps.");
            require(late.events.indexOf("événement") < late.events.indexOf("réponse"),
                    "pendant l’attente, l’autre tâche n’a pas pu avancer : la boucle était retenue.");
            require(late.failure != null, "la réponse n’est jamais venue, et pourtant vous rendez une valeur : " + late.value + ".");
            require(late.failure instanceof TimeoutException,
                    "il faut un échec par TimeoutException, et non par " + late.failure.getClass().getSimpleName() + ".");
            require(late.inLoop, "l’échec arrive dans un autre thread que celui de la boucle. Qui, dans la boucle, sait attendre ?");

            var onTime = timed(scene, answer -> answer.complete("Hey"));
            require(onTime.events.contains("réponse"), "une réponse venue à temps n’est pas transmise.");
            require(onTime.failure == null, "une réponse venue à temps échoue quand même : " + onTime.failure + ".");
            require("Hey".equals(onTime.value), "la réponse venue à temps était Hey, vous transmettez " + onTime.value + ".");

            var failed = timed(scene, answer -> answer.completeExceptionally(new IOException("client perdu")));
            require(failed.events.contains("réponse"), "une réponse qui échoue avant l’heure : personne n’en est prévenu.");
            require(failed.failure instanceof IOException, "un échec avant l’heure doit être transmis tel quel, et non devenir "
                    + (failed.failure == null ? failed.value : failed.failure) + ".");
        });
    }

    private static Heard timed(Timed scene, Consumer<CompletableFuture<String>> happening) throws Exception {
        var heard = new Heard();
        var answer = new CompletableFuture<String>();
        scene.run(answer, () -> {
            heard.events.add("événement");
            happening.accept(answer);
        }, heard::hear);
        return heard;
    }

    /** Exercice 3 : {@code offload} exécute un appel bloquant hors de la boucle ; son résultat, ou son échec, y revient. */
    public static Verdict offload(Offloaded scene) throws InterruptedException {
        return Exercise.check("l’appel bloque ailleurs, et son résultat, bon ou mauvais, revient dans la boucle.", LIMIT, () -> {
            var good = offloaded(scene, () -> "Hey");
            require(good.failure == null, "l’appel a réussi, et pourtant vous transmettez " + good.failure + ".");
            require("Hey".equals(good.value), "l’appel a rendu Hey, vous transmettez " + good.value + ".");

            var bad = offloaded(scene, () -> {
                throw new IOException("disque absent");
            });
            require(bad.failure instanceof IOException, "l’appel a échoué par IOException, vous transmettez "
                    + (bad.failure == null ? bad.value : bad.failure) + ".");
        });
    }

    private static Heard offloaded(Offloaded scene, Callable<String> call) throws Exception {
        var heard = new Heard();
        var started = new CountDownLatch(1);
        var inLoop = new AtomicBoolean();
        heard.stopLoop = true;
        scene.run(() -> {
            inLoop.set(Thread.currentThread() == heard.loop);
            started.countDown();
            Thread.sleep(CALL_MILLIS);                     // assez pour que la boucle, désœuvrée, s'endorme
            return call.call();
        }, heard::hear);
        Thread.interrupted();                              // la boucle est finie : l'interruption qui l'arrêtait ne sert plus
        require(started.getCount() == 0, "l’appel n’a jamais été exécuté.");
        require(!inLoop.get(), "l’appel s’exécute dans le thread de la boucle : elle est retenue jusqu’à sa fin.");
        heard.await();
        require(heard.events.contains("réponse"), "l’appel est fini, et personne n’est prévenu.");
        require(heard.inLoop, ELSEWHERE);
        require(heard.seconds < 1.9, "le résultat est revenu, mais la boucle dormait : depuis un autre thread, il faut la réveiller.");
        return heard;
    }

    /** Ce qu'a appris celui qui attendait la réponse. La boucle est exécutée par le thread qui a créé cet objet. */
    private static final class Heard {
        final Thread loop = Thread.currentThread();
        final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private final long start = System.nanoTime();
        private final CountDownLatch heard = new CountDownLatch(1);
        boolean stopLoop;
        volatile boolean inLoop;
        volatile Object value;
        volatile Throwable failure;
        volatile double seconds;

        void hear(Object value, Throwable failure) {
            this.value = value;
            this.failure = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            inLoop = Thread.currentThread() == loop;
            seconds = (System.nanoTime() - start) / 1e9;
            events.add("réponse");
            heard.countDown();
            if (stopLoop && inLoop) loop.interrupt();      // rien d'autre à attendre : la boucle peut finir
        }

        /** Laisse à une réponse venue d'un autre thread le temps d'arriver. */
        void await() throws InterruptedException {
            heard.await(1, TimeUnit.SECONDS);
        }
    }
}
