package kernel.run;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jshell.spi.ExecutionControl.StoppedException;
import kernel.cell.Cell;
import kernel.cell.CurrentCell;
import kernel.cell.StopCheck;
import kernel.support.SpareMemory;

/**
 * Le thread où s'exécute le code des cellules, un morceau après l'autre : toujours le même, pour que ses variables de thread durent. S'il
 * ne répond pas à une interruption (un long calcul du JDK, une lecture qui l'ignore), il est abandonné, et un autre prend sa place. Rien
 * ici ne passe par un pool : ceux de la JVM sont à l'élève, qui peut les bloquer.
 */
public final class CellThread {
    /** Délai laissé à une cellule interrompue pour s'arrêter d'elle-même, en millisecondes. */
    private static final int GRACE_MILLIS = 700;

    /** Du code d'élève : il peut lancer n'importe quoi. */
    public interface Code {
        Object run() throws Throwable;
    }

    /** Un morceau d'une cellule, puis ce qu'il a donné. Tout se lit et s'écrit sous le verrou. */
    private static final class Job {
        final Cell cell;
        final Code code;
        boolean done;
        Object value;
        Throwable thrown;

        Job(Cell cell, Code code) {
            this.cell = cell;
            this.code = code;
        }
    }

    private final ClassLoader loader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // le seul qui puisse prendre le morceau suivant ; null s'il en faut un
    private Thread thread;
    private Job job;                                                             // demandé, pas encore fini ; null s'il n'y en a pas

    /** @param loader ce que ce code verra comme chargeur de classes du thread */
    CellThread(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Exécute {@code code} au nom de cette cellule, et attend sa valeur. Une interruption du thread qui attend est sans effet.
     *
     * @throws StoppedException          si la cellule est interrompue
     * @throws InvocationTargetException si {@code code} lance une exception : c'est sa cause
     */
    Object call(Cell cell, Code code) throws StoppedException, InvocationTargetException {
        var asked = new Job(cell, code);
        lock.lock();
        try {
            if (thread == null) thread = start();
            job = asked;
            changed.signalAll();
            while (!asked.done && !cell.stopped()) changed.awaitUninterruptibly();
            if (!endsWithinGrace(asked)) {
                thread = null;                                                   // l'ancien, s'il finit un jour, le verra
                throw new StoppedException();
            }
        } finally {
            job = null;
            lock.unlock();
        }
        if (asked.thrown instanceof StopCheck.Stopped || cell.inputCut()) throw new StoppedException();
        if (asked.thrown != null) throw new InvocationTargetException(asked.thrown);
        return asked.value;
    }

    private boolean endsWithinGrace(Job asked) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        boolean interrupted = false;
        for (long left; !asked.done && (left = end - System.nanoTime()) > 0;) {
            try {
                changed.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return asked.done;
    }

    /**
     * Arrête cette cellule-là : ses boucles, et ce qu'elle attend si c'est elle qui s'exécute. Sans effet si elle est finie : la suivante
     * n'en saura rien, même quand la demande arrive tard. Ne bloque pas.
     */
    void stop(Cell cell) {
        if (!cell.stop()) return;
        StopCheck.arm();
        lock.lock();
        try {
            if (job != null && job.cell == cell && !job.done && thread != null) thread.interrupt();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Plus rien ne s'exécutera ici : le thread finit. */
    void close() {
        lock.lock();
        try {
            thread = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Thread start() {
        return Thread.ofPlatform().name("cellule").daemon().inheritInheritableThreadLocals(false).start(this::serve);
    }

    private void serve() {
        for (Job next; (next = take()) != null;) {
            Job taken = next;
            CurrentCell.runAs(taken.cell, () -> run(taken));
        }
    }

    /** Le morceau suivant ; null si ce thread a été remplacé. */
    private Job take() {
        lock.lock();
        try {
            while (thread == Thread.currentThread() && (job == null || job.done)) changed.awaitUninterruptibly();
            if (thread != Thread.currentThread()) return null;
            Thread.interrupted();                                                // ce que le code d'une cellule d'avant a pu laisser
            if (job.cell.stopped()) finish(job, null, new StopCheck.Stopped());
            return job;
        } finally {
            lock.unlock();
        }
    }

    private void run(Job taken) {
        if (taken.done) return;
        Thread.currentThread().setContextClassLoader(loader);
        Object value = null;
        Throwable thrown = null;
        try {
            value = taken.code.run();
        } catch (Throwable e) {
            if (e instanceof OutOfMemoryError) SpareMemory.spend();
            thrown = e;
        }
        lock.lock();
        try {
            finish(taken, value, thrown);
        } finally {
            lock.unlock();
        }
    }

    private void finish(Job finished, Object value, Throwable thrown) {
        finished.value = value;
        finished.thrown = thrown;
        finished.done = true;
        changed.signalAll();
    }
}
