package lessons.http;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Un rendez-vous par deux : le premier arrivé attend le second sans céder son processeur, et les deux repartent au même instant, avec un
 * écart de quelques nanosecondes qui change à chaque fois. Répété, il finit par montrer toute course entre ce que chacun fait ensuite.
 */
final class Pairs {

    private static final long PATIENCE = 50_000;                  // nanosecondes : seul, on n'attend pas longtemps
    private static final int OFFSETS = 64;

    private final AtomicInteger arrivals = new AtomicInteger();

    /** Ne bloque pas plus de 50 µs. */
    void meet() {
        int mine = arrivals.getAndIncrement();
        if (mine % 2 == 0) {
            var end = System.nanoTime() + PATIENCE;
            while (arrivals.get() == mine + 1 && System.nanoTime() < end) Thread.onSpinWait();
        } else {
            for (int i = mine / 2 % OFFSETS; i > 0; i--) Thread.onSpinWait();
        }
    }
}
