//SOURCES Patience.java
package lessons;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Un point où plusieurs threads se trouvent en même temps, à coup sûr, si rien ne les en empêche. Il rend une course certaine : posé
 * entre la lecture et l'écriture d'une même donnée, il ne laisse écrire personne avant que tous aient lu.
 *
 * {@snippet :
 * var overlap = new Overlap(4);
 * class Total {                                // ce que la vérification prête à l'élève
 *     private int value;
 *     void add(int n) {
 *         var read = value;
 *         overlap.pass();
 *         value = read + n;
 *     }
 * }
 * var total = new Total();
 * overlap.run(4, Duration.ofSeconds(3), _ -> answer.addOne(total));
 * require(overlap.most() == 1, "deux threads étaient ensemble dans le total.");
 * }
 *
 * <p>Un thread arrivé au point n'en repart que lorsque chacun des autres y est aussi, est bloqué, ou a fini. Un verrou, s'il y en a un,
 * tient donc les autres dehors, et personne n'attend. Aucune durée n'entre dans cette décision, sauf dans deux cas : un thread qui attend
 * sans que l'on sache qui le réveillera (une file, un sémaphore, un thread virtuel) est dit bloqué après {@value #STILL_MILLIS} ms sans
 * bouger ; un thread qui dort, ou qui tourne en rond, n'est plus attendu après {@value #PATIENCE_MILLIS} ms ({@link Patience}), et moins
 * encore les fois suivantes.
 *
 * <p>Le point ne voit que les appels qu'on y fait : entre la lecture et l'écriture de {@code n++}, il n'y en a aucun, et rien ne peut
 * rendre cette course certaine. Prêtez donc à l'élève l'objet qui est partagé. En revanche, {@code total += lire(page)} lit
 * {@code total} d'abord, puis appelle {@code lire} : un point dans {@code lire} suffit.
 */
public final class Overlap {

    /** Ce que fait chaque thread ; {@code number} est le sien, à partir de 0. */
    @FunctionalInterface
    public interface Task {
        void run(int number) throws Exception;
    }

    private static final int PATIENCE_MILLIS = 500;
    private static final int STILL_MILLIS = 100;
    private static final int LATE_MILLIS = 20;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * Aucun verrou ici : un thread bloqué par le point lui-même semblerait l'être par un autre.
     *
     * @param missing combien de threads ne se sont encore jamais montrés
     * @param known les threads à regarder
     * @param here ceux qui sont au point
     * @param late ceux que l'on a attendus une fois en vain, et que l'on n'attend plus guère
     * @param round change quand ceux qui y sont en repartent
     * @param most le plus de threads qui y ont été ensemble
     */
    private record State(int missing, Set<Thread> known, Set<Thread> here, Set<Thread> late, int round, int most) {

        State arrived(Thread thread) {
            var more = with(here, thread);
            return new State(missing - (known.contains(thread) ? 0 : 1), with(known, thread), more, without(late, thread), round,
                    Math.max(most, more.size()));
        }

        State started(Thread thread) {
            return new State(missing - 1, with(known, thread), here, late, round, most);
        }

        State released() {
            return new State(0, known, Set.of(), late, round + 1, most);
        }

        State givenUp() {
            var others = new HashSet<>(known);
            others.removeAll(here);
            return new State(0, known, Set.of(), others, round + 1, most);
        }

        State left(Thread thread) {
            return new State(missing, known, without(here, thread), late, round, most);
        }

        private static Set<Thread> with(Set<Thread> threads, Thread thread) {
            var more = new HashSet<>(threads);
            more.add(thread);
            return more;
        }

        private static Set<Thread> without(Set<Thread> threads, Thread thread) {
            var fewer = new HashSet<>(threads);
            fewer.remove(thread);
            return fewer;
        }
    }

    private final AtomicReference<State> state;

    /** @param expected le nombre de threads qui vont passer ; le premier arrivé les attend. Le point s'occupe aussi de ceux en plus */
    public Overlap(int expected) {
        state = new AtomicReference<>(new State(expected, Set.of(), Set.of(), Set.of(), 0, 0));
    }

