package lessons;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Une échéance : l'instant où il faudra avoir fini, quel que soit le nombre d'attentes d'ici là. Chacune reçoit ce qui reste, au lieu
 * d'une limite entière : ensemble, elles ne durent jamais plus que prévu.
 *
 * {@snippet :
 * var deadline = Deadline.in(Duration.ofSeconds(2));
 * var page = deadline.get(first);                                // au plus 2 secondes
 * var picture = deadline.get(second);                            // ce qu'il en reste
 * }
 *
 * <p>Se partage entre threads, et se passe d'une méthode à l'autre.
 *
 * @param end l'instant, sur l'horloge de {@link System#nanoTime()}
 */
public record Deadline(long end) {

    /** L'échéance qui tombe dans {@code limit} ; une durée nulle ou négative donne une échéance déjà passée. */
    public static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit));
    }

    /** Le temps qui reste ; jamais négatif : zéro, une fois l'échéance passée. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** Vrai quand il ne reste plus rien. */
    public boolean passed() {
        return left().isZero();
    }

    /**
     * La valeur de cette future. Attend au plus jusqu'à l'échéance ; une future déjà finie est lue même après. N'annule rien : celui qui
     * a lancé le travail décide de ce qu'il devient.
     *
     * @throws TimeoutException si l'échéance passe d'abord
     * @throws ExecutionException si le travail a échoué ; la cause dit pourquoi
     * @throws InterruptedException si le thread qui attend est interrompu
     */
    public <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(left().toNanos(), TimeUnit.NANOSECONDS);
    }
}
