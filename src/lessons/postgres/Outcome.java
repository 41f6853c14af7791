package lessons.postgres;

import java.util.concurrent.Callable;

/** Essaie une action, et dit en une phrase si elle a réussi. */
public final class Outcome {

    private Outcome() {}

    /** Fait l'action ; rend « réussi », suivi de sa valeur, ou « échec », suivi de la première ligne du message de l'exception. */
    public static String of(Callable<?> action) {
        try {
            return "réussi, " + action.call();
        } catch (Exception failure) {
            if (failure instanceof InterruptedException) Thread.currentThread().interrupt();
            return "échec, " + String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        }
    }
}
