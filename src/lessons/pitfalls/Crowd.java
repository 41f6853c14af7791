package lessons.pitfalls;

import display.Timeline;
import java.io.IOException;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/**
 * Une foule de jobs, un thread virtuel chacun, et ce qu'ils deviennent : finis, en échec, ou bloqués pour toujours. Ils arrivent l'un
 * après l'autre, et le travail ne commence que quand tous sont là : le résultat est donc le même à chaque fois.
 */
public final class Crowd {

    /** Un job de la foule. */
    @FunctionalInterface
    public interface Job {
        /** @param number son numéro, à partir de 1 */
        void run(int number) throws Exception;
    }

    private static final long WORK_MILLIS = 100;
    private static final int FAILS_EVERY = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int STILL_CHECKS = 10;                   // tant de fois de suite sans rien voir bouger : ils sont bloqués

    /** Celui que le thread exécute. */
    private static final ScopedValue<Member> CURRENT = ScopedValue.newInstance();

    private final long zero = System.nanoTime();
    private final CountDownLatch everyoneIsHere = new CountDownLatch(1);

    private Crowd() {}

    private final class Member {
        final int number;
        volatile Thread thread;
        volatile long begun;
        volatile long ended;
        volatile boolean failed;
        boolean blocked;

        Member(int number) {
            this.number = number;
        }

        void start(Job job) {
            thread = Thread.ofVirtual().name("job " + number).start(() -> ScopedValue.where(CURRENT, this).run(() -> {
                try {
                    job.run(number);
                } catch (Throwable failure) {
                    failed = true;
                }
                ended = System.nanoTime();
            }));
        }

        void begin() throws InterruptedException {
            everyoneIsHere.await();
            begun = System.nanoTime();
        }

        /** Vrai s'il attend sans limite de temps ; celui qui travaille dort, avec une limite. */
        boolean stuck() {
            return thread.getState() == State.WAITING;
        }

        void drawOn(Timeline drawing) {
            var row = drawing.row("job " + number);
            row.waiting(zero, begun > 0 ? begun : ended);
            if (begun > 0 && failed) row.refused(begun, ended);
            else if (begun > 0) row.done(begun, ended);
        }
    }

    /**
     * Le travail d'un job : un dixième de seconde. Ceux dont le numéro est un multiple de trois échouent, à la fin.
     *
     * @throws IOException si le job échoue
     */
    public static void work(int number) throws IOException, InterruptedException {
        if (CURRENT.isBound()) CURRENT.get().begin();
        Thread.sleep(WORK_MILLIS);
        if (number % FAILS_EVERY == 0) throw new IOException("job " + number + " : panne");
    }

    /**
     * Lance les jobs de 1 à {@code count}, et attend qu'ils aient tous fini, ou que ceux qui restent soient bloqués ; ces derniers sont
     * alors interrompus.
     *
     * @return le dessin : foncé, un travail fait ; rouge, un travail qui a échoué ; clair, une attente
     */
    public static Timeline run(int count, Job job) throws InterruptedException {
        var crowd = new Crowd();
        var members = IntStream.rangeClosed(1, count).mapToObj(number -> crowd.new Member(number)).toList();
        try {
            for (var member : members) {
                member.start(job);
                while (!member.stuck() && member.thread.isAlive() && member.thread.getState() != State.TIMED_WAITING) Thread.sleep(1);
            }
            crowd.everyoneIsHere.countDown();
            awaitEnd(members);
        } finally {
            for (var member : members) if (member.thread != null && member.thread.isAlive()) {
                member.blocked = true;
                member.thread.interrupt();
            }
        }
        for (var member : members) member.thread.join(PATIENCE);
        return draw(members);
    }

    private static void awaitEnd(List<Member> members) throws InterruptedException {
        for (int still = 0; still < STILL_CHECKS; Thread.sleep(20)) {
            var alive = members.stream().filter(member -> member.thread.isAlive()).toList();
            if (alive.isEmpty()) return;
            still = alive.stream().allMatch(Member::stuck) ? still + 1 : 0;
        }
    }

    private static Timeline draw(List<Member> members) {
        long blocked = members.stream().filter(member -> member.blocked).count();
        long failed = members.stream().filter(member -> member.failed && !member.blocked).count();
        long done = members.size() - blocked - failed;
        var drawing = new Timeline("%s, %d en échec, %s".formatted(count(done, "fini"), failed,
                blocked == 0 ? "aucun bloqué" : count(blocked, "bloqué") + " pour toujours"));
        for (var member : members) member.drawOn(drawing);
        return drawing;
    }

    private static String count(long count, String word) {
        return count + " " + word + (count < 2 ? "" : "s");
    }
}
