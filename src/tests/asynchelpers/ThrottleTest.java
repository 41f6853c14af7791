package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Throttle")
@Timeout(30)
class ThrottleTest {

    @Test
    @DisplayName("il y a autant de tâches actives que de places, ni plus ni moins")
    void asManyActiveJobsAsPlaces() throws Exception {
        var throttle = new Throttle(3);
        var active = new AtomicInteger();
        var most = new AtomicInteger();
        var threeInside = new CyclicBarrier(3);  // ne s'ouvre que si trois tâches sont entrées à la fois
        Callable<Void> job = () -> {
            try (var _ = throttle.enter()) {
                most.accumulateAndGet(active.incrementAndGet(), Math::max);
                threeInside.await();
                active.decrementAndGet();
            }
            return null;
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var result : threads.invokeAll(java.util.Collections.nCopies(300, job))) result.get();
        }
        assertEquals(3, most.get());
        assertEquals(3, throttle.available());
    }

    @Test
    @DisplayName("quand tout est pris, le suivant attend qu'une place soit rendue")
    void nextOneWaits() throws Exception {
        var throttle = new Throttle(2);
        var first = throttle.enter();
        throttle.enter();
        var next = new FutureTask<>(throttle::enter);
        Wait.untilBlocked(Thread.ofVirtual().start(next));
        assertFalse(next.isDone());
        assertEquals(2, throttle.inUse());
        first.close();
        next.get();
        assertEquals(2, throttle.inUse());
    }

    @Test
    @DisplayName("ceux qui attendent entrent dans l'ordre d'arrivée")
    void firstComeFirstServed() throws Exception {
        var throttle = new Throttle(1);
        var taken = throttle.enter();
        var order = new CopyOnWriteArrayList<Integer>();
        var threads = new ArrayList<Thread>();
        for (var i = 0; i < 5; i++) {
            var number = i;
            threads.add(Thread.ofVirtual().start(() -> enterAndNote(throttle, order, number)));
            Wait.untilBlocked(threads.getLast());
        }
        taken.close();
        for (var thread : threads) thread.join();
        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    @Test
    @DisplayName("qui rend sa place et revient aussitôt passe après ceux qui attendent")
    void noOvertaking() throws Exception {
        for (var round = 0; round < 50; round++) {  // sans équité, un tour sur trois se passe bien par chance
            var throttle = new Throttle(1);
            var taken = throttle.enter();
            var order = new CopyOnWriteArrayList<Integer>();
            var waiting = Thread.ofVirtual().start(() -> enterAndNote(throttle, order, 1));
            Wait.untilBlocked(waiting);
            taken.close();
            enterAndNote(throttle, order, 2);
            waiting.join();
            assertEquals(List.of(1, 2), order);
        }
    }

    @Test
    @DisplayName("une place rendue va à celui qui attend, même s'il y a foule : cent tours, chacun à son rang")
    void roundAfterRound() throws Exception {
        var throttle = new Throttle(3);
        var order = new CopyOnWriteArrayList<Integer>();
        var taken = List.of(throttle.enter(), throttle.enter(), throttle.enter());
        var threads = new ArrayList<Thread>();
        for (var i = 0; i < 100; i++) {
            var number = i;
            threads.add(Thread.ofVirtual().start(() -> enterAndNote(throttle, order, number)));
            Wait.untilBlocked(threads.getLast());
        }
        taken.getFirst().close();                    // une seule place pour tous : l'ordre des entrées se lit sans hasard
        for (var thread : threads) thread.join();
        assertEquals(IntStream.range(0, 100).boxed().toList(), order);
        assertEquals(2, throttle.inUse());
    }

    @Test
    @DisplayName("parmi ceux qui attendent, celui que l'on interrompt laisse son tour au suivant, et aucune place ne se perd")
    void interruptedGivesItsTurn() throws Exception {
        var throttle = new Throttle(1);
        var taken = throttle.enter();
        var order = new CopyOnWriteArrayList<Integer>();
        var leaver = new FutureTask<>(() -> assertThrows(InterruptedException.class, throttle::enter));
        var leaving = Thread.ofVirtual().start(leaver);
        Wait.untilBlocked(leaving);
        var next = Thread.ofVirtual().start(() -> enterAndNote(throttle, order, 1));
        Wait.untilBlocked(next);
        leaving.interrupt();
        leaver.get();
        taken.close();
        next.join();
        assertEquals(List.of(1), order);
        assertEquals(1, throttle.available());
    }

    @Test
    @DisplayName("interrompre au moment même où une place se libère n'en perd aucune")
    void interruptAgainstRelease() throws Exception {
        var throttle = new Throttle(2);
        for (var round = 0; round < 500; round++) {
            var taken = List.of(throttle.enter(), throttle.enter());
            var waiting = Thread.ofVirtual().start(() -> {
                try (var _ = throttle.enter()) {
                    Thread.onSpinWait();
                } catch (InterruptedException e) {
                    // l'un ou l'autre gagne : seul compte le nombre de places à la fin
                }
            });
            Wait.untilBlocked(waiting);
            var interrupting = Thread.ofPlatform().start(waiting::interrupt);
            for (var place : taken) place.close();
            interrupting.join();
            waiting.join();
            assertEquals(2, throttle.available(), "tour " + round);
        }
    }

    private static void enterAndNote(Throttle throttle, List<Integer> order, int number) {
        try (var _ = throttle.enter()) {
            order.add(number);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("une tâche qui échoue rend sa place")
    void failingJobFreesItsPlace() {
        var throttle = new Throttle(1);
        assertThrows(ArithmeticException.class, () -> {
            try (var _ = throttle.enter()) {
                assertEquals(0, throttle.available());
                throw new ArithmeticException();
            }
        });
        assertEquals(1, throttle.available());
    }

    @Test
    @DisplayName("rendre deux fois la même place n'en libère qu'une")
    void closingTwiceFreesOnce() throws Exception {
        var throttle = new Throttle(3);
        var place = throttle.enter();
        throttle.enter();
        place.close();
        place.close();
        assertEquals(1, throttle.inUse());
    }

    @ParameterizedTest(name = "une attente interrompue ne prend aucune place (thread virtuel : {0})")
    @ValueSource(booleans = {true, false})
    void interruptedWaitTakesNothing(boolean virtual) throws Exception {
        var throttle = new Throttle(1);
        var taken = throttle.enter();
        var waiting = new FutureTask<>(() -> assertThrows(InterruptedException.class, throttle::enter));
        var thread = virtual ? Thread.ofVirtual().start(waiting) : Thread.ofPlatform().start(waiting);
        Wait.untilBlocked(thread);
        thread.interrupt();
        waiting.get();
        taken.close();
        assertEquals(1, throttle.available());
    }

    @Test
    @DisplayName("un thread déjà interrompu n'entre pas, même s'il reste des places")
    void alreadyInterruptedDoesNotEnter() {
        var throttle = new Throttle(1);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, throttle::enter);
        assertEquals(1, throttle.available());
    }

    @Test
    @DisplayName("un thread interrompu rend sa place quand même")
    void interruptedThreadFreesItsPlace() throws Exception {
        var throttle = new Throttle(1);
        try (var _ = throttle.enter()) {
            Thread.currentThread().interrupt();
        }
        assertTrue(Thread.interrupted(), "l'interruption n'est pas avalée");
        assertEquals(1, throttle.available());
    }

    @ParameterizedTest(name = "{0} place : refusé")
    @ValueSource(ints = {0, -1})
    void refusesLessThanOnePlace(int capacity) {
        var error = assertThrows(IllegalArgumentException.class, () -> new Throttle(capacity));
        assertTrue(error.getMessage().contains("au moins une place"), error.getMessage());
    }
}
