//SOURCES ../Exercise.java ../Patience.java ../ThreadDump.java
package lessons.eventloop;

import static lessons.Exercise.require;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import lessons.Patience;

/**
 * Les exercices de la leçon 11. La boucle est celle que l'élève a construite : chaque vérification reçoit donc de quoi en
 * créer une, y met la réponse de l'élève à côté d'une voisine, et l'exécute.
 */
public final class EventLoopExercises {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration LONGER = Duration.ofSeconds(10);      // la boucle d'offload dure jusqu'à 8 s sur une machine occupée
    private static final double PERIOD = 0.1;          // secondes, celle de la cellule de vérification
    private static final long CALL_MILLIS = 300;
    private static final int RUNS = 4;
    private static final int TOO_MANY = 8;
    private static final String ELSEWHERE = "le résultat arrive dans un autre thread que celui de la boucle. Comment y revenir ?";

    private EventLoopExercises() {}

    /** La réponse à l'exercice 1 ; {@code L} est la boucle que l'élève a construite. */
    @FunctionalInterface
    public interface Every<L> {
        void call(L loop, double seconds, BooleanSupplier task) throws Exception;
    }

    /** La réponse à l'exercice 2. */
    @FunctionalInterface
    public interface Within<L> {
        CompletableFuture<String> call(L loop, CompletableFuture<String> answer, double seconds) throws Exception;
    }

    /** La réponse à l'exercice 3. */
    @FunctionalInterface
    public interface Offload<L> {
        CompletableFuture<String> call(L loop, Callable<String> call) throws Exception;
    }

