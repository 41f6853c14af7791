package bench;

import cli.Console;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;

/** À tour de rôle : A B C, A B C... Si la machine ralentit, elle ralentit pour tous. */
final class Turns {
    private Turns() {}

    /** Ce que l'on mesure chez l'un d'eux. */
    interface Visit<C> {
        Properties of(C contender) throws Exception;
    }

    /** @return les mesures de chaque tour, par titre, dans l'ordre donné */
    static <C> Map<String, List<Properties>> measure(int rounds, List<C> contenders, Function<C, String> title, Visit<C> visit)
            throws Exception {
        var visits = new LinkedHashMap<String, List<Properties>>();
        for (var round = 1; round <= rounds; round++) {
            for (var contender : contenders) {
                var name = title.apply(contender);
                var measured = Console.step("Tour " + round + " sur " + rounds + ", " + name, () -> visit.of(contender));
                visits.computeIfAbsent(name, _ -> new ArrayList<>()).add(measured);
            }
        }
        return visits;
    }
}
