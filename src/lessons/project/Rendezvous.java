package lessons.project;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import lessons.Patience;

/**
 * Deux threads du même pas. Chaque fois que l'un compare un lien, il attend que l'autre fasse la même chose : s'il y a un instant où ils se
 * gênent, ils s'y trouvent ensemble, à chaque essai et sur n'importe quelle machine. Quand l'autre ne vient pas, parce qu'un verrou le
 * retient ou qu'un seul thread fait tout, on cesse vite de l'attendre.
 */
final class Rendezvous {

    /** Le début du chemin des liens que deux pages ont en commun. */
    static final String SHARED = "/commune";

    private static final Set<String> QUESTIONS = Set.of("contains", "containsKey", "get", "indexOf");
    private static final Duration MEET = Duration.ofMillis(300);
    private static final int MISSES = 2;

    private record Meeting(CountDownLatch both, AtomicInteger arrived) {}

    private final Map<String, Meeting> meetings = new HashMap<>();          // gardé par this
    private final Map<String, Integer> ordinals = new HashMap<>();
    private final AtomicInteger lookupMisses = new AtomicInteger();
    private final AtomicInteger changeMisses = new AtomicInteger();
    private final AtomicBoolean clash = new AtomicBoolean();
    private final AtomicBoolean question = new AtomicBoolean();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean armed;

    /** Ce thread est l'un des deux. */
    void join(Thread thread) {
        threads.add(thread);
    }

    /** À partir de maintenant, les threads s'attendent. */
    void arm() {
        armed = true;
    }

    /** Vrai si deux threads ont demandé ensemble à une collection synchronisée si elle contient un lien, sans autre verrou. */
    boolean question() {
        return question.get();
    }

    /** Vrai si deux threads ont été vus en train de modifier ensemble une même collection, qui ne le supporte pas. */
    boolean clash() {
        return clash.get();
    }

    boolean isArmed() {
        return armed;
    }

    /** Un thread cherche ce lien dans une collection, ou va l'y mettre. */
    void atLookup(String path) {
        if (path.startsWith(SHARED)) meet("lookup " + path, false, lookupMisses);
    }

    /**
     * Un thread modifie une collection ordinaire, et y trouve ce lien. Si un autre fait de même au même endroit du code, c'est la même
     * collection.
     */
    void atChange(Object present, String place) {
        meet("change " + System.identityHashCode(present) + place, true, changeMisses);
    }

    private void meet(String what, boolean change, AtomicInteger misses) {
        if (!armed || misses.get() >= MISSES) return;
        var meeting = meeting(what);
        int rank = meeting.arrived.incrementAndGet();
        if (rank > 2) return;
        if (rank == 2 && change) clash.set(true);                 // le premier y est encore
        meeting.both.countDown();
        try {
            if (!new Patience(MEET).await(meeting.both)) {
                misses.incrementAndGet();
                meeting.arrived.set(3);                           // trop tard pour l'autre
                if (!change && threads.size() == 2 && threads.stream().allMatch(Rendezvous::asks)) question.set(true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Vrai si ce thread est dans une question à une collection synchronisée, ou attend son tour pour la poser. */
    private static boolean asks(Thread thread) {
        return Stream.of(thread.getStackTrace()).anyMatch(
                frame -> frame.getClassName().startsWith("java.util.Collections$Synchronized")
                        && QUESTIONS.contains(frame.getMethodName()));
    }

    /** Le n-ième passage d'un thread à un endroit rencontre le n-ième passage de l'autre. */
    private synchronized Meeting meeting(String what) {
        int ordinal = ordinals.merge(Thread.currentThread().threadId() + " " + what, 1, Integer::sum);
        return meetings.computeIfAbsent(what + " " + ordinal, _ -> new Meeting(new CountDownLatch(2), new AtomicInteger()));
    }
}
