//SOURCES ../Exercise.java ../Patience.java ../Deadline.java ../ThreadDump.java
package lessons.stopping;

import static lessons.Exercise.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import lessons.Patience;

/** Les vérifications de la leçon 9. Chacune regarde depuis les travaux : qui a commencé, qui est interrompu, qui travaille encore. */
public final class StoppingExercises {

    /** Le comptoir de l'exercice 1. Il y a toujours une commande à attendre : seule une interruption arrête l'ouvrier. */
    public interface Desk extends AutoCloseable {
        /** La prochaine commande. L'attend aussi longtemps qu'il faut. */
        String take() throws InterruptedException;

        /** Prépare une commande, ce qui dure ; une commande impossible lance IllegalStateException. */
        void serve(String order) throws InterruptedException;

        /** Ferme le comptoir : à faire une fois, quand tout est fini. */
        @Override
        void close();
    }

    /** La réponse à l'exercice 1. */
    @FunctionalInterface
    public interface Worker {
        void work(Desk desk) throws Exception;
    }

    /** La réponse à l'exercice 2. */
    @FunctionalInterface
    public interface OnTime {
        List<String> of(List<Callable<String>> jobs, Duration limit) throws Exception;
    }

    /** La réponse à l'exercice 3. */
    @FunctionalInterface
    public interface AllOrNothing {
        List<String> of(List<Callable<String>> jobs) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);      // un filet : chaque attente a sa limite, bien plus courte
    private static final Duration TOGETHER = Duration.ofMillis(700);   // pour que les travaux se retrouvent
    private static final String LATE = "trop tard";
    private static final String FAILED = "échec : ";
    private static final String BROKEN = "panne";

    private StoppingExercises() {}

    // ---------------------------------------------------------------- l'appel d'une réponse

    @FunctionalInterface
    private interface Call<T> {
        T run() throws Exception;
    }

    /** Un appel à la réponse de l'élève, dans son propre thread : où il en est, et comment il finit. */
    private static final class Attempt<T> {
        final long start = System.nanoTime();
        final CountDownLatch done = new CountDownLatch(1);
        final Thread thread;
        volatile T value;
        volatile Throwable failure;
        volatile boolean flag;                                    // le drapeau, au retour
        volatile long end;

        Attempt(Call<T> call) {
            thread = Thread.ofVirtual().name("exercise").start(() -> {
                try {
                    value = call.run();
                } catch (Throwable e) {
                    failure = e;
                }
                flag = Thread.currentThread().isInterrupted();
                end = System.nanoTime();
                done.countDown();
            });
        }

        boolean endsWithin(double seconds) throws InterruptedException {
            return new Patience(Duration.ofMillis((long) (1000 * seconds))).await(done);
        }

        double seconds() {
            return (end - start) / 1e9;
        }
    }

    private static String seconds(double seconds) {
        return String.format(Locale.FRANCE, "%.1f s", seconds);
    }

    // ---------------------------------------------------------------- exercice 1

    /** Ce qui finit le thread d'une réponse qui tourne sans fin. */
    private static final class Enough extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Un comptoir d'essai : ses commandes, puis une attente sans fin. */
    private static final class TrialDesk implements Desk {
        private static final int SPIN = 200;

        private final List<String> orders;
        private final CountDownLatch waiting = new CountDownLatch(1);    // plus de commande : l'ouvrier attend
        private final CountDownLatch cooking = new CountDownLatch(1);    // la commande longue est commencée
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger afterInterrupt = new AtomicInteger();
        private final AtomicInteger closings = new AtomicInteger();
        private volatile boolean interrupted;
        private volatile boolean usedClosed;

        TrialDesk(String... orders) {
            this.orders = List.of(orders);
        }

        @Override
        public String take() throws InterruptedException {
            used();
            if (Thread.interrupted()) throw new InterruptedException();
            if (next.get() < orders.size()) return orders.get(next.getAndIncrement());
            waiting.countDown();
            over.await();
            throw new Enough();
        }