    /** Bloque jusqu'à ce que tous les autres threads soient ici, bloqués ou finis. Une interruption met fin à l'attente, et reste notée. */
    public void pass() {
        var me = Thread.currentThread();
        var round = state.updateAndGet(before -> before.arrived(me)).round();
        var watch = new Watch();
        for (State now; (now = state.get()).round() == round; LockSupport.parkNanos(1_000_000)) {
            if (me.isInterrupted()) state.updateAndGet(before -> before.round() == round ? before.left(me) : before);
            if (me.isInterrupted()) return;
            if (watch.allSettled(now)) state.compareAndSet(now, now.released());
            else if (watch.tired()) state.compareAndSet(now, now.givenUp());
        }
    }

    /** Le plus grand nombre de threads arrivés au point ensemble ; 1, si un verrou n'en laisse passer qu'un à la fois. */
    public int most() {
        return state.get().most();
    }

    /**
     * Fait exécuter {@code task} par autant de threads de plateforme, et attend leur fin, au plus {@code limit}, davantage si la
     * machine est occupée. Ceux qui n'ont pas fini alors sont interrompus.
     *
     * @throws TimeoutException si l'un n'a pas fini
     * @throws Exception celle du premier thread qui échoue, une fois tous finis
     */
    public void run(int threads, Duration limit, Task task) throws Exception {
        var tasks = IntStream.range(0, threads).mapToObj(number -> new FutureTask<Void>(() -> {
            task.run(number);
            return null;
        })).toList();
        var started = tasks.stream().map(job -> Thread.ofPlatform().daemon().name("overlap").unstarted(job)).toList();
        started.forEach(thread -> state.updateAndGet(before -> before.started(thread)));
        started.forEach(Thread::start);
        try {
            awaitAll(tasks, new Patience(limit));
        } finally {
            started.forEach(Thread::interrupt);
        }
    }

    private static void awaitAll(List<FutureTask<Void>> tasks, Patience patience) throws Exception {
        var failures = new ArrayList<Throwable>();
        for (var task : tasks)
            try {
                patience.get(task);
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            }
        if (failures.isEmpty()) return;
        if (failures.getFirst() instanceof Error error) throw error;
        throw (Exception) failures.getFirst();
    }

    /** Ce qu'un thread arrivé au point sait des autres. */
    private static final class Watch {
        private final long start = System.nanoTime();
        private final Patience patience = new Patience(Duration.ofMillis(PATIENCE_MILLIS));
        private final Map<Thread, Long> still = new HashMap<>();  // depuis quand chacun attend

        boolean elapsed(int millis) {
            return System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(millis);
        }

        /** Vrai s'il n'y a plus lieu d'attendre personne ; une interruption reste notée. */
        boolean tired() {
            try {
                return !patience.lasts();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        boolean allSettled(State now) {
            var settled = now.missing() <= 0;
            for (var thread : now.known()) settled &= isSettled(thread, now, new HashSet<>());     // tous : chacun a sa montre
            return settled;
        }

        /** Vrai si ce thread est au point, a fini, ou ne peut pas avancer tant que ceux qui sont au point n'avancent pas. */
        private boolean isSettled(Thread thread, State now, Set<Thread> seen) {
            if (now.here().contains(thread) || !seen.add(thread)) return true;
            var status = thread.getState();
            if (status == Thread.State.TERMINATED) return true;
            if (now.late().contains(thread) && elapsed(LATE_MILLIS)) return true;
            var waits = status == Thread.State.BLOCKED || status == Thread.State.WAITING;
            if (!waits) still.remove(thread);
            var owner = waits || status == Thread.State.TIMED_WAITING ? owner(thread, now.known()) : null;
            if (owner != null) return isSettled(owner, now, seen);
            return waits && System.nanoTime() - still.computeIfAbsent(thread, _ -> System.nanoTime()) > TimeUnit.MILLISECONDS
                    .toNanos(STILL_MILLIS);
        }

        /** Le thread connu qui tient le verrou que celui-ci demande ; null si la JVM ne le dit pas, ou si le verrou change de main. */
        private static Thread owner(Thread thread, Set<Thread> known) {
            var info = THREADS.getThreadInfo(thread.threadId());  // null pour un thread virtuel
            var id = info == null ? -1 : info.getLockOwnerId();
            return known.stream().filter(other -> other.threadId() == id).findFirst().orElse(null);
        }
    }
}
