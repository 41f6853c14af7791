package asynchelpers;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Limite le nombre de tâches actives à la fois : une file bornée de places, que l'on prend et que l'on rend.
 *
 * {@snippet :
 * var throttle = new Throttle(8);
 * try (var place = throttle.enter()) {
 *     sequence("job", 2);
 * }                         // la place est rendue ici, même après une exception
 * }
 */
public final class Throttle {

    private final BlockingQueue<Place> places;

    /**
     * @param capacity le nombre de places, au moins 1
     * @throws IllegalArgumentException si {@code capacity} est plus petit que 1
     */
    public Throttle(int capacity) {
        if (capacity < 1)
            throw new IllegalArgumentException("Il faut au moins une place : " + capacity + " ne convient pas.");
        places = new ArrayBlockingQueue<>(capacity, true);  // true : premier arrivé, premier servi
    }

    /**
     * Prend une place ; attend, dans l'ordre d'arrivée, tant qu'il n'en reste aucune.
     *
     * @return la place prise, à fermer pour la rendre
     * @throws InterruptedException si le thread est interrompu : l'attente cesse aussitôt et aucune place n'est prise
     */
    public Place enter() throws InterruptedException {
        var place = new Place();
        places.put(place);
        return place;
    }

    /** Le nombre de places prises en ce moment ; il peut changer dès le retour. */
    public int inUse() {
        return places.size();
    }

    /** Le nombre de places libres en ce moment ; il peut changer dès le retour. */
    public int available() {
        return places.remainingCapacity();
    }

    /** Une place prise. Tout thread peut la rendre. */
    public final class Place implements AutoCloseable {

        private Place() {}

        /** Rend la place, sans attendre. La rendre deux fois n'en libère qu'une : la file ne contient plus celle-ci. */
        @Override
        public void close() {
            places.remove(this);
        }
    }
}