    /** Exercice 1 : {@code every} rappelle la tâche à intervalles réguliers, tant qu'elle rend vrai, sans retenir la boucle. */
    public static <L> Verdict every(Callable<L> maker, Every<L> answer) throws InterruptedException {
        return Exercise.check("votre tâche revient régulièrement, et laisse passer les autres entre deux retours.", LIMIT, () -> {
            var loop = new Loop<>(maker);
            var thread = Thread.currentThread();
            var events = Collections.synchronizedList(new ArrayList<String>());
            var strangers = Collections.synchronizedList(new ArrayList<Thread>());
            var start = System.nanoTime();
            answer.call(loop.student, PERIOD, () -> {
                events.add("tâche");
                if (Thread.currentThread() != thread) strangers.add(Thread.currentThread());
                if (events.size() > TOO_MANY) throw new IllegalStateException("rappelée après avoir rendu faux");
                return Collections.frequency(events, "tâche") < RUNS;
            });
            loop.later(PERIOD / 2, () -> events.add("voisine"));
            loop.run();
            var elapsed = (System.nanoTime() - start) / 1e9;
            // un autre thread l'apporte peut-être trop tard
            if (!events.contains("tâche")) Thread.sleep(Patience.stretched(Duration.ofMillis((long) (3000 * PERIOD))));
            var runs = Collections.frequency(events, "tâche");
            require(runs > 0,
                    "la boucle a fini sans exécuter la tâche : vous ne l’y avez pas mise, ou un autre thread l’apporte trop tard.");
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

    /** Exercice 2 : {@code within} fait échouer une réponse qui tarde, sans retenir la boucle ni en sortir. */
    public static <L> Verdict within(Callable<L> maker, Within<L> solution) throws InterruptedException {
        return Exercise.check("une réponse qui tarde échoue à l’heure dite, et les autres réponses passent.", LIMIT, () -> {
            var late = timed(maker, solution, _ -> {});
            require(late.events.contains("événement"), "la boucle n’a pas exécuté l’autre tâche.");
            late.await();
            require(late.events.contains("réponse"), "la réponse n’est pas venue à temps, et celui qui l’attend n’en saura jamais rien.");
            require(late.inLoop, "l’échec arrive dans un autre thread que celui de la boucle"
                    + (late.afterLoop ? ", et quand elle avait déjà fini : rien n’y retenait l’échéance" : "")
                    + ". Qui, dans la boucle, sait attendre ?");
            require(late.seconds > 0.3 || late.failure == null,
                    "la réponse échoue tout de suite, sans qu’on lui laisse le temps de venir.");
            require(late.events.indexOf("événement") < late.events.indexOf("réponse"),
                    "pendant l’attente, l’autre tâche n’a pas pu avancer : la boucle était retenue.");
            require(late.failure != null, "la réponse n’est jamais venue, et pourtant vous rendez une valeur : " + late.value + ".");
            require(late.failure instanceof TimeoutException,
                    "il faut un échec par TimeoutException, et non par " + late.failure.getClass().getSimpleName() + ".");

            var onTime = timed(maker, solution, answer -> answer.complete("Hey"));
            require(onTime.events.contains("réponse"), "une réponse venue à temps n’est pas transmise.");
            require(onTime.failure == null, "une réponse venue à temps échoue quand même : " + onTime.failure + ".");
            require("Hey".equals(onTime.value), "la réponse venue à temps était Hey, vous transmettez " + onTime.value + ".");

            var failed = timed(maker, solution, answer -> answer.completeExceptionally(new IOException("client perdu")));
            require(failed.events.contains("réponse"), "une réponse qui échoue avant l’heure : personne n’en est prévenu.");
            require(failed.failure instanceof IOException, "un échec avant l’heure doit être transmis tel quel, et non devenir "
                    + (failed.failure == null ? failed.value : failed.failure) + ".");
        });
    }

    /** Une boucle qui donne 0,4 s à la réponse, et où quelque chose arrive à 0,1 s. */
    private static <L> Heard timed(Callable<L> maker, Within<L> solution, Consumer<CompletableFuture<String>> happening)
            throws Exception {
        var loop = new Loop<>(maker);
        var heard = new Heard();
        var answer = new CompletableFuture<String>();
        var limited = solution.call(loop.student, answer, 0.4);
        require(limited != null, "votre méthode rend null au lieu d’une promesse.");
        limited.whenComplete(heard::hear);
        loop.later(0.1, () -> {
            heard.events.add("événement");
            happening.accept(answer);
        });
        loop.run();
        heard.loopEnded = true;
        return heard;
    }

    /** Exercice 3 : {@code offload} exécute un appel bloquant hors de la boucle ; son résultat, ou son échec, y revient. */
    public static <L> Verdict offload(Callable<L> maker, Offload<L> solution) throws InterruptedException {
        return Exercise.check("l’appel bloque ailleurs, et son résultat, bon ou mauvais, revient dans la boucle.", LONGER, () -> {
            var good = offloaded(maker, solution, () -> "Hey");
            require(good.failure == null, "l’appel a réussi, et pourtant vous transmettez " + good.failure + ".");
            require("Hey".equals(good.value), "l’appel a rendu Hey, vous transmettez " + good.value + ".");

            var bad = offloaded(maker, solution, () -> {
                throw new IOException("disque absent");
            });
            require(bad.failure instanceof IOException, "l’appel a échoué par IOException, vous transmettez "
                    + (bad.failure == null ? bad.value : bad.failure) + ".");
        });
    }

    /** Une boucle qui confie l'appel à un autre thread, et finit d'elle-même après 2 s, plus tard si la machine est occupée. */
    private static <L> Heard offloaded(Callable<L> maker, Offload<L> solution, Callable<String> call) throws Exception {
        var loop = new Loop<>(maker);
        var heard = new Heard();
        var started = new CountDownLatch(1);
        var inLoop = new AtomicBoolean();
        heard.stopLoop = true;
        int end = 2 * Patience.slowness();
        loop.later(end, () -> {});
        var answer = solution.call(loop.student, () -> {
            inLoop.set(Thread.currentThread() == heard.loop);
            started.countDown();
            Thread.sleep(CALL_MILLIS);                     // assez pour que la boucle, désœuvrée, s'endorme
            return call.call();
        });
        require(answer != null, "votre méthode rend null au lieu d’une promesse.");
        require(!inLoop.get(), "l’appel s’exécute dans le thread de la boucle : elle est retenue jusqu’à sa fin.");
        answer.whenComplete(heard::hear);
        loop.run();
        Thread.interrupted();                              // la boucle est finie : l'interruption qui l'arrêtait ne sert plus
        require(started.getCount() == 0, "l’appel n’a jamais été exécuté.");
        require(!inLoop.get(), "l’appel s’exécute dans le thread de la boucle : elle est retenue jusqu’à sa fin.");
        heard.await();
        require(heard.events.contains("réponse"), "l’appel est fini, et personne n’est prévenu.");
        require(heard.inLoop, ELSEWHERE);
        require(heard.seconds < 0.95 * end,
                "le résultat est revenu, mais la boucle dormait : depuis un autre thread, il faut la réveiller.");
        return heard;
    }

    /**
     * La boucle de l'élève, vue par ses méthodes : ses classes sont celles du notebook, inconnues ici. Les noms {@code later},
     * {@code run} et {@code Task} sont ceux des cellules de la leçon.
     */
    private static final class Loop<L> {
        final L student;

        Loop(Callable<L> maker) throws Exception {
            student = maker.call();
        }

        void later(double seconds, Runnable action) throws Exception {
            var later = method("later", 2);
            var type = later.getParameterTypes()[1];
            var task = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, _, _) -> {
                action.run();
                return null;
            });
            call(later, seconds, task);
        }

        void run() throws Exception {
            call(method("run", 0));
        }

        private Method method(String name, int parameters) throws NoSuchMethodException {
            for (Class<?> type = student.getClass(); type != null; type = type.getSuperclass())
                for (var method : type.getDeclaredMethods())
                    if (method.getName().equals(name) && method.getParameterCount() == parameters) return method;
            throw new NoSuchMethodException(name);
        }

        private Object call(Method method, Object... arguments) throws Exception {
            method.setAccessible(true);
            try {
                return method.invoke(student, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }

    /** Ce qu'a appris celui qui attendait la réponse. La boucle est exécutée par le thread qui a créé cet objet. */
    private static final class Heard {
        final Thread loop = Thread.currentThread();
        final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private final long start = System.nanoTime();
        private final CountDownLatch heard = new CountDownLatch(1);
        boolean stopLoop;
        volatile boolean inLoop;
        volatile boolean loopEnded;
        volatile boolean afterLoop;
        volatile Object value;
        volatile Throwable failure;
        volatile double seconds;

        void hear(Object value, Throwable failure) {
            this.value = value;
            this.failure = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            inLoop = Thread.currentThread() == loop;
            afterLoop = loopEnded;
            seconds = (System.nanoTime() - start) / 1e9;
            events.add("réponse");
            heard.countDown();
            if (stopLoop && inLoop) loop.interrupt();      // rien d'autre à attendre : la boucle peut finir
        }

        /** Laisse à une réponse venue d'un autre thread le temps d'arriver. */
        void await() throws InterruptedException {
            new Patience(Duration.ofSeconds(1)).await(heard);
        }
    }
}
