package lessons.http;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lessons.Exercises;
import lessons.Lesson;
import lessons.NotebookRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ce que montre la leçon 4, et ce que ses exercices disent des réponses que donnent les élèves. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 4, HTTP")
class HttpTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("04-http");
        exercises = answers(new Exercises(lesson));
        // les exercices passent après la fermeture : ils rouvrent le client ; on ferme donc une seconde fois
        var plan = new NotebookRun.Plan(lesson).runAll().await("news", 1, "fin de l'abonnement");
        run = exercises.addTo(plan).run("closing").execute();
    }

    /** La limite d'une demande couvre aussi le corps de la réponse à partir de Java 26. */
    private static final boolean WHOLE_RESPONSE = Runtime.version().feature() >= 26;

    private static Exercises answers(Exercises exercises) {
        var timeout = within("""
                var request = HttpRequest.newBuilder(uri).timeout(limit).build();
                return client().send(request, BodyHandlers.ofString()).body();""");
        return (WHOLE_RESPONSE ? exercises.accepted(3, "timeout seul", timeout)
                : exercises.refused(3, "timeout seul", timeout, "la page sans fin vous retient"))
                .refused(1, "l'une après l'autre", statuses("""
                        var statuses = new ArrayList<Integer>();
                        for (var page : pages) statuses.add(page.call());
                        return statuses;"""), "jamais vu deux demandes à la fois")
                .refused(1, "chaque demande est attendue avant de lancer la suivante", statuses("""
                        var statuses = new ArrayList<Integer>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var page : pages) statuses.add(threads.submit(page).get());
                        }
                        return statuses;"""), "jamais vu deux demandes à la fois")
                .refused(1, "sans régulateur", statuses("""
                        var statuses = new ArrayList<Integer>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var answer : threads.invokeAll(pages)) statuses.add(answer.get());
                        }
                        return statuses;"""), "demandes à la fois, au lieu de 4 au plus")
                .refused(1, "un régulateur par demande", statuses(tasks("""
                        try (var place = new Throttle(places).enter()) { return page.call(); }""")),
                        "demandes à la fois, au lieu de 4 au plus")
                .refused(1, "place rendue avant la demande", statuses("""
                        var throttle = new Throttle(places);
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<Integer>>();
                            for (var page : pages) {
                                try (var place = throttle.enter()) { futures.add(threads.submit(page)); }
                            }
                            var statuses = new ArrayList<Integer>();
                            for (var future : futures) statuses.add(future.get());
                            return statuses;
                        }"""), "garder leur place jusqu’à la réponse")
                .refused(1, "deux places au lieu de quatre", statuses("""
                        try (var threads = Executors.newFixedThreadPool(places / 2)) {
                            var statuses = new ArrayList<Integer>();
                            for (var answer : threads.invokeAll(pages)) statuses.add(answer.get());
                            return statuses;
                        }"""), "que 2 demandes à la fois, alors que 4 places")
                .refused(1, "dans l'ordre d'arrivée", statuses("""
                        var throttle = new Throttle(places);
                        var statuses = new CopyOnWriteArrayList<Integer>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var page : pages) threads.submit(() -> {
                                try (var place = throttle.enter()) { statuses.add(page.call()); }
                                return null;
                            });
                        }
                        return statuses;"""), "pas dans l’ordre des pages")
                .refused(1, "seulement les pages réussies", statuses("""
                        var throttle = new Throttle(places);
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<Integer>>();
                            for (var page : pages) futures.add(threads.submit(() -> {
                                try (var place = throttle.enter()) { return page.call(); }
                            }));
                            var statuses = new ArrayList<Integer>();
                            for (var future : futures) if (future.get() == 200) statuses.add(200);
                            return statuses;
                        }"""), "10 codes pour 12 pages")
                .refused(1, "la place n'est jamais rendue", statuses(tasks("throttle.enter(); return page.call();")),
                        "Chaque « enter » a-t-il son « close » ?")
                .refused(1, "une ArrayList que plusieurs threads remplissent", racing("var statuses = new ArrayList<Integer>();",
                        "statuses.add(page.call());", "return statuses;"), "plusieurs threads remplissent la même collection")
                .refused(1, "une ArrayList partagée, triée ensuite", racing("var found = new ArrayList<Map.Entry<Integer, Integer>>();",
                        "found.add(Map.entry(number, page.call()));",
                        "return found.stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList();"),
                        "plusieurs threads remplissent la même collection")
                .refused(1, "une HashMap partagée",
                        racing("var found = new HashMap<Integer, Integer>();", "found.put(number, page.call());",
                                "return new ArrayList<>(found.values());"),
                        "plusieurs threads remplissent la même collection")
                .accepted(1, "avec un sémaphore", statuses("""
                        var semaphore = new Semaphore(places);
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var jobs = pages.stream().<Callable<Integer>>map(page -> () -> {
                                semaphore.acquire();
                                try { return page.call(); } finally { semaphore.release(); }
                            }).toList();
                            var statuses = new ArrayList<Integer>();
                            for (var answer : threads.invokeAll(jobs)) statuses.add(answer.get());
                            return statuses;
                        }"""))
                .accepted(1, "avec autant de threads que de places", statuses("""
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            var statuses = new ArrayList<Integer>();
                            for (var answer : threads.invokeAll(pages)) statuses.add(answer.get());
                            return statuses;
                        }"""))
                .accepted(1, "une table faite pour plusieurs threads, lue dans l'ordre", racing(
                        "var found = new ConcurrentHashMap<Integer, Integer>();", "found.put(number, page.call());",
                        "return IntStream.range(0, pages.size()).mapToObj(found::get).toList();"))

                .refused(2, "un seul essai", patient("return client().send(request, BodyHandlers.ofString());"), "n’a pas été répétée")
                .refused(2, "réessaie tout ce qui n'est pas 200", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() == 200 || attempt == 4) return response;
                            Thread.sleep(pause);
                        }"""), "page absente (404) a été demandée 4 fois")
                .refused(2, "insiste sans fin", patient("""
                        for (int pause = 100; ; pause = Math.min(400, 2 * pause)) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503) return response;
                            Thread.sleep(pause);
                        }"""), "il faut savoir renoncer")
                .refused(2, "trois essais au lieu de quatre", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 3) return response;
                            Thread.sleep(pause);
                        }"""), "faites 4 essais en tout")
                .refused(2, "sans pause", patient("""
                        for (int attempt = 1; ; attempt++) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                        }"""), "n’attend pas assez")
                .refused(2, "toujours la même pause", patient("""
                        for (int attempt = 1; ; attempt++) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            Thread.sleep(100);
                        }"""), "ne doublent pas")
                .refused(2, "oublie Retry-After", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            Thread.sleep(pause);
                        }"""), "Retry-After: 1")
                .refused(2, "se trompe d'unité dans Retry-After", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            Thread.sleep(response.headers().firstValueAsLong("Retry-After").orElse(pause));
                        }"""), "Retry-After: 1")
                .refused(2, "répète un POST", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            var seconds = response.headers().firstValueAsLong("Retry-After");
                            Thread.sleep(seconds.isPresent() ? 1000 * seconds.getAsLong() : pause);
                        }"""), "un POST a été envoyé 4 fois")
                .refused(2, "lance une exception à la fin", patient("""
                        for (int attempt = 1, pause = 100; attempt <= 4; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503) return response;
                            Thread.sleep(pause);
                        }
                        throw new IOException("trop d'essais");"""), "IOException : trop d'essais")
                .accepted(2, "par récursion, avec du hasard", """
                        HttpResponse<String> again(HttpRequest request, int left, int pause) throws Exception {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (left == 0 || response.statusCode() != 503 || !request.method().equals("GET")) return response;
                            var asked = response.headers().firstValue("Retry-After").map(s -> Duration.ofSeconds(Integer.parseInt(s)));
                            Thread.sleep(asked.orElse(Duration.ofMillis(pause + new Random().nextInt(50))));
                            return again(request, left - 1, 2 * pause);
                        }
                        HttpResponse<String> patient(HttpRequest request) throws Exception { return again(request, 3, 100); }""")

                .accepted(2, "avec une boucle while", patient("""
                        var response = client().send(request, BodyHandlers.ofString());
                        int pause = 100, left = 3;
                        while (response.statusCode() == 503 && request.method().equals("GET") && left-- > 0) {
                            var asked = response.headers().firstValue("Retry-After").map(Long::parseLong);
                            Thread.sleep(asked.isPresent() ? Duration.ofSeconds(asked.get()) : Duration.ofMillis(pause));
                            pause = 2 * pause;
                            response = client().send(request, BodyHandlers.ofString());
                        }
                        return response;"""))
                .refused(2, "prend les secondes pour des minutes", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4 || request.method().equals("POST")) return response;
                            var seconds = response.headers().firstValueAsLong("Retry-After");
                            Thread.sleep(seconds.isPresent() ? 60_000 * seconds.getAsLong() : pause);
                        }"""), "la page /plus-tard vous retient")

                .refused(3, "get sans limite", within("""
                        return client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).get().body();"""),
                        "la page sans fin vous retient")
                .refused(3, "orTimeout avec join, puis annule la future déjà finie", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        try { return answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join().body(); }
                        finally { answer.cancel(true); }"""), "« orTimeout » a terminé lui-même la future")
                .refused(3, "get avec une durée, sans annuler", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body();"""), "Annulez la future que sendAsync a rendue")
                .refused(3, "orTimeout", within("""
                        return client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).get().body();"""), "l’échange est resté ouvert")
                .refused(3, "rend un texte vide au lieu de l'exception", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); }
                        catch (TimeoutException late) { answer.cancel(true); return null; }"""), "lancez une exception")
                .refused(3, "annule sans attendre", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        answer.cancel(true);
                        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body();"""), "votre code lance")
                .refused(3, "annule, puis lance autre chose", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); }
                        catch (TimeoutException late) { answer.cancel(true); throw new IllegalStateException("trop tard"); }"""),
                        "votre code lance IllegalStateException")
                .refused(3, "annule une copie qui dépend de la future", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        var copy = CompletableFuture.supplyAsync(answer::join);
                        try { return copy.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); } finally { copy.cancel(true); }"""),
                        "Annulez la future que sendAsync a rendue")
                .refused(3, "dort toute la durée, puis regarde", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        Thread.sleep(limit);
                        if (answer.isDone()) return answer.join().body();
                        answer.cancel(true);
                        throw new TimeoutException();"""), "la page lente a tout envoyé en 0,3 seconde")
                .accepted(3, "send dans un thread virtuel que l'on interrompt", within("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var answer = threads.submit(() -> client().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
                            try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); }
                            finally { answer.cancel(true); }
                        }"""))
                .accepted(3, "un client pour cette demande, arrêté à la fin", within("""
                        var own = HttpClient.newHttpClient();
                        try {
                            return own.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                    .get(limit.toMillis(), TimeUnit.MILLISECONDS).body();
                        } finally { own.shutdownNow(); }"""));
    }

    private static String statuses(String body) {
        return "List<Integer> statuses(List<Callable<Integer>> pages, int places) throws Exception {\n" + body.indent(4) + "}";
    }

    /** Une tâche par page, et les résultats lus dans l'ordre. */
    private static String tasks(String body) {
        return """
                var throttle = new Throttle(places);
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    var futures = new ArrayList<Future<Integer>>();
                    for (var page : pages) futures.add(threads.submit(() -> { %s }));
                    var statuses = new ArrayList<Integer>();
                    for (var future : futures) statuses.add(future.get());
                    return statuses;
                }""".formatted(body);
    }

    /** Des tâches qui rangent elles-mêmes leur résultat au même endroit. */
    private static String racing(String shared, String store, String end) {
        return statuses("""
                var throttle = new Throttle(places);
                %s
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < pages.size(); i++) {
                        var number = i;
                        var page = pages.get(i);
                        threads.submit(() -> {
                            try (var place = throttle.enter()) { %s }
                            return null;
                        });
                    }
                }
                %s""".formatted(shared, store, end));
    }

    private static String patient(String body) {
        return "HttpResponse<String> patient(HttpRequest request) throws Exception {\n" + body.indent(4) + "}";
    }

    private static String within(String body) {
        return "String within(URI uri, Duration limit) throws Exception {\n" + body.indent(4) + "}";
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("l'une après l'autre : huit visites, une à la fois")
    void oneByOne() {
        assertTrue(title("one-by-one", 0).matches("8 visites en .*, au plus 1 à la fois"), title("one-by-one", 0));
    }

    @Test
    @DisplayName("huit demandes ensemble : l'unique thread du serveur les sert une à une, les threads virtuels toutes à la fois")
    void bothSides() {
        assertTrue(title("both-sides", 0).endsWith("au plus 1 à la fois"), title("both-sides", 0));
        assertTrue(title("both-sides", 1).endsWith("au plus 8 à la fois"), title("both-sides", 1));
        assertTrue(ratio("both-sides") > 0, () -> run.first("both-sides").text());
    }

    @Test
    @DisplayName("send : un thread par demande attend ; sendAsync : aucun ; un seul sélecteur dans les deux cas")
    void whoWaits() {
        assertTrue(ratio("who-waits") > 0, () -> run.first("who-waits").text());
        assertEquals(List.of("send      : threads qui attendent une réponse : 8 ; sélecteur du client : 1",
                "sendAsync : threads qui attendent une réponse : 0 ; sélecteur du client : 1"),
                run.first("who-waits").lines("attendent"));
    }

    @Test
    @DisplayName("la foule, quarante à la fois : threads virtuels ou sendAsync, le serveur en refuse ; chaque refus est une barre rouge")
    void crowd() {
        for (var counts : List.of(counts("crowd", 0), counts("crowd", 1))) {
            assertEquals(40, counts.stream().mapToInt(count -> count[1]).sum());
            assertEquals(List.of(200, 503), counts.stream().map(count -> count[0]).toList());
        }
        var refused = counts("crowd", 1).getLast()[1];
        assertTrue(title("crowd", 0).endsWith("au plus 10 à la fois ; " + refused + " refusées, en rouge"), title("crowd", 0));
        assertEquals(refused, refusals("crowd"));
    }

    @Test
    @DisplayName("avec un régulateur : les quarante pages, et jamais plus de dix à la fois")
    void throttled() {
        assertEquals("{200=40}", run.first("throttled").lines().getFirst());
        assertTrue(title("throttled", 0).endsWith("au plus 10 à la fois"), title("throttled", 0));
        assertTrue(ratio("throttled") > 1, () -> run.first("throttled").text());
    }

    @Test
    @DisplayName("vu du client, le dessin grandit : d'abord rien, puis des pages et des attentes, enfin trente pages en trois vagues")
    void clientSide() {
        var drawings = run.first("client-side").drawings();
        assertTrue(drawings.size() > 3, drawings.size() + " dessins");
        assertEquals(0, bars(drawings.getFirst(), "#1f5fa8"));
        assertTrue(drawings.stream().anyMatch(drawing -> bars(drawing, "#1f5fa8") == 10 && bars(drawing, "#f2b661") == 30));
        assertEquals(30, bars(drawings.getLast(), "#1f5fa8"), drawings.getLast());
        assertEquals(30, bars(drawings.getLast(), "#f2b661"), drawings.getLast());
        assertEquals(List.of(), run.first("client-side").lines());
    }

    private static int bars(String drawing, String color) {
        return drawing.split("fill=\"" + color + "\"", -1).length - 1;
    }

    @Test
    @DisplayName("cinq sorts : une phrase chacun, un 404 n'est pas un échec, et le message de ConnectException est null")
    void fates() {
        var fates = run.first("tell").lines().stream().map(line -> line.replaceFirst("http://127.0.0.1:\\d+", "")).toList();
        assertEquals(
                List.of("/page : réponse 200", "/absente : réponse 404", "/coupure : coupure (HTTP/1.1 header parser received no bytes)",
                        "/muette : rien en trois secondes", "/ : personne (null)"),
                fates);
    }

    @Test
    @DisplayName("invokeAll attend tout le monde : l'échec du début n'est vu qu'après la page la plus lente")
    void lateFailure() {
        var lines = run.first("late-failure").lines();
        assertTrue(lines.get(1).endsWith("invokeAll a rendu la main"), lines::toString);
        assertTrue(lines.get(2).endsWith("échec vu : HTTP/1.1 header parser received no bytes"), lines::toString);
        for (var line : lines.subList(1, 3)) {
            var parts = line.split("s \\+ |ms ");
            assertTrue(1000 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]) >= 1490, line);
        }
    }

    @Test
    @DisplayName("réessayer : trois refus, des pauses qui doublent, puis la page")
    void retry() {
        assertTrue(title("retry", 0).endsWith("au plus 1 à la fois ; 3 refusées, en rouge"), title("retry", 0));
        assertEquals(3, refusals("retry"));
        assertTrue(run.first("retry").seconds() >= 0.7);
    }

    @Test
    @DisplayName("annuler : la limite n'a rien arrêté, l'annulation oui, et le serveur a vu partir son client")
    void cancel() {
        var state = "Java " + Runtime.version().feature() + ", après une seconde : " + (WHOLE_RESPONSE ? "FAILED" : "RUNNING");
        assertEquals(List.of(state, "annulée : " + !WHOLE_RESPONSE, "client parti : true"), run.first("cancel").lines());
    }

    @Test
    @DisplayName("une CompletableFuture ordinaire annulée : le travail continue, sans interruption")
    void cancelWork() {
        assertEquals(List.of("annulée : true ; état : CANCELLED", "le travail : allé à son terme"),
                run.first("cancel-work").lines());
    }

    @Test
    @DisplayName("les nouvelles arrivent sous leur cellule, après sa fin, dans l'ordre, jusqu'à la fermeture")
    void news() {
        var lines = run.first("news").lateLines().stream().map(line -> line.replaceFirst("^\\d+s \\+ \\d+ms ", "")).toList();
        assertTrue(lines.size() >= 4, lines::toString);
        assertEquals("fin de l'abonnement", lines.getLast());
        var all = run.first("news").lines("data: ");
        for (int i = 0; i < all.size(); i++) assertTrue(all.get(i).endsWith("data: nouvelle " + (i + 1)), all::toString);
    }

    @Test
    @DisplayName("JSON : la commande devient une addition")
    void json() {
        assertEquals("Bill[what=café, euros=6]", run.first("json").result());
    }

    @Test
    @DisplayName("le gros corps est lu en entier, et la barre va au bout")
    void download() {
        assertEquals(List.of("2621440 octets lus sur 2621440"), run.first("download").lines());
        assertTrue(run.first("download").text().contains("40 / 40"), () -> run.first("download").text());
    }

    @Test
    @DisplayName("à la fin, rien ne reste ouvert ; et non plus après les exercices, qui rouvrent le client")
    void nothingLeft() {
        for (var closing : run.all("closing")) {
            assertTrue(closing.lines().size() >= 3, () -> closing.text());
            assertTrue(closing.lines().stream().allMatch(line -> line.endsWith(", 0 après")), () -> closing.text());
        }
        assertEquals(2, run.all("closing").size());
        assertTrue(run.first("closing").lines().stream().noneMatch(line -> line.contains(" 0 avant")), () -> run.first("closing").text());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** Le titre du n-ième dessin de cette cellule. */
    private static String title(String cell, int number) {
        var titles = Pattern.compile("font-weight=\"bold\">([^<]*)<").matcher(run.first(cell).svg()).results().map(match -> match.group(1))
                .toList();
        return titles.get(number);
    }

    /** Combien de barres rouges. */
    private static int refusals(String cell) {
        return bars(run.first(cell).svg(), "#c22f2f");
    }

    /** Le rapport que la cellule affiche, à la française. */
    private static double ratio(String cell) {
        var matcher = Pattern.compile("(\\d+),(\\d) fois plus vite").matcher(run.first(cell).text());
        assertTrue(matcher.find(), () -> run.first(cell).text());
        return Double.parseDouble(matcher.group(1) + "." + matcher.group(2));
    }

    /** Les codes de réponse et leurs nombres : {@code {200=10, 503=30}}. */
    private static List<int[]> counts(String cell, int line) {
        return Pattern.compile("(\\d+)=(\\d+)").matcher(run.first(cell).lines().get(line)).results()
                .map(match -> new int[] {Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))}).toList();
    }
}
