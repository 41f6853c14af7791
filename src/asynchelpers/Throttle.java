package asynchelpers;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limite le nombre de tâches actives à la fois : une file de places libres, que l'on prend et que l'on rend.
 *
 * {@snippet :
 * var throttle = new Throttle(8);
 * try (var place = throttle.enter()) {
 *     sequence("job", 2);
 * }                         // la place est rendue ici, même après une exception
 * }
 */
public final class Throttle {

    private final int capacity;

    /**
     * Les numéros des places libres. Dans cette sorte de file, une place rendue va droit à celui qui attend depuis le plus longtemps : le
     * JDK 25 le fait sans le promettre, et {@code ThrottleTest} le vérifie. Qu'il y ait huit places ou cent mille, prendre et rendre durent
     * autant.
     */
    private final BlockingQueue<Integer> free = new LinkedTransferQueue<>();

    /**
     * @param capacity le nombre de places, au moins 1
     * @throws IllegalArgumentException si {@code capacity} est plus petit que 1
     */
    public Throttle(int capacity) {
        if (capacity < 1)
            throw new IllegalArgumentException("Il faut au moins une place : " + capacity + " ne convient pas.");
        this.capacity = capacity;
        for (int number = 1; number <= capacity; number++) free.add(number);
    }

    /**
     * Prend une place ; attend, dans l'ordre d'arrivée, tant qu'il n'en reste aucune.
     *
     * @return la place prise, à fermer pour la rendre
     * @throws InterruptedException si le thread est interrompu : l'attente cesse aussitôt et aucune place n'est prise
     */
    public Place enter() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();  // take ne le regarde que s'il faut attendre
        return new Place(free.take());
    }

    /** Le nombre de places prises en ce moment ; il peut changer dès le retour. */
    public int inUse() {
        return capacity - free.size();
    }

    /** Le nombre de places libres en ce moment ; il peut changer dès le retour. */
    public int available() {
        return free.size();
    }

    /** Une place prise. Tout thread peut la rendre. */
    public final class Place implements AutoCloseable {
        private final int number;
        private final AtomicBoolean taken = new AtomicBoolean(true);

        private Place(int number) {
            this.number = number;
        }

        /** Rend la place, sans attendre. La rendre deux fois n'en libère qu'une : seule la première fois compte. */
        @Override
        public void close() {
            if (taken.getAndSet(false)) free.add(number);
        }
    }
}
