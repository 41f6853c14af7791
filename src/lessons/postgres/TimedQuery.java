package lessons.postgres;

import display.Timeline;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/**
 * Une question posée autant de fois qu'on l'appelle, chaque fois par une connexion demandée à la source puis rendue ; elle note quand, et
 * le dessine : une ligne par appel, claire tant qu'il attend sa connexion (qu'elle s'ouvre, ou qu'on la lui
 * prête), foncée ensuite. Plusieurs threads peuvent l'appeler à la fois.
 */
public final class TimedQuery implements Callable<List<String>> {

    /** Un appel : la demande de connexion, son obtention, la fin, en nanosecondes. */
    public record Span(long asked, long began, long ended) {}

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
        return Timeline.mostAtOnce(spans(), Span::began, Span::ended);
    }

    /** Le dessin. */
    public Timeline draw() {
        return draw(this);
    }

    /** Le dessin, à l'échelle de celui de {@code reference}, avec le rapport de sa durée à la sienne. */
    public Timeline draw(TimedQuery reference) {
        var title = String.format(Locale.FRENCH, "%d requêtes en %.2f s, au plus %d à la fois", spans().size(), seconds(), most());
        if (reference != this) title += String.format(Locale.FRENCH, " : %.1f fois moins de temps", reference.seconds() / seconds());
        var drawing = new Timeline(title).atLeast((long) (reference.seconds() * 1e9));
        for (var span : spans()) drawing.row().waiting(span.asked(), span.began()).done(span.began(), span.ended());
        return drawing;
    }
}
