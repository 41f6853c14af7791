//SOURCES ../Deadline.java
package lessons.project;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import lessons.Deadline;

/**
 * De quoi répondre à une demande, bien ou mal. Les méthodes bloquent, et lancent IOException quand le client est parti : un serveur ne
 * l'apprend qu'en écrivant.
 */
public final class Reply {

    private static final int SIZE = 16 * 1024;                    // octets d'une page, espaces compris
    private static final Duration STEP = Duration.ofMillis(20);

    private final HttpExchange exchange;
    private final Consumer<String> end;
    private int written = -1;                                     // -1 : rien, pas même les en-têtes

    /** @param end reçoit l'issue de la demande, juste avant que le dernier octet parte : ensuite, le client peut déjà revenir */
    Reply(HttpExchange exchange, Consumer<String> end) {
        this.exchange = exchange;
        this.end = end;
    }

    /** Commence la page, et attend : un espace part toutes les vingt millisecondes. */
    public void pause(Duration duration) throws IOException, InterruptedException {
        start();
        for (var deadline = Deadline.in(duration); !deadline.passed();) {
            Thread.sleep(Collections.min(List.of(STEP, deadline.left())));
            write(" ".getBytes(UTF_8));
        }
    }

    /** Finit la page, qui contient ces liens. */
    public void page(String... links) throws IOException {
        start();
        var text = new StringBuilder("<!doctype html><title>Une page</title>");
        for (var link : links) text.append("<p><a href=\"").append(link).append("\">").append(link).append("</a>");
        text.append(" ".repeat(SIZE - written - text.toString().getBytes(UTF_8).length));
        end.accept("200");
        write(text.toString().getBytes(UTF_8));
    }

    /** Un code, sans page. */
    public void status(int code) throws IOException {
        end.accept(String.valueOf(code));
        exchange.sendResponseHeaders(code, -1);
    }

    /** Coupe la connexion au milieu de la page. */
    public void cut() throws IOException {
        start();
        write(" ".getBytes(UTF_8));
        end.accept("coupée");
        exchange.close();
    }

    /** Se tait, puis n'en finit plus. */
    public void silence(Duration duration) throws IOException, InterruptedException {
        Thread.sleep(duration);
        forever();
    }

    /** Commence à répondre, et n'en finit plus. */
    public void forever() throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 0);                     // 0 : longueur inconnue
        for (;; Thread.sleep(STEP)) write(" ".getBytes(UTF_8));
    }

    private void start() throws IOException {
        if (written >= 0) return;
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, SIZE);
        written = 0;
    }

    private void write(byte[] bytes) throws IOException {
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        written += bytes.length;
    }
}
