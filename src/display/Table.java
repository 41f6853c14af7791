package display;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Des enregistrements en lignes, leurs composants en colonnes.
 *
 * @param head les noms des composants
 * @param rows une liste de textes par enregistrement
 */
record Table(List<String> head, List<List<String>> rows, int hidden) implements Rich {
    private static final int MOST = 100;

    /** Vrai si c'est une collection d'enregistrements du même type, et d'un au moins. */
    static boolean fits(Collection<?> values) {
        return !values.isEmpty() && values.stream().allMatch(v -> v instanceof Record)
                && values.stream().map(Object::getClass).distinct().count() == 1;
    }

    /** La table de ces enregistrements ; au-delà de {@value #MOST}, une ligne dit combien il en reste. */
    static Table of(Collection<?> values) {
        RecordComponent[] components = values.iterator().next().getClass().getRecordComponents();
        var head = new ArrayList<String>();
        for (var component : components) head.add(component.getName());
        var rows = values.stream().limit(MOST).map(value -> row(value, components)).toList();
        return new Table(head, rows, values.size() - rows.size());
    }

    private static List<String> row(Object value, RecordComponent[] components) {
        var cells = new ArrayList<String>();
        for (var component : components) {
            try {
                component.getAccessor().setAccessible(true);
                cells.add(PlainText.inACell(component.getAccessor().invoke(value)));
            } catch (ReflectiveOperationException e) {
                cells.add("(" + (e.getCause() == null ? e : e.getCause()) + ")");
            }
        }
        return cells;
    }

    @Override
    public Map<String, String> forms() {
        return Map.of("text/html", html(), "text/plain", toString());
    }

    private String html() {
        String body = rows.stream().map(row -> tag("tr", row.stream().map(cell -> tag("td", escape(cell))).collect(Collectors.joining())))
                .collect(Collectors.joining("\n"));
        String first = tag("tr", head.stream().map(name -> tag("th", escape(name))).collect(Collectors.joining()));
        return "<table><thead>" + first + "</thead><tbody>" + body + "</tbody></table>" + (hidden == 0 ? "" : tag("p", rest()));
    }

    private String rest() {
        return "… et " + hidden + " de plus";
    }

    private static String tag(String name, String content) {
        return "<" + name + ">" + content + "</" + name + ">";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public String toString() {
        var lines = new ArrayList<List<String>>(List.of(head));
        lines.addAll(rows);
        int[] widths = new int[head.size()];
        for (var line : lines) for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], line.get(i).length());
        String text = lines.stream().map(line -> {
            var padded = new StringBuilder();
            for (int i = 0; i < widths.length; i++) padded.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 2));
            return padded.toString().stripTrailing();
        }).collect(Collectors.joining("\n"));
        return hidden == 0 ? text : text + "\n" + rest();
    }
}
