package asynchelpers;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * La relève : au plus une tâche de chaque nom à la fois. Lancer la suivante arrête d'abord la précédente.
 *
 * <p>C'est ce qui permet d'exécuter deux fois la cellule qui démarre un serveur : la première exécution rend son port
 * avant que la seconde le demande, même si le notebook a oublié la variable qui désignait le premier serveur.
 *
 * {@snippet :
 * var thread = Relay.start("serveur", () -> mainLoop(8080));
 * }
 */
public final class Relay {

    /** Une tâche ; elle doit finir quand on l'interrompt, et peut le faire par InterruptedException. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Map<String, Thread> running = new HashMap<>();

    private Relay() {}

    /** Lance la tâche dans un nouveau thread virtuel : voir {@link #start(String, Thread.Builder, Task)}. */
    public static Thread start(String name, Runnable task) throws InterruptedException {
        return start(name, Thread.ofVirtual(), task::run);
    }

    /**
     * Arrête la tâche précédente du même nom, comme {@link #stop}, puis lance celle-ci dans un nouveau thread. Si elle échoue, son
     * exception termine le thread ; celle qui n'est pas une RuntimeException y est la cause d'une IllegalStateException.
     *
     * @param name le nom de la tâche et de son thread
     * @param builder la sorte de thread : {@code Thread.ofPlatform().daemon()}, par exemple
     * @return le thread qui exécute la tâche
     * @throws IllegalStateException si la tâche précédente ne s'arrête pas : la nouvelle n'est pas lancée
     * @throws InterruptedException si le thread appelant est interrompu pendant l'attente : la nouvelle n'est pas lancée
     */
    public static synchronized Thread start(String name, Thread.Builder builder, Task task) throws InterruptedException {
        stop(name);
        var thread = builder.name(name).start(() -> run(name, task));
        running.put(name, thread);
        return thread;
    }

    /**
     * Interrompt la tâche de ce nom et attend sa fin, au plus 5 secondes. Sans effet s'il n'y en a pas.
     *
     * @throws IllegalStateException si elle ne s'arrête pas : elle bloque sans réagir à l'interruption
     * @throws InterruptedException si le thread appelant est interrompu pendant l'attente
     */
    public static synchronized void stop(String name) throws InterruptedException {
        var thread = running.get(name);
        if (thread == null) return;
        for (var end = System.nanoTime() + PATIENCE.toNanos(); thread.isAlive() && System.nanoTime() < end;) {
            thread.interrupt();                       // plus d'une fois : la tâche a pu en absorber une
            thread.join(Duration.ofMillis(100));
        }
        if (thread.isAlive()) throw new IllegalStateException("La tâche « %s » ne s’arrête pas : redémarrez le noyau.".formatted(name));
        running.remove(name);
    }

    private static void run(String name, Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            // arrêtée : c'est ce que l'on a demandé
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("La tâche « %s » a échoué.".formatted(name), e);
        }
    }
}
