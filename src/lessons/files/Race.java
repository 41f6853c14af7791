package lessons.files;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Une course entre plusieurs façons de faire le même travail : chacune court à son tour, plusieurs fois, et l'on garde sa durée médiane.
 * Les tours alternés et la médiane évitent qu'un autre programme, passé par là, fausse la comparaison.
 */
public final class Race {

    private static final int WARM_UP = 3;

    /** Une façon de faire ; {@code ratio} compare sa durée médiane à celle de la première. */
    public record Result(String mode, String median, String ratio) {}

    private record Runner(String mode, Callable<?> work, List<Long> laps) {}

    private final int laps;
    private final List<Runner> runners = new ArrayList<>();

    /** @param laps le nombre de tours comptés de chacun ; quelques tours d'échauffement les précèdent */
    public Race(int laps) {
        this.laps = laps;
    }

    public void add(String mode, Callable<?> work) {
        runners.add(new Runner(mode, work, new ArrayList<>()));
    }

    /** Fait courir chacun, et attend la fin ; une exception d'un coureur arrête la course. */
    public List<Result> run() throws Exception {
        for (int lap = -WARM_UP; lap < laps; lap++)
            for (var runner : runners) {
                long start = System.nanoTime();
                runner.work().call();
                if (lap >= 0) runner.laps().add(System.nanoTime() - start);
            }
        double first = median(runners.getFirst());
        return runners.stream().map(runner -> new Result(runner.mode(), String.format(Locale.FRANCE, "%.1f ms", median(runner) / 1e6),
                String.format(Locale.FRANCE, "× %.1f", first / median(runner)))).toList();
    }

    private static double median(Runner runner) {
        var sorted = runner.laps().stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
