package lessons.sharing;

import display.Timeline;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Qui a attendu un verrou, et qui l'a tenu : chaque thread appelle {@link #asks} avant de le demander, et {@link #holds} quand il le
 * tient. Aucune de ces méthodes n'attend personne.
 */
public final class Turns {

    private record Turn(long asked, long began, long ended) {}

    private final Map<Thread, Long> asked = new ConcurrentHashMap<>();
    private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();

    /** Ce thread va demander le verrou. */
    public void asks() {
        asked.put(Thread.currentThread(), System.nanoTime());
    }

    /** Ce thread tient le verrou, et s'en sert pour {@code job}. */
    public void holds(Crowd.Job job) throws Exception {
        long began = System.nanoTime();
        job.run();
        turns.add(new Turn(asked.getOrDefault(Thread.currentThread(), began), began, System.nanoTime()));
    }

    /** Une ligne par tour, dans l'ordre : en clair, l'attente ; en foncé, le verrou tenu. */
    public Timeline timeline(String title) {
        var timeline = new Timeline(title);
        for (var turn : turns) timeline.row().waiting(turn.asked, turn.began).done(turn.began, turn.ended);
        return timeline;
    }
}
