package kernel.cell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TimerTask;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Fait voyager la cellule avec la tâche. Le thread d'un pool garde la cellule qui a <em>créé</em> le pool, et ceux du pool commun
 * n'en ont pas : quand une cellule confie une tâche à un exécuteur, {@code Weaver} l'enveloppe ici, pour que ce qu'elle
 * écrira s'affiche sous la cellule qui l'a <em>confiée</em>. Publique, car le code des cellules l'appelle.
 */
public final class TaskContext {
    private static final Map<TimerTask, Cell> TIMED = Collections.synchronizedMap(new WeakHashMap<>());

    private TaskContext() {}

    // Une méthode par type de tâche ; Weaver les appelle par ce nom, avec le type en paramètre et en résultat.

    /** La même tâche, au nom de la cellule courante. */
    public static Runnable carry(Runnable task) {
        Cell cell = carried(task);
        return cell == null ? task : new CarriedRunnable(cell, task);
    }

    /** Égale à toute autre enveloppe de la même tâche, pour que {@code ThreadPoolExecutor.remove(task)} la retrouve. */
    private record CarriedRunnable(Cell cell, Runnable task) implements Runnable {
        @Override
        public void run() {
            CurrentCell.runAs(cell, task);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CarriedRunnable carried && carried.task.equals(task);
        }

        @Override
        public int hashCode() {
            return task.hashCode();
        }

        @Override
        public String toString() {
            return task.toString();
        }
    }

    /** La même tâche, au nom de la cellule courante. */
    public static <T> Callable<T> carry(Callable<T> task) {
        Cell cell = carried(task);
        return cell == null ? task : () -> CurrentCell.callAs(cell, task);
    }

    /** La même tâche, au nom de la cellule courante. */
    public static <T> Supplier<T> carry(Supplier<T> task) {
        Cell cell = carried(task);
        return cell == null ? task : () -> CurrentCell.getAs(cell, task);
    }

    /** La même tâche, au nom de la cellule courante. */
    public static <A, T> Function<A, T> carry(Function<A, T> task) {
        Cell cell = carried(task);
        return cell == null ? task : a -> CurrentCell.getAs(cell, () -> task.apply(a));
    }

    /** La même tâche, au nom de la cellule courante. */
    public static <A, B, T> BiFunction<A, B, T> carry(BiFunction<A, B, T> task) {
        Cell cell = carried(task);
        return cell == null ? task : (a, b) -> CurrentCell.getAs(cell, () -> task.apply(a, b));
    }

    /** La même tâche, au nom de la cellule courante. */
    public static <A> Consumer<A> carry(Consumer<A> task) {
        Cell cell = carried(task);
        return cell == null ? task : a -> CurrentCell.runAs(cell, () -> task.accept(a));
    }

    /** La même tâche, au nom de la cellule courante. */
    public static <A, B> BiConsumer<A, B> carry(BiConsumer<A, B> task) {
        Cell cell = carried(task);
        return cell == null ? task : (a, b) -> CurrentCell.runAs(cell, () -> task.accept(a, b));
    }

    /** Les mêmes tâches ({@code invokeAll}, {@code invokeAny}), au nom de la cellule courante. */
    public static Collection<?> carry(Collection<?> tasks) {
        if (tasks == null) return null;
        var carried = new ArrayList<Object>(tasks.size());
        for (Object task : tasks) carried.add(task instanceof Callable<?> callable ? carry(callable) : task);
        return carried;
    }

    /** Retient la cellule courante pour cette tâche d'un minuteur, que l'on ne peut pas envelopper : {@code cancel} s'adresse à elle. */
    public static TimerTask carry(TimerTask task) {
        Cell cell = CurrentCell.get();
        if (task != null && cell != null) TIMED.put(task, cell);
        return task;
    }

    /** Une tâche de minuteur commence : son thread écrit maintenant au nom de la cellule qui l'a confiée. */
    public static void begin(TimerTask task) {
        Cell cell = TIMED.get(task);
        if (cell != null) CurrentCell.become(cell);
    }

    /** La cellule à faire voyager ; null s'il n'y en a pas, ou si la file du pool compare les tâches entre elles. */
    private static Cell carried(Object task) {
        return task == null || task instanceof Comparable ? null : CurrentCell.get();
    }
}