        @Override
        public void serve(String order) throws InterruptedException {
            used();
            if (interrupted) afterInterrupt.incrementAndGet();
            if (order.equals("impossible")) throw new IllegalStateException(BROKEN);
            if (order.equals("longue")) {
                cooking.countDown();
                over.await();
                throw new Enough();
            }
            Thread.sleep(5);
            served.incrementAndGet();
        }

        /** Une réponse qui tourne sans fin est arrêtée, au lieu d'occuper un cœur. */
        private void used() {
            if (closings.get() > 0) usedClosed = true;
            var count = calls.incrementAndGet();
            while (count > 2 * SPIN) LockSupport.parkNanos(Long.MAX_VALUE);   // sourde à tout
            if (count > SPIN) throw new Enough();
        }

        boolean spins() {
            return calls.get() > SPIN;
        }

        @Override
        public void close() {
            closings.incrementAndGet();
        }
    }

    /** Exercice 1 : un ouvrier qui s'arrête quand on l'interrompt, et ferme son comptoir quoi qu'il arrive. */
    public static Verdict worker(Worker answer) throws InterruptedException {
        return Exercise.check("votre ouvrier s’arrête dès qu’on le demande, et ferme son comptoir quoi qu’il arrive.", LIMIT, () -> {
            interrupted(answer, new TrialDesk("un café", "un thé"), false, "pendant qu’il attend une commande");
            interrupted(answer, new TrialDesk("un café", "longue", "un thé", "un jus"), true, "pendant qu’il prépare une commande");
            broken(answer, new TrialDesk("un café", "impossible"));
        });
    }

    private static void interrupted(Worker answer, TrialDesk desk, boolean cooking, String when) throws Exception {
        var attempt = start(answer, desk);
        try {
            var ready = new Patience(Duration.ofSeconds(1)).await(cooking ? desk.cooking : desk.waiting);
            require(ready || desk.calls.get() > 0, "votre ouvrier ne demande aucune commande au comptoir.");
            require(ready,
                    "votre ouvrier n’a servi que %s : il doit servir jusqu’à ce qu’on l’arrête.".formatted(orders(desk.served.get())));
            desk.interrupted = true;
            attempt.thread.interrupt();
            var ended = attempt.endsWithin(1);
            require(!desk.spins(), "interrompu, votre ouvrier tourne en rond : il relève le drapeau, mais ne sort pas de sa boucle.");
            require(!desk.usedClosed, "votre ouvrier ferme son comptoir, puis s’en sert encore. Fermez-le une fois la boucle finie.");
            require(desk.afterInterrupt.get() == 0,
                    "interrompu %s, votre ouvrier a encore servi %s.".formatted(when, orders(desk.afterInterrupt.get())));
            require(ended, "une seconde après l’interruption, arrivée %s, votre ouvrier travaille encore. Que fait-il de l’exception ?"
                    .formatted(when));
            require(desk.closings.get() > 0, "interrompu %s, votre ouvrier s’arrête, mais laisse son comptoir ouvert.".formatted(when));
            require(desk.closings.get() == 1, "le comptoir a été fermé %d fois.".formatted(desk.closings.get()));
            if (attempt.failure instanceof RuntimeException e && !(cause(e) instanceof InterruptedException)) throw e;
            require(attempt.failure instanceof InterruptedException || attempt.flag,
                    "votre ouvrier s’arrête, mais celui qui l’a appelé ne saura pas pourquoi. Laissez passer l’InterruptedException, ou "
                            + "relevez le drapeau.");
        } finally {
            desk.over.countDown();
            attempt.thread.interrupt();
        }
    }

    private static String orders(int count) {
        return count + (count > 1 ? " commandes" : " commande");
    }

