package display;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Qui a fait quoi, et quand : le temps va de gauche à droite, une ligne par tâche, une barre par chose faite.
 *
 * {@snippet :
 * var drawing = new Timeline("Trois tâches, deux places");
 * drawing.row("mars").waiting(asked, began).done(began, ended);      // des System.nanoTime()
 * var row = drawing.row("vénus").waits();                            // ou bien, au fil du travail
 * row.works();
 * row.ends();
 * }
 *
 * <p>Les instants sont en nanosecondes ; le zéro du dessin est le plus ancien. Sous une cellule, c'est un dessin SVG sur une carte
 * claire, lisible de loin, que le thème de JupyterLab soit clair ou sombre ; dans un script, un texte. Plusieurs threads peuvent le
 * compléter à la fois. Aucune méthode ne bloque.
 */
public final class Timeline implements Rich {

    /** La couleur d'une barre, et son signe dans le texte. Pas de {@code switch} : le compilateur en ferait une classe de plus. */
    private enum Tone {
        DONE("#1f5fa8", '█'), WAITING("#f2b661", '░'), REFUSED("#c22f2f", 'x'), UNFINISHED("#a85b00", '▒');

        final String color;
        final char sign;

        Tone(String color, char sign) {
            this.color = color;
            this.sign = sign;
        }
    }

    private record Bar(long start, long end, Tone tone) {}

    /** Les lignes d'un titre à l'autre ; elles ont leur propre zéro, et l'échelle de tout le dessin. */
    private record Group(String title, List<Row> rows) {
        long zero() {
            return rows.stream().flatMap(row -> row.bars().stream()).mapToLong(Bar::start).min().orElse(0);
        }

        long length() {
            return rows.stream().flatMap(row -> row.bars().stream()).mapToLong(Bar::end).max().orElse(0) - zero();
        }
    }

    // en points ; une sortie de JupyterLab a 843 points de large dans une fenêtre de 1280 × 720, volet de gauche ouvert
    private static final int WIDTH = 840;
    private static final int MARGIN = 16;
    private static final int TITLE = 30;
    private static final int AXIS = 30;
    private static final int FONT = 17;
    private static final int LETTER = 9;                          // la largeur moyenne d'une lettre de cette taille
    private static final int HEIGHT = 288;                        // souhaitée : deux cinquièmes de la fenêtre
    private static final int TALLEST_ROW = 24;
    private static final int LABELLED_ROW = 20;                   // au moins, pour y lire un nom
    private static final int THINNEST_ROW = 3;
    private static final String INK = "#1b2a49";
    private static final String BOLD = " font-weight=\"bold\"";
    private static final String HALO = " stroke=\"#ffffff\" stroke-width=\"6\" paint-order=\"stroke\"";    // devant les traits de l'axe

    private static final int COLUMNS = 60;                        // du dessin en texte
    private static final int MOST_LINES = 40;                     // de barres, dans ce texte : un écran de terminal

    private final String title;
    private final List<Group> groups = new ArrayList<>(List.of(new Group(null, new ArrayList<>())));
    private long shortest;
    private long length;                                          // de l'axe
    private long now;                                             // l'instant du dessin

    /** @param title ce que l'on voit, en une phrase ; il est écrit en gras au-dessus du dessin */
    public Timeline(String title) {
        this.title = title;
    }

    /** Une ligne du dessin, sous les précédentes. Deux barres qui se chevauchent y sont posées l'une sous l'autre. */
    public final class Row {
        private final String label;
        private final List<Bar> bars = new ArrayList<>();
        private Bar open;                                         // commencée, pas encore finie

        private Row(String label) {
            this.label = label;
        }

        /** De {@code start} à {@code end}, un travail fait. */
        public Row done(long start, long end) {
            return add(start, end, Tone.DONE);
        }

        /** De {@code start} à {@code end}, une attente : plus claire. */
        public Row waiting(long start, long end) {
            return add(start, end, Tone.WAITING);
        }

        /** De {@code start} à {@code end}, un refus : en rouge, et visible aussi court soit-il. */
        public Row refused(long start, long end) {
            return add(start, end, Tone.REFUSED);
        }

        /** De {@code start} à {@code end}, un travail qui a échoué, ou qui n'est pas fini : en brun. */
        public Row unfinished(long start, long end) {
            return add(start, end, Tone.UNFINISHED);
        }

        /** À partir de maintenant, une attente. Cette barre s'allonge à chaque dessin, jusqu'à {@link #works} ou {@link #ends}. */
        public Row waits() {
            return begin(Tone.WAITING);
        }

        /** À partir de maintenant, un travail : ce qui était en cours sur cette ligne finit. */
        public Row works() {
            return begin(Tone.DONE);
        }

        /** Ce qui était en cours sur cette ligne finit maintenant ; sans effet si rien ne l'est. */
        public Row ends() {
            return begin(null);
        }

        private Row begin(Tone tone) {
            synchronized (Timeline.this) {
                long instant = System.nanoTime();
                if (open != null) bars.add(new Bar(open.start, instant, open.tone));
                open = tone == null ? null : new Bar(instant, instant, tone);
            }
            return this;
        }

