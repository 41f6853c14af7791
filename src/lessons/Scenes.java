//SOURCES Exercise.java Patience.java
package lessons;

import static lessons.Exercise.require;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Les scènes d'une vérification : chacune appelle la réponse de l'élève, et a sa propre limite. Celle qui ne finit pas est nommée : l'élève
 * sait où son code attend. Toutes ensemble ne durent pas plus que prévu, ou alors c'est que la machine est occupée ({@link Patience}).
 */
public final class Scenes {

    /** Ce que durent au plus toutes les scènes d'une vérification. */
    public static final Duration WHOLE = Duration.ofMillis(4500);

    private final Patience whole = new Patience(WHOLE);

    /**
     * Joue une scène dans un thread à elle, interrompu si elle ne finit pas à temps. Bloque jusque-là.
     *
     * @param limit le temps laissé à cette scène ; moins, si celui de toutes est près de finir
     * @param held dit à l'élève ce qui le retient ; appelé quand le temps est passé, avant l'interruption
     * @return ce que rend la scène
     * @throws Exception celle que lance la scène, telle quelle
     */
    public <T> T play(Duration limit, Supplier<String> held, Callable<T> scene) throws Exception {
        var patience = limit.compareTo(left()) < 0 ? new Patience(limit) : whole;
        var task = new FutureTask<>(scene);
        var thread = Thread.ofVirtual().name("exercise").start(task);
        try {
            return patience.get(task);
        } catch (TimeoutException e) {
            require(false, held.get());
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) throw exception;
            throw (Error) e.getCause();
        } finally {
            thread.interrupt();
        }
    }

    /** Ce qu'il reste pour les scènes suivantes ; jamais négatif. */
    public Duration left() throws InterruptedException {
        return whole.left();
    }
}