    private static void broken(Worker answer, TrialDesk desk) throws Exception {
        var attempt = start(answer, desk);
        try {
            require(attempt.endsWithin(1), "une commande a échoué, et votre ouvrier poursuit comme si de rien n’était.");
            require(desk.closings.get() > 0,
                    "une commande échoue : l’ouvrier s’arrête, mais son comptoir reste ouvert. À quoi sert finally ?");
            require(desk.closings.get() == 1, "une commande échoue, et le comptoir est fermé %d fois.".formatted(desk.closings.get()));
            require(attempt.failure != null, "une commande a échoué, et personne ne l’a su : laissez passer son exception.");
            require(cause(attempt.failure) instanceof IllegalStateException,
                    "une commande lance IllegalStateException, et votre ouvrier lance %s sans elle."
                            .formatted(attempt.failure.getClass().getSimpleName()));
        } finally {
            desk.over.countDown();
            attempt.thread.interrupt();
        }
    }

    private static Attempt<Void> start(Worker answer, TrialDesk desk) {
        return new Attempt<>(() -> {
            answer.work(desk);
            return null;
        });
    }

    /** L'exception d'origine, sous celles qui l'emballent. */
    private static Throwable cause(Throwable failure) {
        while (failure.getCause() != null) failure = failure.getCause();
        return failure;
    }

    // ---------------------------------------------------------------- les travaux des exercices 2 et 3

    /** Des travaux, et ce que l'on voit d'eux. */
    private static final class Crew {
        private final CountDownLatch crowd;                       // les travaux brefs attendent que tous aient commencé
        private final CountDownLatch released = new CountDownLatch(1);
        private final Duration tidying;
        private final AtomicInteger started = new AtomicInteger();
        private final AtomicInteger working = new AtomicInteger();
        private final AtomicInteger interrupted = new AtomicInteger();
        private volatile boolean alone;

        /**
         * @param together combien de travaux doivent être en cours à la fois
         * @param tidying le temps qu'un travail interrompu met à ranger
         */
        Crew(int together, Duration tidying) {
            this.crowd = new CountDownLatch(together);
            this.tidying = tidying;
        }

        Callable<String> quick(String name, long millis) {
            return job(() -> {
                crowd.countDown();
                if (!alone && !new Patience(TOGETHER).await(crowd)) alone = true;
                Thread.sleep(millis);
                return name;
            });
        }

        Callable<String> broken() {
            return job(() -> {
                crowd.countDown();
                if (!alone && !new Patience(TOGETHER).await(crowd)) alone = true;
                throw new IllegalStateException(BROKEN);
            });
        }

        /** Un travail qui ne finit que si on l'interrompt. */
        Callable<String> endless() {
            return job(() -> {
                crowd.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    tidy();
                    throw e;
                }
                return "fini après coup";
            });
        }

        private void tidy() {
            var end = System.nanoTime() + tidying.toNanos();
            for (long left; (left = end - System.nanoTime()) > 0;) LockSupport.parkNanos(left);
        }

        private Callable<String> job(Callable<String> body) {
            return () -> {
                started.incrementAndGet();
                working.incrementAndGet();
                try {
                    return body.call();
                } finally {
                    working.decrementAndGet();
                }
            };
        }

        /** Laisse partir tout le monde, et l'attend : ce qui range encore serait compté par la dernière cellule de la leçon. */
        void dismiss(Attempt<?> attempt) throws InterruptedException {
            released.countDown();
            attempt.thread.interrupt();
            for (var patience = new Patience(Duration.ofSeconds(1)); working.get() > 0 && patience.lasts();) Thread.sleep(5);
            attempt.endsWithin(1);
        }

