package bench;

import cli.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * La table des mesures, en Markdown : par noyau, la médiane des tours et, entre parenthèses, le plus petit et le plus
 * grand ; puis notre rapport à chacun, médiane des rapports de chaque tour.
 */
final class BenchTable {
    /** @param key le nom de la mesure, parmi celles d'une visite */
    record Row(String key, String title, DoubleFunction<String> format) {}

    /** Le début du nom des mesures faites quand un noyau de réserve attend ; un noyau qui n'en a pas y est comparé tel qu'il est. */
    static final String SPARE = "spare.";

    private final List<Row> rows;
    private final Map<String, List<Properties>> visits;
    private final String ours;

    /** @param visits les mesures de chaque tour, par noyau ; le nôtre est le dernier */
    BenchTable(List<Row> rows, Map<String, List<Properties>> visits) {
        this.rows = rows;
        this.visits = visits;
        ours = List.copyOf(visits.keySet()).getLast();
    }

    @Override
    public String toString() {
        var cells = new ArrayList<List<String>>();
        var peers = visits.keySet().stream().filter(kernel -> !kernel.equals(ours)).toList();
        cells.add(header(peers));
        for (var row : rows) {
            var line = new ArrayList<>(List.of(Console.french(row.title())));
            for (var kernel : visits.keySet()) line.add(measured(kernel, row));
            for (var peer : peers) line.add(row.key().equals("growth") ? "" : ratioTo(peer, row));
            cells.add(line);
        }
        return markdown(cells);
    }

    private List<String> header(List<String> peers) {
        var header = new ArrayList<>(List.of("mesure"));
        header.addAll(visits.keySet());
        for (var peer : peers) header.add(ours + " / " + peer.split(" ")[0]);
        return header;
    }

    private String measured(String kernel, Row row) {
        var values = visits.get(kernel).stream().map(visit -> value(visit, row.key())).filter(value -> !value.isNaN()).sorted().toList();
        var note = note(kernel, row.key());
        if (values.isEmpty()) return note.isEmpty() ? "–" : note;
        var text = row.format().apply(median(values));
        if (values.size() > 1) text += " (" + bare(row, values.getFirst()) + "–" + bare(row, values.getLast()) + ")";
        return note.isEmpty() ? text : text + ", " + note;
    }

    /** Les bornes se passent de l'unité, déjà dite. */
    private static String bare(Row row, double value) {
        return row.format().apply(value).replaceAll("[^0-9,]", "");
    }

    private String note(String kernel, String key) {
        var source = key.equals("growth") ? "cell.later" : key;
        return visits.get(kernel).stream().map(visit -> visit.getProperty(source + ".note", "")).filter(note -> !note.isEmpty())
                .findFirst().map(Console::french).orElse("");
    }

    private String ratioTo(String peer, Row row) {
        var rounds = Math.min(visits.get(ours).size(), visits.get(peer).size());
        var ratios = IntStream.range(0, rounds)
                .mapToObj(round -> value(visits.get(ours).get(round), row.key()) / value(visits.get(peer).get(round), row.key()))
                .filter(ratio -> !ratio.isNaN()).sorted().toList();
        return ratios.isEmpty() ? "–" : ratio(median(ratios));
    }

    private static Double value(Properties visit, String key) {
        if (key.equals("growth")) return value(visit, "cell.later") / value(visit, "cell");
        var hasSpare = visit.stringPropertyNames().stream().anyMatch(name -> name.startsWith(SPARE));
        return Double.valueOf(visit.getProperty(hasSpare ? key : key.replace(SPARE, ""), "NaN"));
    }

    private static double median(List<Double> sorted) {
        var half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    static String seconds(double value) {
        return String.format(Locale.FRENCH, "%.2f\u00a0s", value);
    }

    static String millis(double seconds) {
        return String.format(Locale.FRENCH, seconds < 0.01 ? "%.1f\u00a0ms" : "%.0f\u00a0ms", seconds * 1000);
    }

    static String mebibytes(double value) {
        return "%.0f\u00a0Mo".formatted(value);
    }

    static String ratio(double value) {
        return String.format(Locale.FRENCH, "%.2f\u00a0×", value);
    }

    /** Un nombre entier, ses milliers séparés à la française. */
    static String number(long value) {
        return String.format(Locale.FRENCH, "%,d", value).replace('\u202f', '\u00a0');
    }

    private static String markdown(List<List<String>> cells) {
        var widths = IntStream.range(0, cells.getFirst().size())
                .map(column -> cells.stream().mapToInt(line -> line.get(column).length()).max().orElse(0)).toArray();
        var lines = cells.stream().map(line -> line(line, widths)).collect(Collectors.toCollection(ArrayList::new));
        lines.add(1, line(IntStream.range(0, widths.length).mapToObj(column -> (column == 0 ? ":" : "-")
                + "-".repeat(widths[column] - 2) + (column == 0 ? "-" : ":")).toList(), widths));
        return String.join("\n", lines);
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, widths.length).mapToObj(column -> {
            var padding = " ".repeat(widths[column] - cells.get(column).length());
            return column == 0 ? cells.get(column) + padding : padding + cells.get(column);
        }).collect(Collectors.joining(" | ", "| ", " |"));
    }
}
