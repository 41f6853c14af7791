package kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kernel.cell.OutputRouter;
import kernel.support.Log;

/**
 * Le noyau de réserve : une JVM lancée avant qu'on en ait besoin. Elle répète, pour que tout ce dont une première cellule se sert soit
 * chargé et compilé, puis attend une ligne sur son entrée standard : le chemin d'un fichier de connexion. La fin de l'entrée la congédie.
 *
 * <p>Elle travaille à mi-temps, en se reposant après chaque cellule : une priorité plus basse ({@code nice}) ne
 * se relève pas sans droits, et le noyau la garderait.
 */
final class Spare {
    /** En nanosecondes. Une cellule qui a duré davantage a surtout attendu une machine occupée. */
    private static final long LONGEST_REST = 50_000_000;

    private final FutureTask<Optional<String>> order = new FutureTask<>(Spare::readLine);

    Spare() {
        Thread.ofPlatform().name("kernel-order").daemon().start(order);
    }

    private static Optional<String> readLine() throws IOException {
        return Optional.ofNullable(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine());
    }

    /** Vrai dès que la ligne est là, ou qu'il n'en viendra plus. */
    boolean isWanted() {
        return order.isDone();
    }

    /**
     * Joue la répétition, jusqu'à son terme ou jusqu'à ce que la ligne arrive. Aucun port n'est ouvert, et rien n'en reste que ce que la
     * JVM a chargé et compilé.
     *
     * @return vrai si elle est allée à son terme
     */
    boolean rehearse(OutputRouter router) {
        try (var rehearsal = new Rehearsal(router)) {
            for (long nanos; (nanos = rehearsal.playNext()) > 0;) if (isWantedWithin(Math.min(nanos, LONGEST_REST))) return false;
            return true;
        } catch (Exception | LinkageError e) {
            Log.warn("répétition", e);                                           // le noyau démarrera comme s'il n'avait pas répété
            return false;
        }
    }

    private boolean isWantedWithin(long nanos) {
        try {
            order.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            return true;
        }
        return true;
    }

    /** Attend la ligne ; rien si l'entrée finit avant. */
    Optional<String> await() {
        try {
            return order.get();
        } catch (InterruptedException | ExecutionException e) {
            return Optional.empty();
        }
    }
}
