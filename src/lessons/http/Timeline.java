package lessons.http;

import java.util.List;
import java.util.Locale;

/** Le dessin d'un journal de visites : le temps de gauche à droite, une barre par visite, dans l'ordre d'arrivée. */
final class Timeline {

    private static final int WIDTH = 880;
    private static final int LEFT = 16;
    private static final int TOP = 44;
    private static final String INK = "#1b2a49";

    private Timeline() {
    }

    static String draw(List<Site.Visit> visits, int most) {
        var start = visits.stream().mapToDouble(Site.Visit::start).min().orElse(0);
        var length = Math.max(0.1, visits.stream().mapToDouble(Site.Visit::end).max().orElse(0) - start);
        var row = visits.size() <= 12 ? 18 : 7;
        var scale = (WIDTH - 2 * LEFT) / length;
        var bottom = TOP + row * visits.size() + 6;
        var svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="16">
                <rect x="1" y="1" width="%d" height="%d" rx="8" fill="#ffffff" stroke="%s"/>
                <text x="%d" y="28" fill="%s" font-weight="bold">%s</text>
                """.formatted(WIDTH, bottom + 30, WIDTH, bottom + 30, WIDTH - 2, bottom + 28, INK, LEFT, INK, title(visits, length, most)));
        for (double tick = 0, step = step(length); tick <= length; tick += step) {
            var x = LEFT + tick * scale;
            svg.append(text("<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#c9d3e0'/>%n", x, TOP - 4, x, bottom));
            svg.append(text("<text x='%.1f' y='%d' fill='%s' font-size='14' text-anchor='%s'>%s</text>%n",
                    x, bottom + 20, INK, tick == 0 ? "start" : x > WIDTH - 40 ? "end" : "middle", seconds(tick)));
        }
        for (int i = 0; i < visits.size(); i++) {
            var visit = visits.get(i);
            svg.append(text("<rect x='%.1f' y='%d' width='%.1f' height='%d' rx='2' fill='%s'/>%n", LEFT + (visit.start() - start) * scale,
                    TOP + i * row, Math.max(4, (visit.end() - visit.start()) * scale), row - 2, color(visit.outcome())));
        }
        return svg.append("</svg>").toString();
    }

    private static String title(List<Site.Visit> visits, double length, int most) {
        var refused = visits.stream().filter(visit -> visit.outcome().equals("503")).count();
        return "%d visites en %s, au plus %d à la fois%s".formatted(visits.size(), seconds(length), most, refused == 0 ? "" : " ; " + refused + " refusées, en rouge");
    }

    private static String color(String outcome) {
        return switch (outcome) {
            case "200" -> "#1f5fa8";
            case "503" -> "#c22f2f";
            default -> "#a85b00";
        };
    }

    /** Un pas rond, pour une dizaine de traits au plus. */
    private static double step(double length) {
        for (double step : new double[] {0.05, 0.1, 0.2, 0.5, 1, 2, 5}) if (length / step <= 10) return step;
        return 10;
    }

    private static String seconds(double tick) {
        return text("%.2f", tick).replaceFirst("\\.?0+$", "").replace('.', ',') + " s";
    }

    private static String text(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }
}
