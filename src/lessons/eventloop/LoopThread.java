package lessons.eventloop;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Un thread de plateforme pour une boucle d'événements, au plus un par nom. Le précédent est d'abord arrêté, comme le fait
 * {@link asynchelpers.Relay} avec un thread virtuel. On peut donc exécuter deux fois la cellule qui démarre la boucle.
 */
public final class LoopThread {

    /** Le travail du thread : une boucle qui finit quand on l'interrompt. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Map<String, Thread> running = new HashMap<>();

    private LoopThread() {
    }

    /**
     * Arrête le thread précédent du même nom, puis exécute la boucle dans un nouveau. Si elle échoue, une ligne le dit.
     *
     * @throws IllegalStateException si la boucle précédente ne s'arrête pas : la nouvelle n'est pas lancée
     * @throws InterruptedException si l'appelant est interrompu pendant qu'il attend la fin de la précédente
     */
    public static synchronized Thread start(String name, Body body) throws InterruptedException {
        stop(name);
        var thread = Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                body.run();
            } catch (InterruptedException e) {
                // arrêtée au milieu d'une tâche : c'est ce que l'on a demandé
            } catch (Exception e) {
                System.out.println("La boucle « " + name + " » s'est arrêtée : " + e);
            }
        });
        running.put(name, thread);
        return thread;
    }

    /**
     * Interrompt la boucle de ce nom et attend sa fin, au plus 5 secondes. Sans effet s'il n'y en a pas.
     *
     * @throws IllegalStateException si elle ne s'arrête pas : une tâche y bloque sans réagir à l'interruption
     */
    public static synchronized void stop(String name) throws InterruptedException {
        var thread = running.get(name);
        if (thread == null) return;
        for (var end = System.nanoTime() + PATIENCE.toNanos(); thread.isAlive() && System.nanoTime() < end; ) {
            thread.interrupt();                       // plus d'une fois : une tâche a pu absorber l'interruption
            thread.join(Duration.ofMillis(100));
        }
        if (thread.isAlive()) throw new IllegalStateException("La boucle « " + name + " » ne s’arrête pas : redémarrez le noyau.");
        running.remove(name);
    }
}
