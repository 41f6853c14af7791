package lessons.sharing;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/** Les champs d'un objet à un instant : ce que la vérification regarde pour savoir lesquels sont écrits, et comment ils sont lus. */
final class Fields {

    /** Un champ et sa valeur ; null, pour ce qui est primitif. */
    record Field(String name, int modifiers, Object value, String text) {
        boolean isVolatile() {
            return Modifier.isVolatile(modifiers);
        }
    }

    private final List<Field> fields;

    private Fields(List<Field> fields) {
        this.fields = fields;
    }

    static Fields of(Object object) throws ReflectiveOperationException {
        var fields = new ArrayList<Field>();
        for (var field : object.getClass().getDeclaredFields())
            if (!Modifier.isStatic(field.getModifiers()) && field.trySetAccessible()) {
                var value = field.get(object);
                fields.add(new Field(field.getName(), field.getModifiers(), field.getType().isPrimitive() ? null : value,
                        field.getType().isPrimitive() ? String.valueOf(value) : ""));
            }
        return new Fields(fields);
    }

    List<Field> changedSince(Fields before) {
        var changed = new ArrayList<Field>();
        for (int i = 0; i < fields.size(); i++) {
            var old = before.fields.get(i);
            if (fields.get(i).value != old.value || !fields.get(i).text.equals(old.text)) changed.add(fields.get(i));
        }
        return changed;
    }

    /** Vrai si l'un est un objet fait pour être partagé, qui n'est pas un verrou : atomique, future, table concurrente. */
    boolean hasAtomic() {
        return fields.stream().anyMatch(field -> field.value != null && !(field.value instanceof Lock)
                && field.value.getClass().getName().startsWith("java.util.concurrent."));
    }

    /**
     * Vrai si {@code get} attend quand tous les verrous possibles sont pris : ceux de l'objet et de ses champs, et celui, commun à tous,
     * que tiendrait un autre objet du même genre pendant sa fabrication.
     */
    boolean locksAreTaken(Once once, Once another) throws Exception {
        var locks = new IdentityHashMap<Object, Boolean>(Map.of(once, true));
        for (var field : fields) if (field.value != null) locks.put(field.value, true);
        var making = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var other = Thread.ofPlatform().daemon().name("other").unstarted(new FutureTask<>(() -> another.get(() -> {
            making.countDown();
            await(end);
            return new Catalog(0);
        })));
        var reader = Thread.ofPlatform().daemon().name("reader").unstarted(new FutureTask<>(() -> once.get(() -> new Catalog(0))));
        try {
            return holding(new ArrayList<>(locks.keySet()), () -> {
                waits(other, () -> making.getCount() == 0);
                return waits(reader, () -> false);
            });
        } finally {
            end.countDown();
            reader.join(2000);
            other.join(2000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Step {
        boolean run() throws InterruptedException;
    }

    /** Fait cela en tenant tous ces verrous, l'un dans l'autre. */
    private static boolean holding(List<Object> locks, Step step) throws InterruptedException {
        if (locks.isEmpty()) return step.run();
        var last = locks.removeLast();
        synchronized (last) {
            if (!(last instanceof Lock lock)) return holding(locks, step);
            lock.lock();
            try {
                return holding(locks, step);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lance ce thread ; vrai s'il s'arrête en chemin, sans avoir fini ni rempli la condition. */
    private static boolean waits(Thread thread, BooleanSupplier enough) throws InterruptedException {
        thread.start();
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        for (; thread.isAlive() && !enough.getAsBoolean() && System.nanoTime() < end; Thread.sleep(1))
            if (thread.getState() == Thread.State.BLOCKED || thread.getState() == Thread.State.WAITING) return true;
        return thread.isAlive() && !enough.getAsBoolean();
    }
}
