package lessons.project;

import java.time.Duration;

/**
 * Un instant à ne pas dépasser, partagé par plusieurs attentes : chacune ne prend que ce qui reste.
 *
 * @param end cet instant, sur l'horloge de {@link System#nanoTime}
 */
public record Deadline(long end) {

    /** L'instant qui viendra dans cette durée. */
    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** Le temps qui reste ; zéro, et jamais moins, quand l'instant est passé. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** La plus courte des deux durées : {@code limit}, ou le temps qui reste. */
    public Duration atMost(Duration limit) {
        var left = left();
        return limit.compareTo(left) < 0 ? limit : left;
    }
}
