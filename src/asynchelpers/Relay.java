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

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Map<String, Thread> running = new HashMap<>();

    private Relay() {
    }

    /**
     * Lance la tâche dans un nouveau thread virtuel. Si une tâche de ce nom tourne encore, l'interrompt d'abord et
     * attend sa fin, au plus 5 secondes ; sinon, ne bloque pas.
     *
     * @param name le nom de la tâche et de son thread
     * @param task la tâche ; elle doit finir quand on l'interrompt
     * @return le thread qui exécute la tâche
     * @throws IllegalStateException si la tâche précédente ne s'arrête pas : la nouvelle n'est pas lancée
     * @throws InterruptedException si le thread appelant est interrompu pendant l'attente : la nouvelle n'est pas lancée
     */
    public static synchronized Thread start(String name, Runnable task) throws InterruptedException {
        var previous = running.get(name);
        if (previous != null) {
            previous.interrupt();
            if (!previous.join(PATIENCE))
                throw new IllegalStateException("La tâche « %s » ne s’arrête pas : redémarrez le noyau.".formatted(name));
        }
        var thread = Thread.ofVirtual().name(name).start(task);
        running.put(name, thread);
        return thread;
    }
}
