package asynchelpers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Le chronomètre et la tâche d'essai du cours : de quoi voir, à l'écran, ce qui se passe en même temps.
 *
 * <p>Toutes les méthodes peuvent être appelées par plusieurs threads à la fois : chaque ligne part en une seule
 * écriture, donc deux lignes ne se mélangent jamais. L'idée vient des aides du cours Python de Thierry Parmentelat.
 */
public final class AsyncHelpers {

    /** Instant zéro, en nanosecondes ; {@code volatile}, car un thread le règle et les autres le lisent. */
    private static volatile long zero = System.nanoTime();

    /** Les lignes affichées depuis le zéro, pour {@link TaskTimeline} ; pas toutes : un serveur peut parler pendant des jours. */
    private static final List<Line> lines = new ArrayList<>();

    private static final int MOST_LINES = 10_000;
    private static final int MOST_CHARACTERS = 100;              // d'une ligne gardée : assez pour un nom

    private static volatile boolean forgets;

    /** Ce qu'un thread a affiché, et quand ({@code System.nanoTime()}). */
    record Line(long thread, long time, String text) {}

    private AsyncHelpers() {}

    /** Remet le chronomètre à zéro pour tous les threads et affiche une ligne de tirets. Ne bloque pas. */
    public static void startTimer() {
        printLine("-".repeat(20) + " zero");
        synchronized (lines) {
            lines.clear();
            forgets = false;
            zero = System.nanoTime();
        }
    }

    /**
     * Affiche le temps écoulé depuis {@link #startTimer()}, comme {@code 2s + 003ms}, puis les arguments séparés
     * par un espace. Avant tout appel à {@code startTimer()}, le zéro est l'instant du chargement de la classe.
     *
     * @param args ce qu'il faut afficher après le temps ; rien, si la liste est vide
     */
    public static void showTimer(Object... args) {
        var now = System.nanoTime();
        var elapsed = Duration.ofNanos(now - zero);
        var text = Arrays.stream(args == null ? new Object[] {null} : args)
                .map(arg -> " " + arg)
                .collect(Collectors.joining());
        printLine("%ds + %03dms%s".formatted(elapsed.toSeconds(), elapsed.toMillisPart(), text));
        remember(Thread.currentThread().threadId(), now, text.strip());
    }

    /**
     * Une tâche qui dure : affiche {@code >>> name}, attend, affiche {@code <<< name}. Ne bloque que le thread appelant.
     *
     * @param name le nom de la tâche, tel qu'il sera affiché
     * @param seconds la durée de l'attente, en secondes ; zéro convient
     * @return dix fois la durée
     * @throws IllegalArgumentException si la durée est négative ou n'est pas un nombre
     * @throws InterruptedException si le thread est interrompu : l'attente cesse aussitôt, sans la ligne de fin
     */
    public static double sequence(String name, double seconds) throws InterruptedException {
        var delay = delay(seconds);
        showTimer(">>>", name);
        Thread.sleep(delay);
        showTimer("<<<", name);
        return 10 * seconds;
    }

    /** Traduit une attente donnée en secondes ; refuse ce qui ne peut pas être attendu. */
    static Duration delay(double seconds) {
        if (!(seconds >= 0))  // écrit ainsi, le test refuse aussi NaN
            throw new IllegalArgumentException(
                    "Une attente se donne en secondes, à partir de 0 : " + seconds + " ne convient pas.");
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static void remember(long thread, long time, String text) {
        var line = new Line(thread, time, text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS));
        synchronized (lines) {
            if (lines.size() < MOST_LINES) lines.add(line);
            else forgets = true;
        }
    }

    /** Vrai s'il s'est affiché plus de lignes qu'il n'en est gardé. */
    static boolean forgets() {
        return forgets;
    }

    /** Les premières lignes affichées depuis le zéro, par qui et quand : dix mille au plus. */
    static List<Line> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Le zéro du chronomètre ({@code System.nanoTime()}). */
    static long zero() {
        return zero;
    }

    /** Une ligne, une écriture. {@code System.out} est relu à chaque fois, car un notebook peut le remplacer. */
    private static void printLine(String line) {
        System.out.print(line + "\n");
    }
}
