//SOURCES ../Patience.java
package lessons.sharing;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import lessons.Patience;

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

    /** De quoi occuper un verrou : appelle {@code inside} en le tenant, s'il y en a un. */
    interface Occupant {
        void run(Runnable inside) throws Exception;
    }

    /**
     * Vrai si cet appel attend quand tous les verrous possibles sont pris : ceux de l'objet, de ses champs et de {@code more}, et celui,
     * commun à tous, que tiendrait un autre objet du même genre.
     */
    boolean locksAreTaken(Object owner, Occupant occupant, Callable<?> call, Object... more) throws Exception {
        var locks = new IdentityHashMap<Object, Boolean>(Map.of(owner, true));
        for (var field : fields) if (field.value != null) locks.put(field.value, true);
        for (var lock : more) locks.put(lock, true);
        var inside = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var other = thread(() -> {
            occupant.run(() -> {
                inside.countDown();
                await(end);
            });
            return null;
        });
        var caller = thread(call);
        try {
            return holding(new ArrayList<>(locks.keySet()), () -> {
                waits(other, () -> inside.getCount() == 0);
                return waits(caller, () -> false);
            });
        } finally {
            end.countDown();
            caller.join(2000);
            other.join(2000);
        }
    }

    private static Thread thread(Callable<?> call) {
        return Thread.ofPlatform().daemon().name("trial").unstarted(new FutureTask<>(call));
    }

    /** La table et la case, quand l'un des champs est une table qui range sous cette page une case ordinaire : {@code int[]}, un champ. */
    record Cell(Map<?, ?> map, Object value) {}

    Optional<Cell> plainCell(Page page) {
        return fields.stream().map(Field::value).filter(Map.class::isInstance).map(map -> (Map<?, ?>) map)
                .filter(map -> map.get(page) != null && isPlain(map.get(page).getClass())).map(map -> new Cell(map, map.get(page)))
                .findFirst();
    }

    private static boolean isPlain(Class<?> type) {
        if (type.isArray()) return true;
        if (type.getName().startsWith("java.")) return false;
        return Stream.of(type.getDeclaredFields())
                .anyMatch(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.FINAL | Modifier.VOLATILE)) == 0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    interface Step {
        boolean run() throws Exception;
    }

    /** Fait cela en tenant tous ces verrous, l'un dans l'autre. */
    private static boolean holding(List<Object> locks, Step step) throws Exception {
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
        var patience = new Patience(Duration.ofSeconds(1));
        for (int still = 0; thread.isAlive() && !enough.getAsBoolean() && patience.lasts() && still < 250; Thread.sleep(1))
            // une JVM qui charge une classe fait attendre elle aussi, un instant
            still = thread.getState() == Thread.State.BLOCKED || thread.getState() == Thread.State.WAITING ? still + 1 : 0;
        return thread.isAlive() && !enough.getAsBoolean();
    }
}
