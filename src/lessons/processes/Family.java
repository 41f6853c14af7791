package lessons.processes;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Un enfant et ses descendants, pour les tuer tous. Un mort n'a plus de descendants : la liste se fait donc pendant qu'il vit. Elle est
 * faite à la création, puis refaite en arrière-plan tant que l'enfant vit, car d'autres peuvent naître.
 *
 * {@snippet :
 * try (var family = Family.of(child)) {
 *     child.waitFor(Duration.ofSeconds(5));
 * }                         // l'enfant, et tous ceux qu'il a lancés, sont tués ici
 * }
 *
 * <p>Lui échappe un descendant qui naît après le dernier regard et dont l'enfant meurt avant le suivant, un cinquième de seconde plus tard
 * au plus. Personne d'autre ne risque rien : un {@link ProcessHandle} retient aussi l'heure de naissance du processus, et ne tue pas celui
 * qui aurait reçu le même numéro.
 */
public final class Family implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(25);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final Process chief;
    private final Set<ProcessHandle> descendants = ConcurrentHashMap.newKeySet();

    private Family(Process chief) {
        this.chief = chief;
    }

    /** La famille de cet enfant, surveillée jusqu'à sa mort par un thread virtuel. Ne bloque que le temps d'une première liste. */
    public static Family of(Process chief) {
        var family = new Family(chief);
        family.look();
        Thread.startVirtualThread(family::watch);
        return family;
    }

    private void look() {
        chief.descendants().forEach(descendants::add);
    }

    private void watch() {
        try {
            for (var pause = FIRST_PAUSE; !chief.waitFor(pause); pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause)
                look();
        } catch (InterruptedException e) {
            // personne n'interrompt ce thread
        }
    }

    /** Tue l'enfant, puis tous les descendants vus, sans attendre leur fin. L'enfant d'abord : il ne les remplacera pas. */
    @Override
    public void close() {
        look();
        chief.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
