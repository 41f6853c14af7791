package lessons.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/**
 * Une question posée autant de fois qu'on l'appelle, chaque fois par une connexion demandée à la source puis rendue ; elle note quand, et
 * le dessine : une ligne par appel, claire tant qu'il attend sa connexion, foncée ensuite. Plusieurs threads peuvent l'appeler à la fois.
 */
public final class TimedQuery implements Callable<List<String>> {

    /** Un appel : la demande de connexion, son obtention, la fin, en nanosecondes. */
    public record Span(long asked, long began, long ended) { }

    private static final int MILLIS_PER_PIXEL = 6;
    private static final int ROW = 10;                   // pixels
    private static final int TOP = 26;

    private final DataSource source;
    private final String sql;
    private final List<Span> spans = new ArrayList<>();

    /** @param source donne une connexion par appel */
    public TimedQuery(DataSource source, String sql) {
        this.source = source;
        this.sql = sql;
    }

    /** Pose la question, et attend la réponse ; l'appel n'est noté que s'il réussit. */
    @Override
    public List<String> call() throws SQLException {
        long asked = System.nanoTime();
        try (var connection = source.getConnection()) {
            long began = System.nanoTime();
            var answer = Postgres.ask(connection, sql);
            add(new Span(asked, began, System.nanoTime()));
            return answer;
        }
    }

    private synchronized void add(Span span) {
        spans.add(span);
    }

    /** Les appels notés, dans l'ordre de leurs débuts. */
    public synchronized List<Span> spans() {
        return spans.stream().sorted(Comparator.comparingLong(Span::began)).toList();
    }

    /** De la première demande à la dernière réponse, en secondes. */
    public double seconds() {
        var spans = spans();
        long first = spans.stream().mapToLong(Span::asked).min().orElse(0);
        return (spans.stream().mapToLong(Span::ended).max().orElse(0) - first) / 1e9;
    }

    /** Le plus grand nombre de requêtes en cours sur le serveur au même moment. */
    public int most() {
        var spans = spans();
        return (int) spans.stream().mapToLong(one -> spans.stream()
                .filter(other -> other.began() <= one.began() && one.began() < other.ended()).count()).max().orElse(0);
    }

    /** Le dessin, en SVG ; l'échelle est la même d'un dessin à l'autre. */
    public String draw() {
        return draw(null);
    }

    /** Le dessin, avec le rapport de sa durée à celle de {@code reference}. */
    public String draw(TimedQuery reference) {
        var spans = spans();
        long zero = spans.stream().mapToLong(Span::asked).min().orElse(0);
        var bars = new StringBuilder();
        for (int i = 0; i < spans.size(); i++) {
            var span = spans.get(i);
            bar(bars, i, span.asked() - zero, span.began() - zero, "#f2b661");
            bar(bars, i, span.began() - zero, span.ended() - zero, "#1f5fa8");
        }
        var title = String.format(Locale.FRENCH, "%d requêtes en %.2f s, au plus %d à la fois", spans.size(), seconds(), most());
        if (reference != null) title += String.format(Locale.FRENCH, " : %.1f fois moins de temps", reference.seconds() / seconds());
        int width = Math.max(620, (int) (seconds() * 1000) / MILLIS_PER_PIXEL + 20);
        int height = TOP + spans.size() * ROW + 8;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" style="max-width: 100%%" font-family="sans-serif">
                <title>%3$s</title><rect width="%1$d" height="%2$d" rx="6" fill="#ffffff"/><text x="8" y="18" font-size="14" fill="#1b2a49">%3$s</text>
                %4$s</svg>""".formatted(width, height, title, bars);
    }

    private static void bar(StringBuilder bars, int row, long from, long to, String colour) {
        long x = from / 1_000_000 / MILLIS_PER_PIXEL;
        long width = Math.max(1, to / 1_000_000 / MILLIS_PER_PIXEL - x);
        bars.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n".formatted(8 + x, TOP + row * ROW, width, ROW - 2, colour));
    }
}