        /** Ce qui est en cours va jusqu'à l'instant du dessin. */
        private List<Bar> bars() {
            if (open == null) return bars;
            return Stream.concat(bars.stream(), Stream.of(new Bar(open.start, Math.max(open.start, now), open.tone))).toList();
        }

        private Row add(long start, long end, Tone tone) {
            synchronized (Timeline.this) {
                bars.add(new Bar(start, Math.max(start, end), tone));
            }
            return this;
        }

        /** Les barres, réparties sur autant d'étages qu'il en faut pour qu'aucune n'en cache une autre. */
        private List<List<Bar>> lanes() {
            var lanes = new ArrayList<List<Bar>>();
            for (var bar : bars().stream().sorted(Comparator.comparingLong(Bar::start)).toList())
                lanes.stream().filter(lane -> lane.getLast().end <= bar.start).findFirst().orElseGet(() -> {
                    lanes.addLast(new ArrayList<>());
                    return lanes.getLast();
                }).add(bar);
            return lanes.isEmpty() ? List.of(List.of()) : lanes;
        }
    }

    /** Une nouvelle ligne, sans nom. */
    public Row row() {
        return addTo(groups.getLast(), "");
    }

    /** La ligne de ce nom ; une nouvelle, si le groupe en cours n'en a pas. */
    public synchronized Row row(String label) {
        var group = groups.getLast();
        return group.rows.stream().filter(row -> row.label.equals(label)).findFirst().orElseGet(() -> addTo(group, label));
    }

    private synchronized Row addTo(Group group, String label) {
        var row = new Row(label);
        group.rows.add(row);
        return row;
    }

    /** Les lignes suivantes auront ce titre, et leur propre zéro ; l'échelle est la même pour tous les groupes. */
    public synchronized Timeline group(String title) {
        groups.add(new Group(title, new ArrayList<>()));
        return this;
    }

    /** Donne à l'axe du temps cette longueur au moins, en nanosecondes : deux dessins ont alors la même échelle. */
    public synchronized Timeline atLeast(long length) {
        shortest = Math.max(shortest, length);
        return this;
    }

    /**
     * Le plus grand nombre de ces intervalles qui contiennent un même instant. Celui qui finit quand un autre commence ne compte pas.
     *
     * @param start le début d'un intervalle, et {@code end} sa fin, dans n'importe quelle unité
     */
    public static <T> int mostAtOnce(Collection<T> intervals, ToLongFunction<T> start, ToLongFunction<T> end) {
        var ends = intervals.stream().mapToLong(end).sorted().toArray();
        int begun = 0, ended = 0, most = 0;
        for (long instant : intervals.stream().mapToLong(start).sorted().toArray()) {
            begun++;
            while (ended < ends.length && ends[ended] <= instant) ended++;
            most = Math.max(most, begun - ended);
        }
        return most;
    }

    /** Le dessin, en SVG, et le texte qui le remplace hors d'un notebook. */
    @Override
    public synchronized Map<String, String> forms() {
        var forms = new LinkedHashMap<String, String>();
        forms.put("image/svg+xml", svg());
        forms.put("text/plain", toString());
        return forms;
    }

    /** Une fois par dessin : chaque barre s'en sert. */
    private void measure() {
        now = System.nanoTime();
        length = groups.stream().mapToLong(Group::length).reduce(shortest, Math::max);
        if (length == 0) length = 1_000_000_000;                    // rien encore : un axe quand même
    }

    // ---------------------------------------------------------------- le dessin

