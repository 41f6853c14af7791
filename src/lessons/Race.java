package lessons;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Une course entre plusieurs façons de faire : chacune court à son tour, plusieurs fois, et l'on garde sa médiane. Les tours alternés
 * et la médiane évitent qu'un autre programme, passé par là, fausse la comparaison.
 */
public final class Race {

    /** Un travail répété un nombre de fois. */
    @FunctionalInterface
    public interface Work {
        void run(int count) throws Exception;
    }

    /** Une façon de faire : sa durée médiane, ou sa vitesse ; {@code ratio} compare sa vitesse à celle de la première. */
    public record Result(String mode, String median, String ratio) {}

    private record Runner(String mode, int count, Work work, List<Long> laps) {

        /** Combien par seconde, au tour médian. */
        double speed() {
            var sorted = laps.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            return 1e9 * count / sorted[sorted.length / 2];
        }
    }

    private final int laps;
    private final String unit;
    private final List<Runner> runners = new ArrayList<>();

    /** @param laps le nombre de tours comptés de chacun ; un tour d'échauffement de plus les précède, tous les trois */
    public Race(int laps) {
        this(laps, "");
    }

    /**
     * Une course où chacun peut faire le travail un nombre différent de fois : elle compare des vitesses, non des durées.
     *
     * @param unit ce que l'on compte : lignes, requêtes...
     */
    public Race(int laps, String unit) {
        this.laps = laps;
        this.unit = unit;
    }

    /** Un coureur de plus. */
    public Race add(String mode, Callable<?> work) {
        return add(mode, 1, _ -> work.call());
    }

    /** Un coureur de plus, qui fait le travail {@code count} fois par tour. */
    public Race add(String mode, int count, Work work) {
        runners.add(new Runner(mode, count, work, new ArrayList<>()));
        return this;
    }

    /** Fait courir chacun, et attend la fin ; une exception d'un coureur arrête la course. */
    public List<Result> run() throws Exception {
        for (int lap = -laps / 3; lap < laps; lap++)
            for (var runner : runners) {
                long start = System.nanoTime();
                runner.work.run(runner.count);
                if (lap >= 0) runner.laps.add(System.nanoTime() - start);
            }
        double first = runners.getFirst().speed();
        return runners.stream().map(runner -> new Result(runner.mode, median(runner.speed()),
                String.format(Locale.FRANCE, "× %.1f", runner.speed() / first))).toList();
    }

    private String median(double speed) {
        return unit.isEmpty() ? String.format(Locale.FRANCE, "%.1f ms", 1e3 / speed)
                : String.format(Locale.FRANCE, "%,.0f %s par seconde", speed, unit);
    }
}