        /** Attend que tant de travaux aient reçu l'interruption, au plus une seconde, davantage si la machine est occupée. */
        boolean awaitInterrupted(int count) throws InterruptedException {
            for (var patience = new Patience(Duration.ofSeconds(1)); interrupted.get() < count && patience.lasts();) Thread.sleep(10);
            return interrupted.get() >= count;
        }
    }

    // ---------------------------------------------------------------- exercice 2

    /** L'échéance donnée à la réponse, et le plus long que celle-ci puisse durer ; une machine occupée les allonge ensemble. */
    private static final Duration ON_TIME = Duration.ofMillis(600);
    private static final Duration OVER = Duration.ofMillis(2600); // avec une limite entière par travail en retard : 3 s

    /** Exercice 2 : ce qui est arrivé avant l'échéance, dans l'ordre ; le reste est annulé. */
    public static Verdict onTime(OnTime answer) throws InterruptedException {
        return Exercise.check("une seule échéance pour toutes les attentes, et rien ne travaille après elle.", LIMIT, () -> {
            prompt(answer);
            late(answer);
        });
    }

    private static void prompt(OnTime answer) throws Exception {
        var crew = new Crew(3, Duration.ZERO);
        var attempt = new Attempt<>(
                () -> answer.of(List.of(crew.quick("un", 120), crew.quick("deux", 60), crew.quick("trois", 0)), Duration.ofSeconds(20)));
        try {
            require(attempt.endsWithin(2.2) || crew.started.get() == 0,
                    "tous les travaux ont fini, et votre méthode attend encore. L’échéance est un maximum, non une durée.");
            require(attempt.endsWithin(0.1), "votre méthode attend, sans avoir lancé aucun travail.");
            requireAnswers(attempt, List.of("un", "deux", "trois"));
            require(!crew.alone, "les travaux se suivent, l’un après l’autre. Lancez-les tous, puis attendez.");
        } finally {
            crew.dismiss(attempt);
        }
    }

    private static void late(OnTime answer) throws Exception {
        var crew = new Crew(8, Duration.ZERO);
        var never = 5;
        var slowness = Patience.slowness();
        var limit = ON_TIME.multipliedBy(slowness);
        var over = OVER.multipliedBy(slowness);
        var attempt = new Attempt<>(() -> answer.of(List.of(crew.endless(), crew.quick("un", 60), crew.broken(), crew.endless(),
                crew.endless(), crew.quick("deux", 0), crew.endless(), crew.endless()), limit));
        try {
            var ended = Patience.exactly(over).await(attempt.done);
            var expected = List.of(LATE, "un", FAILED + BROKEN, LATE, LATE, "deux", LATE, LATE);
            require(ended || crew.started.get() == expected.size(), ("les travaux se suivent, l’un après l’autre : %d seulement sur %d ont "
                    + "commencé. Lancez-les tous, puis attendez.").formatted(crew.started.get(), expected.size()));
            require(ended || crew.interrupted.get() > 0, ("la limite était de %s ; après %s, votre méthode attend toujours, et personne "
                    + "n’a interrompu les travaux en retard. La fin d’un try attend tous les siens.")
                    .formatted(seconds(limit.toMillis() / 1e3), seconds(over.toMillis() / 1e3)));
            require(ended && (attempt.failure != null || attempt.seconds() < over.toMillis() / 1e3),
                    "la limite était de %s, et votre méthode a duré %s : plusieurs attentes ont eu chacune leur limite entière."
                            .formatted(seconds(limit.toMillis() / 1e3), ended ? seconds(attempt.seconds()) : "trop longtemps"));
            requireAnswers(attempt, expected);
            require(crew.awaitInterrupted(never),
                    "votre méthode a rendu la main. Travaux en retard qui travaillent encore : %d. Ils n’ont reçu aucune interruption."
                            .formatted(never - crew.interrupted.get()));
        } finally {
            crew.dismiss(attempt);
        }
    }

    private static void requireAnswers(Attempt<List<String>> attempt, List<String> expected) throws Exception {
        switch (attempt.failure) {
            case null -> {}
            case TimeoutException _ -> require(false,
                    "un travail en retard fait échouer toute la méthode (TimeoutException). À sa place, mettez « trop tard ».");
            case CancellationException _ -> require(false,
                    "lire une future annulée lance CancellationException. À la place de ce travail, mettez « trop tard ».");
            case ExecutionException _ -> require(false, "un travail en échec fait échouer toute la méthode (ExecutionException). À sa "
                    + "place, mettez « échec : » et son message.");
            case Exception e -> throw e;
            case Throwable e -> throw new ExecutionException(e);
        }
        var found = attempt.value;
        require(found != null && !found.isEmpty(), "la liste rendue est vide. Il faut une réponse par travail.");
        require(found.size() == expected.size(),
                "la liste a %d réponses pour %d travaux : un travail en retard ou en échec en a une aussi.".formatted(found.size(),
                        expected.size()));
        require(found.stream().noneMatch(Objects::isNull), "la liste rendue contient null, à la place d’un travail en retard ou en échec.");
        require(found.equals(expected) || !found.stream().sorted().toList().equals(expected.stream().sorted().toList()),
                "les réponses ne sont pas dans l’ordre des travaux : elles sont dans leur ordre d’arrivée.");
        require(found.equals(expected), "les réponses sont %s, au lieu de %s.".formatted(found, expected));
    }

    // ---------------------------------------------------------------- exercice 3

    private static final Duration TIDYING = Duration.ofMillis(300);

    /** Exercice 3 : toutes les réponses, ou la première panne, aussitôt, et plus personne au travail. */
    public static Verdict allOrNothing(AllOrNothing answer) throws InterruptedException {
        return Exercise.check("une panne est vue aussitôt, les voisins sont arrêtés, et personne ne travaille après.", LIMIT, () -> {
            allGood(answer);
            oneBroken(answer);
        });
    }

    private static void allGood(AllOrNothing answer) throws Exception {
        var crew = new Crew(3, Duration.ZERO);
        var attempt = new Attempt<>(() -> answer.of(List.of(crew.quick("un", 120), crew.quick("deux", 60), crew.quick("trois", 0))));
        try {
            require(attempt.endsWithin(2.2), "trois travaux brefs ont fini, et votre méthode attend encore.");
            if (attempt.failure instanceof Exception e) throw e;
            var found = attempt.value;
            require(found != null && !found.isEmpty(), "la liste rendue est vide. Quand tout réussit, il faut une réponse par travail.");
            require(!crew.alone, "les travaux se suivent, l’un après l’autre. Lancez-les tous, puis attendez.");
            require(found.equals(List.of("un", "deux", "trois"))
                    || !found.stream().sorted().toList().equals(List.of("deux", "trois", "un")),
                    "les réponses sont dans leur ordre d’arrivée. Rangez-les dans l’ordre des travaux.");
            require(found.equals(List.of("un", "deux", "trois")),
                    "les réponses sont %s, au lieu de [un, deux, trois].".formatted(found));
        } finally {
            crew.dismiss(attempt);
        }
    }

    private static void oneBroken(AllOrNothing answer) throws Exception {
        var crew = new Crew(4, TIDYING);
        var attempt = new Attempt<>(() -> answer.of(List.of(crew.endless(), crew.endless(), crew.broken(), crew.endless())));
        try {
            var ended = attempt.endsWithin(2);
            require(ended || crew.interrupted.get() > 0, "le troisième travail est en panne depuis deux secondes, et votre méthode attend "
                    + "encore les autres. Une panne doit être vue aussitôt, où qu’elle soit dans la liste.");
            require(ended, "la panne a été vue, %d voisins sur 3 ont été interrompus, et votre méthode attend encore."
                    .formatted(crew.interrupted.get()));
            int still = crew.working.get();
            require(attempt.failure != null, "le troisième travail est en panne, et votre méthode rend %s. Lancez l’exception de la panne."
                    .formatted(attempt.value));
            require(!(cause(attempt.failure) instanceof InterruptedException || cause(attempt.failure) instanceof CancellationException),
                    "vous lancez l’exception d’un voisin arrêté (%s). L’appelant veut celle de la panne, qui explique tout."
                            .formatted(cause(attempt.failure).getClass().getSimpleName()));
            require(BROKEN.equals(cause(attempt.failure).getMessage()),
                    "la panne d’origine est perdue : ni votre exception (%s), ni sa cause ne dit « panne »."
                            .formatted(attempt.failure.getClass().getSimpleName()));
            require(still == 0 || crew.interrupted.get() > 0,
                    "la panne est vue, mais personne n’a interrompu les voisins. Ceux qui travaillent encore : %d.".formatted(still));
            require(still == 0, ("la panne est vue, les voisins sont interrompus ; mais certains rangent encore au retour de votre "
                    + "méthode : %d. Attendez leur fin.").formatted(still));
        } finally {
            crew.dismiss(attempt);
        }
    }
}
