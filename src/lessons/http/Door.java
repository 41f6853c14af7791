//SOURCES ../ThreadDump.java
package lessons.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import lessons.ThreadDump;

/** Une page fermée : ses visiteurs attendent sur le seuil, jusqu'à ce qu'on l'ouvre. De quoi regarder, pendant ce temps, qui attend. */
public final class Door implements Site.Page {

    /** L'adresse de cette page sur le site. */
    public static final String PATH = "/porte";

    private static final int PATIENCE = 2;                        // secondes

    private final CountDownLatch expected;
    private final CountDownLatch opened = new CountDownLatch(1);

    private Door(int visitors) {
        expected = new CountDownLatch(visitors);
    }

    @Override
    public void answer(HttpExchange exchange) throws IOException, InterruptedException {
        expected.countDown();
        opened.await();
        Site.reply(exchange, 200, "Entrez");
    }

    /**
     * Lance ces visites de {@link #PATH}, attend qu'elles soient toutes sur le seuil (au plus 2 secondes), compte les threads du client,
     * puis ouvre et attend la fin.
     *
     * @return combien de threads attendent dans {@code send}, et combien surveillent les connexions
     * @throws Exception celle des visites
     */
    public static String whoWaits(Site site, int visitors, Callable<?> visits) throws Exception {
        var door = new Door(visitors);
        site.page(PATH, door);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = threads.submit(visits);
            String seen;
            try {
                door.expected.await(PATIENCE, TimeUnit.SECONDS);
                seen = seen();
            } finally {
                door.opened.countDown();
            }
            all.get();
            return seen;
        }
    }

    private static String seen() throws IOException {
        var dump = ThreadDump.take();
        return "threads qui attendent une réponse : %d ; sélecteur du client : %d"
                .formatted(dump.count(true, "HttpClientImpl.send"), dump.count(false, "-SelectorManager"));
    }
}