    private String svg() {
        measure();
        int row = rowHeight();
        int left = left();
        int top = MARGIN + TITLE;
        var bars = new StringBuilder();
        int y = top;
        for (var group : shown()) {
            if (group.title != null) {
                bars.append(text(MARGIN, y + FONT, "start", HALO + BOLD, group.title));
                y += TITLE - 4;
            }
            long zero = group.zero();
            for (var line : group.rows) {
                if (!line.label.isEmpty()) bars.append(text(MARGIN, y + thickness(row) / 2 + 6, "start", "", line.label));
                for (var lane : line.lanes()) {
                    for (var bar : lane) bars.append(bar(bar, zero, left, y, row));
                    y += row;
                }
            }
            y += 6;
        }
        int height = y + AXIS;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" style="max-width: 100%%" \
                role="img" font-family="sans-serif" font-size="%3$d" fill="%4$s">
                <title>%5$s</title>
                <rect x="1" y="1" width="%6$d" height="%7$d" rx="8" fill="#ffffff" stroke="%4$s"/>
                %8$s%9$s%10$s</svg>""".formatted(WIDTH, height, FONT, INK, escape(title), WIDTH - 2, height - 2,
                text(MARGIN, MARGIN + 13, "start", BOLD, title), axis(left, top - 4, y), bars);
    }

    private String bar(Bar bar, long zero, int left, int y, int row) {
        double x = x(bar.start - zero, left);
        return format("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"%d\" fill=\"%s\"/>%n", x, y,
                Math.max(3, x(bar.end - zero, left) - x), thickness(row), row < 8 ? 0 : 2, bar.tone.color);
    }

    private static int thickness(int row) {
        return row - Math.max(1, row / 6);
    }

    private String axis(int left, int top, int bottom) {
        var axis = new StringBuilder();
        for (long tick : ticks()) {
            double x = x(tick, left);
            var anchor = tick == 0 ? "start" : x > WIDTH - 2 * MARGIN - 12 ? "end" : "middle";
            axis.append(format("<path d=\"M%.1f %dV%d\" stroke=\"#c9d3e0\"/>%n", x, top, bottom));
            axis.append(text(x, bottom + 20, anchor, "", label(tick)));
        }
        return axis.toString();
    }

    private double x(long time, int left) {
        return left + (double) time * (WIDTH - MARGIN - left) / length;
    }

    private int left() {
        int longest = labels().mapToInt(String::length).max().orElse(0);
        return longest == 0 ? MARGIN : Math.min(WIDTH / 2, MARGIN + 12 + longest * LETTER);
    }

    /** Moins de lignes, plus hautes ; mais assez hautes pour leurs noms. */
    private int rowHeight() {
        int lanes = groups.stream().flatMap(group -> group.rows.stream()).mapToInt(row -> row.lanes().size()).sum();
        int titles = (int) shown().stream().filter(group -> group.title != null).count();
        int room = HEIGHT - MARGIN - TITLE - AXIS - titles * (TITLE - 4) - 6 * shown().size();
        boolean named = labels().anyMatch(label -> !label.isEmpty());
        return Math.clamp(room / Math.max(1, lanes), named ? LABELLED_ROW : THINNEST_ROW, TALLEST_ROW);
    }

    private List<Group> shown() {
        return groups.stream().filter(group -> group.title != null || !group.rows.isEmpty()).toList();
    }

    private Stream<String> labels() {
        return groups.stream().flatMap(group -> group.rows.stream()).map(row -> row.label);
    }

    private static String text(double x, int y, String anchor, String style, String text) {
        return format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\"%s>%s</text>%n", x, y, anchor, style, escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    // ---------------------------------------------------------------- les instants

    /** Des instants ronds, huit intervalles au plus : un pas de 1, 2 ou 5, suivi de zéros. */
    private long[] ticks() {
        long step = step();
        return LongStream.iterate(0, tick -> tick <= length, tick -> tick + step).toArray();
    }

    private long step() {
        long step = 1;
        for (int digit = 0; length / step > 8; digit++) step = step / (digit % 3 == 1 ? 2 : 1) * (digit % 3 == 1 ? 5 : 2);
        return step;
    }

    /** « 0,5 s » ; en dessous du dixième de seconde, « 20 ms » ; plus court encore, « 50 µs ». */
    private String label(long tick) {
        var unit = length >= 100_000_000 ? " s" : length >= 100_000 ? " ms" : " µs";
        double scale = length >= 100_000_000 ? 1e9 : length >= 100_000 ? 1e6 : 1e3;
        return format("%.3f", tick / scale).replaceFirst("\\.?0+$", "").replace('.', ',') + unit;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);          // en SVG, le séparateur est un point
    }

    // ---------------------------------------------------------------- le texte

    /** Le même dessin en caractères : {@code █} fait, {@code ░} attente, {@code x} refus, {@code ▒} échoué ou pas fini. */
    @Override
    public synchronized String toString() {
        measure();
        int width = labels().mapToInt(String::length).max().orElse(0);
        var margin = " ".repeat(width == 0 ? 0 : width + 1);
        var lines = new ArrayList<String>();
        for (var group : shown()) {
            if (group.title != null) lines.add(group.title);
            for (var row : group.rows) {
                var start = row.label + margin.substring(Math.min(margin.length(), row.label.length()));
                for (var lane : row.lanes()) {
                    lines.add((start + signs(lane, group.zero())).stripTrailing());
                    start = margin;
                }
            }
        }
        var axis = new StringBuilder(margin);
        for (long tick : ticks()) {
            int column = margin.length() + column(tick);
            if (tick == 0 || column > axis.length()) axis.append(" ".repeat(column - axis.length())).append(label(tick));
        }
        return Stream.of(List.of(title), shortened(lines), List.of(axis)).flatMap(List::stream).collect(Collectors.joining("\n"));
    }

    private static List<String> shortened(List<String> lines) {
        if (lines.size() <= MOST_LINES) return lines;
        var shown = new ArrayList<>(lines.subList(0, MOST_LINES - 1));
        shown.add("… et " + (lines.size() - shown.size()) + " autres lignes");
        return shown;
    }

    private String signs(List<Bar> lane, long zero) {
        var signs = new StringBuilder(" ".repeat(COLUMNS + 1));
        for (var bar : lane) {
            int from = column(bar.start - zero);
            int to = Math.max(from + 1, column(bar.end - zero));
            signs.replace(from, to, String.valueOf(bar.tone.sign).repeat(to - from));
        }
        return signs.toString();
    }

    private int column(long time) {
        return (int) (time * (double) COLUMNS / length);
    }
}
