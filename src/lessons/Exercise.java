//SOURCES Patience.java
package lessons;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/**
 * De quoi écrire la vérification d'un exercice : une suite de conditions, dont la première qui manque est dite à l'élève. Sa réponse
 * s'exécute dans un autre thread : elle peut lancer une exception ou ne jamais finir, la vérification répond quand même.
 */
public final class Exercise {

    /** Une vérification : appelle la réponse de l'élève, puis {@link #require} pour chaque chose attendue. */
    @FunctionalInterface
    public interface Steps {
        void run() throws Exception;
    }

    /** Ce que montre la cellule de vérification : ce qui manque encore, ou ce que l'élève sait faire. */
    public record Verdict(boolean passed, String message) {
        @Override
        public String toString() {
            return (passed ? "✔ Réussi : " : "✘ Pas encore : ") + message;
        }
    }

    private static final class Missing extends RuntimeException {
        Missing(String message) {
            super(message);
        }
    }

    private Exercise() {}

    /** Arrête la vérification si la condition est fausse ; {@code missing} dit à l'élève ce qui manque, et où regarder. */
    public static void require(boolean condition, String missing) {
        if (!condition) throw new Missing(missing);
    }

    /**
     * Fait la vérification. Bloque jusqu'à sa fin, ou jusqu'à {@code limit}, plus tard si la machine est occupée ({@link Patience}) : le
     * thread de la réponse est alors interrompu.
     *
     * @param success ce que l'élève sait faire quand rien ne manque
     * @throws InterruptedException si l'appelant est interrompu ; le thread de la réponse l'est alors aussi
     */
    public static Verdict check(String success, Duration limit, Steps steps) throws InterruptedException {
        Callable<Verdict> body = () -> {
            steps.run();
            return new Verdict(true, success);
        };
        var task = new FutureTask<>(body);
        var thread = Thread.ofVirtual().name("exercise").start(task);
        try {
            return new Patience(limit).get(task);
        } catch (TimeoutException e) {
            return new Verdict(false, "votre code n’a pas fini en " + limit.toSeconds() + " secondes. Qu’attend-il ?");
        } catch (ExecutionException e) {
            return new Verdict(false, reason(e.getCause()));
        } finally {
            thread.interrupt();
        }
    }

    private static String reason(Throwable cause) {
        return switch (cause) {
            case Missing missing -> missing.getMessage();
            default -> "votre code lance " + cause.getClass().getSimpleName()
                    + (cause.getMessage() == null ? "." : " : " + cause.getMessage());
        };
    }
}
