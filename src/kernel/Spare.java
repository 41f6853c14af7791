package kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

    private final FutureTask<String> order = new FutureTask<>(this::readLine);
    private volatile boolean dismissed;

    Spare() {
        Thread.ofPlatform().name("kernel-order").daemon().start(order);
    }

    /** La ligne ; s'il n'en vient pas, plus personne ne veut de ce noyau : il finit aussitôt, même au milieu d'une cellule répétée. */
    private String readLine() throws IOException {
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            dismissed = true;
            System.exit(0);
        }
        return line;
    }

    /** Vrai dès que la ligne est là. */
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
        } catch (Exception | LinkageError e) {                                   // le noyau démarrera comme s'il n'avait pas répété
            if (!dismissed) Log.warn("répétition", e);
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

    /**
     * Attend la ligne.
     *
     * @throws IOException si l'entrée ne peut être lue
     */
    String await() throws IOException {
        try {
            return order.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("l'entrée standard ne se lit pas");
        }
    }
}
