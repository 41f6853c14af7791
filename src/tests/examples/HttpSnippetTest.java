package examples;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** slow-server et fetch-all, dans deux programmes séparés. */
@DisplayName("Extraits HTTP")
@Timeout(300)
class HttpSnippetTest {

    private static final Pattern LISTENING = Pattern.compile("serveur sur http://127\\.0\\.0\\.1:(\\d+)/");
    private static final Pattern VISITS = Pattern.compile("visites : (\\d+)");

    private SnippetServer server;

    @BeforeAll
    @Timeout(600)
    static void compile() throws Exception {
        SnippetRun.compileAll();
    }

    @BeforeEach
    void startServer() throws Exception {
        server = SnippetServer.start(LISTENING, "slow-server", "0", "3");
    }

    @AfterEach
    void stopServer() {
        server.process().destroyForcibly();
    }

    @Test
    @DisplayName("fetch-all 3 : six pages, toutes servies, jamais plus de trois à la fois")
    void throttled() throws Exception {
        var run = fetchAll(3, 6);
        assertEquals(0, run.code(), run.err());
        assertEquals(6, run.lines().stream().filter(line -> line.contains("<<< 200 16 octets")).count(), run.out());
        var visits = readVisits(6);
        assertTrue(visits.stream().allMatch(count -> count <= 3), visits::toString);
    }

    @Test
    @DisplayName("fetch-all 6 : le serveur en refuse, et chaque réponse 503 est montrée")
    void crowd() throws Exception {
        var run = fetchAll(6, 6);
        assertEquals(0, run.code(), run.err());
        var refused = run.lines().stream().filter(line -> line.contains("<<< 503 ")).count();
        assertTrue(refused > 0, run.out());
        assertEquals(6 - refused, run.lines().stream().filter(line -> line.contains("<<< 200 ")).count(), run.out());
    }

    @Test
    @DisplayName("fetch-all : une adresse où personne n'écoute n'empêche pas les autres ; une phrase, code 1")
    void nobodyThere() throws Exception {
        var run = SnippetRun.of("fetch-all", "2", "http://127.0.0.1:" + server.port() + "/",
                "http://127.0.0.1:" + SnippetRun.freePort() + "/");
        assertEquals(1, run.code());
        assertEquals("Sans réponse\u00a0: 1 sur 2.\n", run.err());
        assertEquals(1, run.lines().stream().filter(line -> line.contains("personne n'écoute à cette adresse")).count(), run.out());
        assertEquals(1, run.lines().stream().filter(line -> line.contains("<<< 200 ")).count(), run.out());
    }

    @Test
    @DisplayName("slow-server sur un port pris : une phrase, code 1")
    void takenPort() throws Exception {
        var run = SnippetRun.of("slow-server", String.valueOf(server.port()));
        assertEquals(1, run.code());
        assertEquals("", run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("Le port " + server.port() + " est déjà occupé"), run.err());
    }

    @Test
    @DisplayName("fetch-all sans adresse : les pages du serveur lent de cet utilisateur, ou une phrase s'il n'en a pas")
    void ownServer(@TempDir Path cache) throws Exception {
        var nobody = SnippetRun.of(SnippetRun.builder(cache, "fetch-all"));
        assertEquals(1, nobody.code(), nobody.out());
        assertTrue(nobody.err().startsWith("Votre serveur lent ne tourne pas"), nobody.err());
        var own = SnippetServer.start(LISTENING, SnippetRun.builder(cache, "slow-server"));
        try {
            var run = SnippetRun.of(SnippetRun.builder(cache, "fetch-all"));
            assertEquals(12,
                    run.lines().stream().filter(line -> line.contains("<<< 200 ") && line.contains(":" + own.port() + "/")).count(),
                    run.out() + run.err());
        } finally {
            own.process().destroyForcibly();
        }
    }

    @Test
    @DisplayName("slow-server : arrêté pendant une visite, il finit et le dit")
    void stopsWhileServing() throws Exception {
        var client = SnippetRun.builder("fetch-all", "1", "http://127.0.0.1:" + server.port() + "/").start();
        try {
            readVisits(1);
            server.process().toHandle().destroy();                                          // celui de Process fermerait aussi sa sortie
            assertTrue(server.output().lines().anyMatch(line -> line.startsWith("Serveur arrêté")));
            assertTrue(server.process().waitFor(30, TimeUnit.SECONDS), "le serveur tourne encore");
        } finally {
            client.destroyForcibly();
        }
    }

    private SnippetRun fetchAll(int places, int pages) throws Exception {
        var words = new ArrayList<>(List.of("fetch-all", String.valueOf(places)));
        IntStream.range(0, pages).forEach(page -> words.add("http://127.0.0.1:" + server.port() + "/" + page));
        return SnippetRun.of(words.toArray(String[]::new));
    }

    /** Les nombres de visites que le serveur annonce ; bloque jusqu'à ce qu'il y en ait tant. */
    private List<Integer> readVisits(int count) throws Exception {
        var visits = new ArrayList<Integer>();
        while (visits.size() < count) {
            var line = server.output().readLine();
            assertNotNull(line, "le serveur s'est arrêté");
            var matcher = VISITS.matcher(line);
            if (matcher.find()) visits.add(Integer.parseInt(matcher.group(1)));
        }
        return visits;
    }
}
