package asynchelpers;

import java.util.concurrent.Callable;

/** Attend qu'une chose observable arrive ; c'est le délai du test qui met fin à une attente vaine. */
final class Wait {

    private Wait() {}

    static void until(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) Thread.sleep(1);
    }

    /** Attend que le thread soit lui-même en attente, donc entré dans l'appel bloquant qu'on lui a donné. */
    static void untilBlocked(Thread thread) throws Exception {
        until(() -> thread.getState() == Thread.State.WAITING || !thread.isAlive());
    }
}
