package lessons.project;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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

/** Ce que montre la leçon 12, ce que ses étapes disent des réponses que donnent les élèves, et le programme entier. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 12, le projet")
class ProjectTest {

    private static final int STAGES = 7;

    private static Lesson lesson;
    private static Exercises exercises;
    private static NotebookRun run;
    private static NotebookRun whole;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        lesson = Lesson.of("12-projet");
        exercises = new Exercises(lesson);
        stage1();
        stage2();
        stage3();
        stage4();
        stage5();
        stage6();
        stage7();
        run = exercises.addTo(new NotebookRun.Plan(lesson).runUntil("exercise-7")).run("closing").execute();
        whole = solved(new NotebookRun.Plan(lesson).runUntil("fetch")).run("whole", "quiz-1", "closing").execute();
    }

    /** Chaque étape avec sa solution repliée, suivie des dernières lignes de la cellule à trou : ce que fait l'élève. */
    private static NotebookRun.Plan solved(NotebookRun.Plan plan) {
        for (int stage = 1; stage <= STAGES; stage++) {
            var hole = lesson.cell("exercise-" + stage).source();
            var rest = hole.substring(hole.indexOf("\n}") + 2).replaceFirst("^ *//[^\n]*", "");
            plan.runAs("exercise-" + stage, lesson.solution(stage) + rest);
        }
        return plan;
    }

    // ---------------------------------------------------------------- étape 1

    private static String oneByOne(String body) {
        return "Map<Link, Integer> oneByOne(Link start, Fetch fetch) throws Exception {\n" + body + "\n}";
    }

    private static void stage1() {
        exercises
                .refused(1, "seulement la première page", oneByOne("return Map.of(start, fetch.get(start).code());"), "Suivez les liens")
                .refused(1, "sans noter ce qui est vu", oneByOne("""
                        var codes = new HashMap<Link, Integer>();
                        var waiting = new ArrayDeque<>(List.of(start));
                        while (!waiting.isEmpty()) {
                            var page = fetch.get(waiting.poll());
                            codes.put(page.link(), page.code());
                            waiting.addAll(page.links());
                        }
                        return codes;"""), "tournent en rond")
                .refused(1, "un lien écrit deux fois est suivi deux fois", oneByOne("""
                        var codes = new HashMap<Link, Integer>();
                        var waiting = new ArrayDeque<>(List.of(start));
                        while (!waiting.isEmpty()) {
                            var page = fetch.get(waiting.poll());
                            codes.put(page.link(), page.code());
                            for (var link : page.links()) if (!codes.containsKey(link)) waiting.add(link);
                        }
                        return codes;"""), "2 demandes de la page")
                .refused(1, "sans les liens morts", oneByOne("""
                        var codes = new HashMap<Link, Integer>();
                        var seen = new HashSet<>(List.of(start));
                        var waiting = new ArrayDeque<>(List.of(start));
                        while (!waiting.isEmpty()) {
                            var page = fetch.get(waiting.poll());
                            if (page.code() == 200) codes.put(page.link(), 200);
                            for (var link : page.links()) if (seen.add(link)) waiting.add(link);
                        }
                        return codes;"""), "Un lien mort est un résultat")
                .refused(1, "un seul niveau de liens", oneByOne("""
                        var codes = new HashMap<Link, Integer>();
                        var home = fetch.get(start);
                        codes.put(start, home.code());
                        for (var link : new HashSet<>(home.links())) if (!link.equals(start)) codes.put(link, fetch.get(link).code());
                        return codes;"""), "Suivez les liens de chaque page")
                .accepted(1, "par récursion", """
                        void visit(Link here, Fetch fetch, Map<Link, Integer> codes) throws Exception {
                            if (codes.containsKey(here)) return;
                            var page = fetch.get(here);
                            codes.put(here, page.code());
                            for (var link : page.links()) visit(link, fetch, codes);
                        }
                        Map<Link, Integer> oneByOne(Link start, Fetch fetch) throws Exception {
                            var codes = new TreeMap<Link, Integer>();
                            visit(start, fetch, codes);
                            return codes;
                        }""")
                .accepted(1, "niveau par niveau", oneByOne("""
                        var codes = new HashMap<Link, Integer>();
                        Set<Link> wave = Set.of(start);
                        while (!wave.isEmpty()) {
                            var next = new HashSet<Link>();
                            for (var here : wave) {
                                var page = fetch.get(here);
                                codes.put(here, page.code());
                                next.addAll(page.links());
                            }
                            next.removeAll(codes.keySet());
                            wave = next;
                        }
                        return codes;"""));
    }

    // ---------------------------------------------------------------- étape 2

    private static String crawl(String body) {
        return "Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {\n" + body + "\n}";
    }

    /** Une tâche par lien, lancée par celle qui l'a trouvé ; un Phaser compte celles qui restent. */
    private static String recursive(String seen, String codes, String check, String visit) {
        return """
                void visit(Link here, Fetch fetch, Throttle throttle, Set<Link> seen, Map<Link, Integer> codes, Phaser left) {
                    left.register();
                    Thread.startVirtualThread(() -> {
                        try {
                %s
                        } catch (Exception e) { throw new IllegalStateException(e); }
                        finally { left.arriveAndDeregister(); }
                    });
                }
                Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {
                    Set<Link> seen = %s;
                    Map<Link, Integer> codes = %s;
                    var left = new Phaser(1);
                    seen.add(start);
                    visit(start, fetch, new Throttle(places), seen, codes, left);
                    left.awaitAdvanceInterruptibly(left.arrive());
                    return codes;
                }""".formatted(visit.formatted(check), seen, codes);
    }

    private static final String VISIT = """
            Page page;
            try (var place = throttle.enter()) { page = fetch.get(here); }
            codes.put(here, page.code());
            for (var link : page.links()) %s""";
    private static final String SAFE_SET = "ConcurrentHashMap.newKeySet()";
    private static final String SAFE_MAP = "new ConcurrentHashMap<>()";
    private static final String ADD = "if (seen.add(link)) visit(link, fetch, throttle, seen, codes, left);";

    private static void stage2() {
        exercises
                .accepted(1, "la solution, pour les étapes suivantes", lesson.solution(1))
                .refused(2, "l'une après l'autre", crawl("return oneByOne(start, fetch);"), "jamais vu deux demandes à la fois")
                .refused(2, "une tâche à la fois : chaque réponse est attendue", crawl("""
                        var codes = new HashMap<Link, Integer>();
                        var waiting = new ArrayDeque<>(List.of(start));
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            while (!waiting.isEmpty()) {
                                var here = waiting.poll();
                                if (codes.containsKey(here)) continue;
                                var page = threads.submit(() -> fetch.get(here)).get();
                                codes.put(here, page.code());
                                waiting.addAll(page.links());
                            }
                        }
                        return codes;"""), "jamais vu deux demandes à la fois")
                .refused(2, "sans limite", crawl("""
                        var codes = new HashMap<Link, Integer>();
                        var seen = new HashSet<>(List.of(start));
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var answers = new ExecutorCompletionService<Page>(threads);
                            answers.submit(() -> fetch.get(start));
                            for (int pending = 1; pending > 0; pending--) {
                                var page = answers.take().get();
                                codes.put(page.link(), page.code());
                                for (var link : page.links())
                                    if (seen.add(link)) { answers.submit(() -> fetch.get(link)); pending++; }
                            }
                        }
                        return codes;"""), "demandes à la fois, au lieu de 4 au plus")
                .refused(2, "un régulateur par demande", recursive(SAFE_SET, SAFE_MAP, ADD, VISIT.replace("throttle.enter()",
                        "new Throttle(4).enter()")), "demandes à la fois, au lieu de 4 au plus")
                .refused(2, "notée comme vue une fois reçue", crawl("""
                        var codes = new ConcurrentHashMap<Link, Integer>();
                        Set<Link> wave = Set.of(start);
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            for (List<Link> links = List.of(start); !links.isEmpty();) {
                                var jobs = links.stream().map(here -> (Callable<Page>) () -> fetch.get(here)).toList();
                                var next = new ArrayList<Link>();
                                for (var answer : threads.invokeAll(jobs)) {
                                    codes.put(answer.get().link(), answer.get().code());
                                    for (var link : answer.get().links()) if (!codes.containsKey(link)) next.add(link);
                                }
                                links = next;
                            }
                        }
                        return codes;"""), "demandes de la page")
                .refused(2, "contains, puis add", recursive(SAFE_SET, SAFE_MAP,
                        "if (!seen.contains(link)) { seen.add(link); visit(link, fetch, throttle, seen, codes, left); }", VISIT),
                        "trouvent les mêmes liens au même instant")
                .refused(2, "contains, puis add, sur un ensemble synchronisé",
                        recursive("Collections.synchronizedSet(new HashSet<>())", SAFE_MAP,
                                "if (!seen.contains(link)) { seen.add(link); visit(link, fetch, throttle, seen, codes, left); }", VISIT),
                        "trouvent les mêmes liens au même instant")
                .refused(2, "un HashSet partagé", recursive("new HashSet<>()", SAFE_MAP, ADD, VISIT),
                        "trouvent les mêmes liens au même instant")
                .refused(2, "le résultat dans une HashMap partagée", recursive(SAFE_SET, "new HashMap<>()", ADD, VISIT),
                        "trouvent les mêmes liens au même instant")
                .refused(2, "la place gardée pendant l'attente des autres", """
                        Void visit(Link here, Fetch fetch, Throttle places, ExecutorService threads, Map<Link, Integer> codes)
                                throws Exception {
                            try (var place = places.enter()) {
                                var page = fetch.get(here);
                                codes.put(here, page.code());
                                var others = new ArrayList<Future<Void>>();
                                for (var link : page.links())
                                    if (codes.putIfAbsent(link, -1) == null)
                                        others.add(threads.submit(() -> visit(link, fetch, places, threads, codes)));
                                for (var other : others) other.get();
                                return null;
                            }
                        }
                        Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {
                            var codes = new ConcurrentHashMap<>(Map.of(start, -1));
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                visit(start, fetch, new Throttle(places), threads, codes);
                            }
                            return codes;
                        }""", "garde-t-elle sa place pendant qu’elle en attend d’autres")
                .refused(2, "l'exécuteur est fermé quand les tâches en lancent d'autres", """
                        void visit(Link here, Fetch fetch, ExecutorService threads, Set<Link> seen, Map<Link, Integer> codes) {
                            threads.submit(() -> {
                                var page = fetch.get(here);
                                codes.put(here, page.code());
                                for (var link : page.links()) if (seen.add(link)) visit(link, fetch, threads, seen, codes);
                                return null;
                            });
                        }
                        Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {
                            var codes = new ConcurrentHashMap<Link, Integer>();
                            var seen = ConcurrentHashMap.<Link>newKeySet();
                            seen.add(start);
                            try (var threads = Executors.newFixedThreadPool(places)) { visit(start, fetch, threads, seen, codes); }
                            return codes;
                        }""", "refuse les tâches que d’autres tâches lui confient")
                .refused(2, "sans attendre la fin", """
                        void visit(Link here, Fetch fetch, Throttle throttle, Set<Link> seen, Map<Link, Integer> codes) {
                            Thread.startVirtualThread(() -> {
                                try {
                                    Page page;
                                    try (var place = throttle.enter()) { page = fetch.get(here); }
                                    codes.put(here, page.code());
                                    for (var link : page.links()) if (seen.add(link)) visit(link, fetch, throttle, seen, codes);
                                } catch (Exception e) { }
                            });
                        }
                        Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {
                            var codes = new ConcurrentHashMap<Link, Integer>();
                            visit(start, fetch, new Throttle(places), ConcurrentHashMap.newKeySet(), codes);
                            Thread.sleep(80);
                            return codes;
                        }""", "attendez", "le résultat est vide")
                .refused(2, "l'échec d'une demande se perd", recursive(SAFE_SET, SAFE_MAP, ADD, VISIT), "personne ne l’a su")
                .refused(2, "l'échec d'une demande fait attendre toujours", crawl("""
                        var codes = new HashMap<Link, Integer>();
                        var seen = new HashSet<>(List.of(start));
                        var throttle = new Throttle(places);
                        var pages = new LinkedBlockingQueue<Page>();
                        var waiting = new ArrayDeque<>(List.of(start));
                        for (int pending = 0; pending > 0 || !waiting.isEmpty(); pending--) {
                            for (; !waiting.isEmpty(); pending++) {
                                var here = waiting.poll();
                                Thread.startVirtualThread(() -> {
                                    try (var place = throttle.enter()) { pages.add(fetch.get(here)); } catch (Exception e) { }
                                });
                            }
                            var page = pages.take();
                            codes.put(page.link(), page.code());
                            for (var link : page.links()) if (seen.add(link)) waiting.add(link);
                        }
                        return codes;"""), "attend pour toujours une réponse")
                .accepted(2, "vague par vague", crawl("""
                        var codes = new HashMap<Link, Integer>();
                        var seen = new HashSet<>(List.of(start));
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            for (List<Link> wave = List.of(start); !wave.isEmpty();) {
                                var jobs = wave.stream().map(here -> (Callable<Page>) () -> fetch.get(here)).toList();
                                var next = new ArrayList<Link>();
                                for (var answer : threads.invokeAll(jobs)) {
                                    codes.put(answer.get().link(), answer.get().code());
                                    for (var link : answer.get().links()) if (seen.add(link)) next.add(link);
                                }
                                wave = next;
                            }
                        }
                        return codes;"""))
                .accepted(2, "un ensemble partagé, et une tâche qui attend les siennes sans place", """
                        Void visit(Link here, Fetch fetch, Semaphore places, ExecutorService threads, Map<Link, Integer> codes)
                                throws Exception {
                            Page page;
                            places.acquire();
                            try { page = fetch.get(here); } finally { places.release(); }
                            codes.put(here, page.code());
                            var others = new ArrayList<Future<Void>>();
                            for (var link : page.links())
                                if (codes.putIfAbsent(link, -1) == null)
                                    others.add(threads.submit(() -> visit(link, fetch, places, threads, codes)));
                            for (var other : others) other.get();
                            return null;
                        }
                        Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {
                            var codes = new ConcurrentHashMap<>(Map.of(start, -1));
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                visit(start, fetch, new Semaphore(places), threads, codes);
                            }
                            return codes;
                        }""")
                .accepted(2, "avec un verrou", """
                        Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception {
                            var codes = new HashMap<Link, Integer>();
                            var waiting = new ArrayDeque<>(List.of(start));
                            var seen = new HashSet<>(List.of(start));
                            int[] busy = {0};
                            var lock = new Object();
                            Callable<Void> worker = () -> {
                                while (true) {
                                    Link here;
                                    synchronized (lock) {
                                        while (waiting.isEmpty() && busy[0] > 0) lock.wait();
                                        if (waiting.isEmpty()) return null;
                                        here = waiting.poll();
                                        busy[0]++;
                                    }
                                    Page page = null;
                                    try { page = fetch.get(here); }
                                    finally {
                                        synchronized (lock) {
                                            if (page != null) {
                                                codes.put(here, page.code());
                                                for (var link : page.links()) if (seen.add(link)) waiting.add(link);
                                            }
                                            busy[0]--;
                                            lock.notifyAll();
                                        }
                                    }
                                }
                            };
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                for (var end : threads.invokeAll(Collections.nCopies(places, worker))) end.get();
                            }
                            return codes;
                        }""");
    }

    // ---------------------------------------------------------------- étape 3

    private static String within(String body) {
        return "Page within(Link here, Duration limit, Deadline whole) throws Exception {\n" + body + "\n}";
    }

    private static void stage3() {
        exercises
                .refused(3, "send sans limite", within("""
                        try { return Page.of(client().send(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString())); }
                        catch (IOException e) { return Page.none(here); }"""), "au-delà de la limite")
                .refused(3, "timeout, qui ne couvre que les en-têtes", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var request = HttpRequest.newBuilder(here.uri()).timeout(time).build();
                        try { return Page.of(client().send(request, BodyHandlers.ofString())); }
                        catch (IOException e) { return Page.none(here); }"""), "pas seulement les en-têtes")
                .refused(3, "get avec une durée, sans annuler", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(time.toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (TimeoutException | ExecutionException e) { return Page.none(here); }"""), "l’échange est resté ouvert")
                .refused(3, "orTimeout, sans annuler", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS).get()); }
                        catch (ExecutionException e) { return Page.none(here); }"""), "l’échange est resté ouvert")
                .refused(3, "orTimeout, puis annule la future qui a déjà échoué", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS).get()); }
                        catch (ExecutionException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "tant qu’elle n’a pas échoué")
                .refused(3, "oublie l'échéance commune", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (TimeoutException | ExecutionException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "votre méthode attend la plus lointaine")
                .refused(3, "ne regarde l'échéance qu'avant de partir", within("""
                        if (whole.left().isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (TimeoutException | ExecutionException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "votre méthode attend la plus lointaine")
                .refused(3, "demande quand même, l'échéance passée", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(time.toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (TimeoutException | ExecutionException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "envoie encore une demande")
                .refused(3, "lance TimeoutException", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(Collections.min(List.of(limit, whole.left())).toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (ExecutionException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "votre méthode lance TimeoutException")
                .refused(3, "laisse passer la coupure", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(Collections.min(List.of(limit, whole.left())).toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (TimeoutException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "la page /coupee fait lancer")
                .refused(3, "avale l'interruption", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(time.toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (Exception e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "laissez passer InterruptedException")
                .refused(3, "annule seulement quand le temps est passé", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try { return Page.of(answer.get(time.toMillis(), TimeUnit.MILLISECONDS)); }
                        catch (ExecutionException e) { return Page.none(here); }
                        catch (TimeoutException e) { answer.cancel(true); return Page.none(here); }"""), "laisse sa demande ouverte")
                .refused(3, "oublie les liens", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.discarding());
                        try { return new Page(here, answer.get(time.toMillis(), TimeUnit.MILLISECONDS).statusCode(), List.of()); }
                        catch (TimeoutException | ExecutionException e) { return Page.none(here); }
                        finally { answer.cancel(true); }"""), "a perdu ses liens")
                .accepted(3, "un thread virtuel que l'on interrompt", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var request = HttpRequest.newBuilder(here.uri()).build();
                            var answer = threads.submit(() -> client().send(request, BodyHandlers.ofString()));
                            try { return Page.of(answer.get(time.toMillis(), TimeUnit.MILLISECONDS)); }
                            catch (TimeoutException | ExecutionException e) { return Page.none(here); }
                            finally { answer.cancel(true); }
                        }"""))
                .accepted(3, "invokeAll et sa limite", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            Callable<Page> job = () -> fetch(here);
                            var answer = threads.invokeAll(List.of(job), time.toMillis(), TimeUnit.MILLISECONDS).getFirst();
                            return answer.state() == Future.State.SUCCESS ? answer.resultNow() : Page.none(here);
                        }"""))
                .accepted(3, "une copie attend, l'original est annulé", within("""
                        var time = Collections.min(List.of(limit, whole.left()));
                        if (time.isZero()) return Page.none(here);
                        var answer = client().sendAsync(HttpRequest.newBuilder(here.uri()).build(), BodyHandlers.ofString());
                        try {
                            return answer.copy().thenApply(Page::of).exceptionally(e -> Page.none(here))
                                    .completeOnTimeout(Page.none(here), time.toMillis(), TimeUnit.MILLISECONDS).get();
                        } finally { answer.cancel(true); }"""));
    }

    // ---------------------------------------------------------------- étape 4

    private static String patient(String condition, int attempts, String pause, String giveUp) {
        return """
                Page patient(Link here, Fetch fetch, Deadline whole) throws Exception {
                    for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                        var page = fetch.get(here);
                        if (!(%s) || attempt == %d) return page;
                        %s
                        %s
                    }
                }""".formatted(condition, attempts, giveUp, pause);
    }

    private static void stage4() {
        var passing = "page.code() == 503 || page.code() == 0";
        var giveUp = "if (whole.left().toMillis() <= pause) return page;";
        exercises
                .refused(4, "un seul essai", patient(passing, 1, "", ""), "la demande n’a pas été répétée")
                .refused(4, "réessaie aussi le 404", patient("page.code() != 200", 4, "Thread.sleep(pause);", giveUp),
                        "un 404 ne se réessaie pas")
                .refused(4, "seulement le 503", patient("page.code() == 503", 4, "Thread.sleep(pause);", giveUp), "peut guérir, elle aussi")
                .refused(4, "seulement les coupures", patient("page.code() == 0", 4, "Thread.sleep(pause);", giveUp), "après un 503")
                .refused(4, "sans fin, sans pause", patient(passing, 1_000_000, "", ""), "il faut savoir renoncer")
                .refused(4, "trois essais", patient(passing, 3, "Thread.sleep(pause);", giveUp), "au lieu de 4")
                .refused(4, "sans pause", patient(passing, 4, "", giveUp), "la première pause est de 100 ms")
                .refused(4, "toujours la même pause", patient(passing, 4, "Thread.sleep(100);", giveUp), "les pauses ne doublent pas")
                .refused(4, "oublie l'échéance", patient(passing, 4, "Thread.sleep(pause);", ""), "a continué au-delà")
                .refused(4, "dort jusqu'à l'échéance", patient(passing, 4, "Thread.sleep(Math.min(pause, whole.left().toMillis()));", ""),
                        "a continué au-delà")
                .refused(4, "avale l'interruption",
                        patient(passing, 4, "try { Thread.sleep(pause); } catch (InterruptedException e) { }", giveUp),
                        "laissez passer InterruptedException")
                .accepted(4, "avec du hasard, par récursion",
                        """
                        Page again(Link here, Fetch fetch, Deadline whole, int left, int pause) throws Exception {
                            var page = fetch.get(here);
                            if (left == 0 || page.code() != 503 && page.code() != 0) return page;
                            var wait = Duration.ofMillis(pause + ThreadLocalRandom.current().nextInt(20));
                            if (whole.left().compareTo(wait) < 0) return page;
                            Thread.sleep(wait);
                            return again(here, fetch, whole, left - 1, 2 * pause);
                        }
                        Page patient(Link here, Fetch fetch, Deadline whole) throws Exception {
                            return again(here, fetch, whole, 3, 100);
                        }""")
                .accepted(4, "une liste de pauses", """
                        Page patient(Link here, Fetch fetch, Deadline whole) throws Exception {
                            var page = fetch.get(here);
                            for (long pause : new long[] {100, 200, 400}) {
                                if (!Set.of(0, 503).contains(page.code()) || whole.left().toMillis() < pause) break;
                                TimeUnit.MILLISECONDS.sleep(pause);
                                page = fetch.get(here);
                            }
                            return page;
                        }""");
    }

    // ---------------------------------------------------------------- étape 5

    /** L'exploration de la solution, entre deux morceaux qui changent d'une réponse à l'autre. */
    private static String stoppable(String before, String after) {
        return """
                void stoppable(Link start, Fetch fetch, int places, Found found) throws Exception {
                    var seen = new HashSet<>(List.of(start));
                    %s
                        var answers = new ExecutorCompletionService<Page>(threads);
                        answers.submit(() -> fetch.get(start));
                        for (int pending = 1; pending > 0; pending--) {
                            var page = answers.take().get();
                            found.page(page);
                            for (var link : page.links())
                                if (seen.add(link)) { answers.submit(() -> fetch.get(link)); pending++; }
                        }
                    %s
                }""".formatted(before, after);
    }

    private static void stage5() {
        var pool = "var threads = Executors.newFixedThreadPool(places, Thread.ofVirtual().factory());";
        exercises
                .refused(5, "seulement la première page", """
                        void stoppable(Link start, Fetch fetch, int places, Found found) throws Exception {
                            found.page(fetch.get(start));
                        }""", "n’a pas reçu toutes les pages")
                .refused(5, "sans le lien mort", stoppable("try (" + pool.replace(";", "") + ") {", "}").replace("found.page(page);",
                        "if (page.code() == 200) found.page(page);"), "n’a pas reçu toutes les pages")
                .refused(5, "fermer l'exécuteur attend tout", stoppable("try (" + pool.replace(";", "") + ") {", "}"),
                        "le serveur a encore reçu")
                .refused(5, "shutdown au lieu de shutdownNow",
                        stoppable(pool + " try {", "} finally { threads.shutdown(); threads.close(); }"),
                        "le serveur a encore reçu")
                .refused(5, "sans fermer l'exécuteur", stoppable(pool, ""), "le serveur a encore reçu")
                .refused(5, "avale l'interruption, et continue", stoppable("try (" + pool.replace(";", "") + ") {", "}").replace(
                        "var page = answers.take().get();", """
                                Page page = null;
                                while (page == null) try { page = answers.take().get(); } catch (InterruptedException e) { }"""),
                        "le serveur a encore reçu")
                .refused(5, "s'arrête, et dit que tout va bien", stoppable(pool + " try {",
                        "} catch (InterruptedException e) { } finally { threads.shutdownNow(); threads.close(); }"),
                        "croit que tout est vérifié")
                .refused(5, "oublie les suivantes, laisse finir celles en cours", stoppable("""
                        var threads = new ThreadPoolExecutor(places, places, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                                Thread.ofVirtual().factory());
                        try {""", "} finally { threads.getQueue().clear(); threads.shutdown(); threads.close(); }"),
                        "sert encore 3 demandes")
                .refused(5, "cancel(false)", stoppable(pool + " var all = new ArrayList<Future<Page>>(); try {",
                        "} finally { for (var one : all) one.cancel(false); threads.shutdown(); threads.close(); }").replace(
                                "answers.submit(() -> fetch.get(link));", "all.add(answers.submit(() -> fetch.get(link)));"),
                        "sert encore 3 demandes")
                .refused(5, "annule seulement la première", stoppable(pool + " var all = new ArrayList<Future<Page>>(); try {",
                        "} finally { if (!all.isEmpty()) all.getFirst().cancel(true); threads.close(); }").replace(
                                "answers.submit(() -> fetch.get(link));", "all.add(answers.submit(() -> fetch.get(link)));"),
                        "le serveur a encore reçu")
                .refused(5, "en arrière-plan",
                        stoppable("try (" + pool.replace(";", "") + ") {", "}").replace("void stoppable(", "void explore(")
                                + """

                                void stoppable(Link start, Fetch fetch, int places, Found found) throws Exception {
                                    var task = new FutureTask<Void>(() -> { explore(start, fetch, places, found); return null; });
                                    Thread.startVirtualThread(task);
                                    task.get();
                                }""",
                        "le serveur a encore reçu")
                .refused(5, "une CompletableFuture annulée", """
                        void stoppable(Link start, Fetch fetch, int places, Found found) throws Exception {
                            var places2 = new Semaphore(places);
                            var seen = new HashSet<>(List.of(start));
                            List<Link> wave = List.of(start);
                            while (!wave.isEmpty()) {
                                var all = new ArrayList<CompletableFuture<Page>>();
                                for (var here : wave) all.add(CompletableFuture.supplyAsync(() -> {
                                    try {
                                        places2.acquire();
                                        try { return fetch.get(here); } finally { places2.release(); }
                                    } catch (Exception e) { throw new CompletionException(e); }
                                }, task -> Thread.startVirtualThread(task)));
                                var next = new ArrayList<Link>();
                                try {
                                    for (var one : all) {
                                        var page = one.get();
                                        found.page(page);
                                        for (var link : page.links()) if (seen.add(link)) next.add(link);
                                    }
                                } finally { for (var one : all) one.cancel(true); }
                                wave = next;
                            }
                        }""", "le serveur a encore reçu")
                .refused(5, "les tâches elles-mêmes avalent l'interruption", stoppable(pool + " try {",
                        "} finally { threads.shutdownNow(); threads.close(); }").replace("answers.submit(() -> fetch.get(link));", """
                                answers.submit(() -> {
                                    while (true) try { return fetch.get(link); } catch (InterruptedException e) { }
                                });"""), "le serveur a encore reçu")
                .refused(5, "plus de limite", stoppable(pool.replace("newFixedThreadPool(places, ", "newThreadPerTaskExecutor(") + " try {",
                        "} finally { threads.shutdownNow(); threads.close(); }"), "au lieu de 3 au plus")
                .accepted(5, "vague par vague : invokeAll annule ses tâches", """
                        void stoppable(Link start, Fetch fetch, int places, Found found) throws Exception {
                            var seen = new HashSet<>(List.of(start));
                            try (var threads = Executors.newFixedThreadPool(places)) {
                                for (List<Link> wave = List.of(start); !wave.isEmpty();) {
                                    var jobs = wave.stream().map(here -> (Callable<Page>) () -> fetch.get(here)).toList();
                                    var next = new ArrayList<Link>();
                                    for (var answer : threads.invokeAll(jobs)) {
                                        found.page(answer.get());
                                        for (var link : answer.get().links()) if (seen.add(link)) next.add(link);
                                    }
                                    wave = next;
                                }
                            }
                        }""")
                .accepted(5, "chaque future annulée", stoppable(pool + " var all = new ArrayList<Future<Page>>(); try (threads) { try {",
                        "} finally { for (var one : all) one.cancel(true); } }").replace(
                                "answers.submit(() -> fetch.get(link));", "all.add(answers.submit(() -> fetch.get(link)));"))
                .accepted(5, "shutdownNow dès l'exception, et le drapeau remis", stoppable(pool + " try (threads) { try {",
                        "} catch (InterruptedException e) { threads.shutdownNow(); Thread.currentThread().interrupt(); } }"));
    }

    // ---------------------------------------------------------------- étape 6

    private static String save(String body) {
        return "void save(DataSource base, Page page) throws SQLException {\n" + body + "\n}";
    }

    private static String insert(String conflict) {
        return save("""
                try (var connection = base.getConnection();
                     var order = connection.prepareStatement("insert into pages(adresse, code) values (?, ?) %s")) {
                    order.setString(1, page.link().uri().toString());
                    order.setInt(2, page.code());
                    order.executeUpdate();
                }""".formatted(conflict));
    }

    private static void stage6() {
        var update = "on conflict (adresse) do update set code = excluded.code";
        exercises
                .refused(6, "insert seul", insert(""), "PSQLException")
                .refused(6, "do nothing", insert("on conflict do nothing"), "le dernier code doit l’emporter")
                .refused(6, "select, puis insert ou update", save("""
                        try (var connection = base.getConnection(); var question = connection.prepareStatement(
                                "select 1 from pages where adresse = ?")) {
                            question.setString(1, page.link().uri().toString());
                            var text = question.executeQuery().next() ? "update pages set code = ? where adresse = ?"
                                    : "insert into pages(code, adresse) values (?, ?)";
                            try (var order = connection.prepareStatement(text)) {
                                order.setInt(1, page.code());
                                order.setString(2, page.link().uri().toString());
                                order.executeUpdate();
                            }
                        }"""), "un seul ordre doit faire les deux")
                .refused(6, "update, puis insert si rien n'a changé", save("""
                        try (var connection = base.getConnection()) {
                            for (var text : List.of("update pages set code = ? where adresse = ?",
                                    "insert into pages(code, adresse) values (?, ?)"))
                                try (var order = connection.prepareStatement(text)) {
                                    order.setInt(1, page.code());
                                    order.setString(2, page.link().uri().toString());
                                    if (order.executeUpdate() == 1) return;
                                }
                        }"""), "un seul ordre doit faire les deux")
                .refused(6, "delete, puis insert", save("""
                        try (var connection = base.getConnection();
                             var delete = connection.prepareStatement("delete from pages where adresse = ?");
                             var order = connection.prepareStatement("insert into pages(adresse, code) values (?, ?)")) {
                            delete.setString(1, page.link().uri().toString());
                            delete.executeUpdate();
                            order.setString(1, page.link().uri().toString());
                            order.setInt(2, page.code());
                            order.executeUpdate();
                        }"""), "un seul ordre doit faire les deux")
                .refused(6, "la connexion n'est pas rendue", insert(update).replace("try (var connection = base.getConnection();",
                        "var connection = base.getConnection();\ntry ("), "une connexion n’a pas été rendue")
                .refused(6, "rendue seulement si tout va bien", save("""
                        var connection = base.getConnection();
                        var order = connection.prepareStatement("insert into pages(adresse, code) values (?, ?) %s");
                        order.setString(1, page.link().uri().toString());
                        order.setInt(2, page.code());
                        order.executeUpdate();
                        order.close();
                        connection.close();""".formatted(update)), "quand la base refuse d’écrire, la connexion n’est pas rendue")
                .refused(6, "la valeur collée dans le texte", save("""
                        try (var connection = base.getConnection(); var order = connection.createStatement()) {
                            order.executeUpdate("insert into pages values ('" + page.link().uri() + "', " + page.code() + ") %s");
                        }""".formatted(update)), "PSQLException")
                .refused(6, "l'échec est avalé", save("""
                        try (var connection = base.getConnection();
                             var order = connection.prepareStatement("insert into pages(adresse, code) values (?, ?) %s")) {
                            order.setString(1, page.link().uri().toString());
                            order.setInt(2, page.code());
                            order.executeUpdate();
                        } catch (SQLException e) { IO.println(e.getMessage()); }""".formatted(update)), "personne ne l’a su")
                .refused(6, "la requête reste ouverte", save("""
                        try (var connection = base.getConnection()) {
                            var order = connection.prepareStatement("insert into pages(adresse, code) values (?, ?) %s");
                            order.setString(1, page.link().uri().toString());
                            order.setInt(2, page.code());
                            order.executeUpdate();
                        }""".formatted(update)), "une requête est restée ouverte")
                .accepted(6, "dans une transaction", save("""
                        try (var connection = base.getConnection()) {
                            connection.setAutoCommit(false);
                            try (var lock = connection.createStatement();
                                 var order = connection.prepareStatement(
                                     "insert into pages values (?, ?) on conflict (adresse) do update set code = ?")) {
                                order.setString(1, page.link().uri().toString());
                                order.setInt(2, page.code());
                                order.setInt(3, page.code());
                                order.executeUpdate();
                                connection.commit();
                            } finally { connection.setAutoCommit(true); }
                        }"""))
                .accepted(6, "un verrou, et deux ordres", """
                        final ReentrantLock writing = new ReentrantLock();
                        void save(DataSource base, Page page) throws SQLException {
                            writing.lock();
                            try (var connection = base.getConnection();
                                 var delete = connection.prepareStatement("delete from pages where adresse = ?");
                                 var order = connection.prepareStatement("insert into pages(adresse, code) values (?, ?)")) {
                                delete.setString(1, page.link().uri().toString());
                                delete.executeUpdate();
                                order.setString(1, page.link().uri().toString());
                                order.setInt(2, page.code());
                                order.executeUpdate();
                            } finally { writing.unlock(); }
                        }""");
    }

    // ---------------------------------------------------------------- étape 7

    private static String recheck(String body) {
        return "void recheck(List<Link> uris, Fetch fetch, int places, Found found) throws Exception {\n" + body + "\n}";
    }

    private static void stage7() {
        exercises
                .refused(7, "l'une après l'autre", recheck("for (var here : progress(uris)) found.page(fetch.get(here));"),
                        "jamais vu deux demandes à la fois")
                .refused(7, "dans l'ordre des adresses", recheck("""
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            var answers = uris.stream().map(here -> threads.submit(() -> fetch.get(here))).toList();
                            for (var answer : progress(answers)) found.page(answer.get());
                        }"""), "Prenez les réponses dans l’ordre où elles arrivent")
                .refused(7, "toutes, puis la barre", recheck("""
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            var jobs = uris.stream().map(here -> (Callable<Page>) () -> fetch.get(here)).toList();
                            for (var answer : progress(threads.invokeAll(jobs))) found.page(answer.get());
                        }"""), "la barre reste immobile, puis saute")
                .refused(7, "sans limite", recheck("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var answers = new ExecutorCompletionService<Page>(threads);
                            for (var here : uris) answers.submit(() -> fetch.get(here));
                            for (var turn : progress(uris.size())) found.page(answers.take().get());
                        }"""), "au lieu de 3 au plus")
                .refused(7, "chaque tâche montre sa page", recheck("""
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            for (var here : progress(uris)) threads.submit(() -> { found.page(fetch.get(here)); return null; });
                        }"""), "found est appelé par d’autres threads que le vôtre")
                .refused(7, "sans les pages mortes", recheck("""
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            var answers = new ExecutorCompletionService<Page>(threads);
                            for (var here : uris) answers.submit(() -> fetch.get(here));
                            for (var turn : progress(uris.size())) {
                                var page = answers.take().get();
                                if (page.code() == 200) found.page(page);
                            }
                        }"""), "Celle qui répond 404")
                .refused(7, "un tour de trop", recheck("""
                        try (var threads = Executors.newFixedThreadPool(places)) {
                            var answers = new ExecutorCompletionService<Page>(threads);
                            for (var here : uris) answers.submit(() -> fetch.get(here));
                            for (var turn : progress(uris.size() + 1)) found.page(answers.take().get());
                        }"""), "votre code n’a pas fini")
                .accepted(7, "une file", recheck("""
                        var pages = new LinkedBlockingQueue<Page>();
                        var throttle = new Throttle(places);
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var here : uris) threads.submit(() -> {
                                try (var place = throttle.enter()) { pages.add(fetch.get(here)); }
                                return null;
                            });
                            for (var turn : progress(uris.size())) found.page(pages.take());
                        }"""));
    }

    // ---------------------------------------------------------------- ce que l'on voit

    @Test
    @DisplayName("une page ordinaire a des liens, une page absente un 404, une page coupée aucun code")
    void fetch() {
        var lines = run.first("fetch").lines();
        assertTrue(lines.get(0).contains("code=200") && lines.get(0).contains("/absente"), lines::toString);
        assertTrue(lines.get(1).contains("code=404, links=[]"), lines::toString);
        assertTrue(lines.get(2).contains("code=0, links=[]"), lines::toString);
    }

    @Test
    @DisplayName("les cellules à trou s'exécutent, et leur dessin dit que rien n'a été demandé")
    void holes() {
        for (var stage : List.of(1, 2, 3, 5, 7))
            assertTrue(run.first("exercise-" + stage).svg().contains("Le serveur n’a reçu aucune demande"), "étape " + stage);
        assertEquals("[]", run.first("exercise-6").result());
        assertTrue(run.first("exercise-7").text().contains("4 / 4"), () -> run.first("exercise-7").text());
    }

    @Test
    @DisplayName("étape 1 : douze adresses, l'une après l'autre ; étape 2 : les mêmes, quatre à la fois")
    void stairsThenFour() {
        assertTrue(title("exercise-1").matches("12 demandes, 12 adresses, en [\\d,]+ s, au plus 1 à la fois"), title("exercise-1"));
        assertTrue(title("exercise-2").matches("12 demandes, 12 adresses, en [\\d,]+ s, au plus 4 à la fois"), title("exercise-2"));
    }

    @Test
    @DisplayName("étape 3 : la page ordinaire arrive, ni la muette ni celle sans fin ne retiennent le programme")
    void deadline() {
        assertEquals(List.of("/contact : 200", "/muette : 0", "/sans-fin : 0"), whole.first("exercise-3").lines());
    }

    @Test
    @DisplayName("étape 4 : trois demandes de la page fatiguée, quatre de la page coupée, une de la page absente")
    void retries() {
        assertEquals(List.of("/fatiguee : 200", "/coupee : 0", "/cours/4 : 404"), whole.first("exercise-4").lines());
        assertTrue(title("exercise-4").startsWith("8 demandes, 3 adresses"), title("exercise-4"));
    }

    @Test
    @DisplayName("étape 5 : arrêté au milieu, le programme n'a pas tout demandé")
    void stopped() {
        var requests = Integer.parseInt(title("exercise-5").split(" ")[0]);
        assertTrue(1 <= requests && requests <= 12, title("exercise-5"));
    }

    @Test
    @DisplayName("étape 6 : écrite deux fois, la page a une ligne et le dernier code")
    void oneRow() {
        assertTrue(whole.first("exercise-6").result().matches("(?s).*/essai.*404.*"), () -> whole.first("exercise-6").result());
        assertFalse(whole.first("exercise-6").result().contains("200"), () -> whole.first("exercise-6").result());
    }

    @Test
    @DisplayName("étape 7 : quatre pages montrées, et la barre va au bout")
    void bar() {
        assertEquals(4, whole.first("exercise-7").lines().size());
        assertTrue(whole.first("exercise-7").text().contains("4 / 4"), () -> whole.first("exercise-7").text());
    }

    @Test
    @DisplayName("le programme entier : dix-sept adresses, les codes annoncés, jamais plus de six demandes à la fois")
    void wholeProgram() {
        var rows = whole.first("whole").result();
        for (var row : List.of("/tout 200", "/muette 0", "/sans-fin 0", "/coupee 0", "/fatiguee 200", "/absente 404", "/cours/4 404",
                "/ 200",
                "/equipe/zoe 200"))
            assertTrue(Pattern.compile("\\d" + row.replace(" ", "\\W+(code=)?") + "\\b").matcher(rows).find(), row + " dans " + rows);
        assertEquals(17, Pattern.compile("http://").matcher(rows).results().count(), rows);
        assertTrue(title("whole").matches(".* 17 adresses, .* au plus [456] à la fois"), title("whole"));
        whole.assertClean();
    }

    @Test
    @DisplayName("à la fin, rien ne reste ouvert ; et non plus après tous les essais")
    void nothingLeft() {
        for (var closing : Stream.of(run, whole).map(one -> one.last("closing")).toList()) {
            assertEquals(4, closing.lines().size(), closing::text);
            assertTrue(closing.lines().stream().allMatch(line -> line.endsWith(", 0 après")), closing::text);
        }
    }

    @Test
    @DisplayName("chaque étape a ses cellules, dans l'ordre, et son énoncé commence une diapositive")
    void stages() {
        IntStream.rangeClosed(1, STAGES).forEach(stage -> assertTrue(
                lesson.cell("statement-" + stage).source().contains("## Étape " + stage), "étape " + stage));
    }

    @TestFactory
    @DisplayName("étapes")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** Le titre du dessin de cette cellule, dans le passage où chaque étape a sa solution. */
    private static String title(String cell) {
        var title = Pattern.compile("font-weight=\"bold\">([^<]*)<").matcher(whole.first(cell).svg());
        assertTrue(title.find(), () -> cell + " : " + whole.first(cell).text());
        return title.group(1);
    }
}
