package kernel;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Les cellules exécutées depuis le démarrage. Protocole Jupyter, section « History ». */
final class History {
    private record Entry(int number, String code) { }

    private final List<Entry> entries = new ArrayList<>();

    synchronized void add(int number, String code) {
        entries.add(new Entry(number, code));
    }

    /** Le contenu de history_reply, pour les trois sortes de demande : {@code tail}, {@code range} et {@code search}. */
    synchronized JsonObject reply(JsonObject request) {
        List<Entry> found = switch (Json.string(request, "hist_access_type", "tail")) {
            case "range" -> range(Json.number(request, "start", 0), Json.number(request, "stop", Integer.MAX_VALUE));
            case "search" -> search(Json.string(request, "pattern", "*"), Json.flag(request, "unique", false));
            default -> entries;
        };
        int most = Json.number(request, "n", 0);
        if (most > 0 && found.size() > most) found = found.subList(found.size() - most, found.size());
        boolean output = Json.flag(request, "output", false);
        var history = found.stream().map(e -> Json.element(List.of(0, e.number, output ? Json.element(Arrays.asList(e.code, null)) : e.code))).toList();
        return Json.object("status", "ok", "history", history);
    }

    private List<Entry> range(int start, int stop) {
        return entries.stream().filter(e -> e.number >= start && e.number < stop).toList();
    }

    private List<Entry> search(String glob, boolean unique) {
        String regex = Stream.of(glob.split("(?<=[*?])|(?=[*?])"))
                .map(part -> part.equals("*") ? ".*" : part.equals("?") ? "." : Pattern.quote(part))
                .collect(Collectors.joining());
        var matching = entries.stream().filter(e -> Pattern.compile(regex, Pattern.DOTALL).matcher(e.code).matches()).toList();
        if (!unique) return matching;
        var latest = new LinkedHashMap<String, Entry>();
        for (Entry entry : matching) {
            latest.remove(entry.code);
            latest.put(entry.code, entry);
        }
        return List.copyOf(latest.values());
    }
}
