package lessons.project;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Deux threads du même pas. Chacun attend l'autre, très peu, à chaque étape ; ils repartent au même instant, à quelques dizaines de
 * nanosecondes près. Une course que le hasard cache presque toujours devient une course perdue parmi des centaines. Si l'autre ne vient
 * pas, parce qu'un verrou le retient ou qu'un seul thread fait tout, on cesse vite de l'attendre.
 */
final class Lockstep {

    private static final long PATIENCE = 20_000_000;              // nanosecondes
    private static final int MISSES = 5;

    private final AtomicIntegerArray arrived;
    private final AtomicInteger misses = new AtomicInteger();

    Lockstep(int steps) {
        arrived = new AtomicIntegerArray(steps);
    }

    /** L'étape de ce numéro ; sans effet à partir du troisième thread. */
    void at(int step) {
        if (misses.get() >= MISSES || arrived.incrementAndGet(step) > 2) return;
        for (long end = System.nanoTime() + PATIENCE; arrived.get(step) < 2; Thread.onSpinWait())
            if (System.nanoTime() > end) {
                misses.incrementAndGet();
                return;
            }
    }

    /** Cette liste, que deux threads parcourent du même pas. */
    <T> List<T> list(List<T> items) {
        return new AbstractList<>() {
            @Override
            public T get(int index) {
                at(index);
                return items.get(index);
            }

            @Override
            public int size() {
                return items.size();
            }
        };
    }
}
