package lessons.sharing;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Collections;
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

/** Ce que montre la leçon 6, et ce que ses exercices disent des réponses que donnent les élèves : la même chose à chaque essai. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 6, partager")
class SharingTest {

    /** Une réponse où la course ne tient qu'au hasard serait acceptée une fois sur trois. */
    private static final int TRIES = 3;

    /** Les threads de nos vérifications qui vivent encore. */
    private static final String LEFT = "ThreadDump.take().count(false, \"overlap\") + ThreadDump.take().count(false, \"trial\")";

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("06-partager");
        exercises = new Exercises(lesson);
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            visits(attempt);
            once(attempt);
            transfers(attempt);
        }
        run = exercises.addTo(new NotebookRun.Plan(lesson).runAll()).runAs("queue", LEFT).execute();
    }

    // ---------------------------------------------------------------- exercice 1

    private static void visits(int attempt) {
        var refused = new Refused(1, attempt);
        refused.add("telle quelle", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public void visit(Page page) { counts.put(page, count(page) + 1); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("une table concurrente, mais deux appels", visits("""
                private final Map<Page, Integer> counts = new ConcurrentHashMap<>();
                public void visit(Page page) { counts.put(page, count(page) + 1); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("une table synchronisée, mais deux appels", visits("""
                private final Map<Page, Integer> counts = Collections.synchronizedMap(new HashMap<>());
                public void visit(Page page) { counts.put(page, count(page) + 1); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("merge, dans une HashMap", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public void visit(Page page) { counts.merge(page, 1, Integer::sum); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""), "(HashMap.merge et HashMap.merge)",
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("des AtomicInteger, dans une HashMap", visits("""
                private final Map<Page, AtomicInteger> counts = new HashMap<>();
                public void visit(Page page) { counts.computeIfAbsent(page, _ -> new AtomicInteger()).incrementAndGet(); }
                public int count(Page page) { var count = counts.get(page); return count == null ? 0 : count.get(); }"""),
                "deux threads étaient en même temps dans une table");
        refused.add("un verrou par page, une seule HashMap", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                private final Map<Page, Object> locks = new ConcurrentHashMap<>();
                public void visit(Page page) {
                    synchronized (locks.computeIfAbsent(page, _ -> new Object())) { counts.merge(page, 1, Integer::sum); }
                }
                public synchronized int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "deux threads étaient en même temps dans une table");
        refused.add("un verrou neuf à chaque visite", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public void visit(Page page) { synchronized (new Object()) { counts.put(page, count(page) + 1); } }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("le verrou de la page, qui n'est pas le même objet", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public void visit(Page page) { synchronized (page) { counts.put(page, count(page) + 1); } }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("visit verrouillée, count non", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public synchronized void visit(Page page) { counts.put(page, count(page) + 1); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""), "HashMap.getOrDefault");
        refused.add("un verrou pour lire, puis pour écrire", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public void visit(Page page) {
                    int old = count(page);
                    synchronized (this) { counts.put(page, old + 1); }
                }
                public synchronized int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("putIfAbsent, puis replace sans regarder s'il a réussi", visits("""
                private final ConcurrentHashMap<Page, Integer> counts = new ConcurrentHashMap<>();
                public void visit(Page page) {
                    counts.putIfAbsent(page, 0);
                    int old = counts.get(page);
                    counts.replace(page, old, old + 1);
                }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("une table volatile", visits("""
                private volatile Map<Page, Integer> counts = Map.of();
                public void visit(Page page) {
                    var copy = new HashMap<>(counts);
                    copy.merge(page, 1, Integer::sum);
                    counts = copy;
                }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""),
                "Un autre est passé entre votre lecture et votre écriture");
        refused.add("une table par thread", visits("""
                private final ThreadLocal<Map<Page, Integer>> counts = ThreadLocal.withInitial(HashMap::new);
                public void visit(Page page) { counts.get().merge(page, 1, Integer::sum); }
                public int count(Page page) { return counts.get().getOrDefault(page, 0); }"""), "Chaque thread compte-t-il pour lui seul");
        refused.add("des cases ordinaires dans une table concurrente", visits("""
                private final Map<Page, int[]> counts = new ConcurrentHashMap<>();
                public void visit(Page page) { counts.computeIfAbsent(page, _ -> new int[1])[0]++; }
                public int count(Page page) { var count = counts.get(page); return count == null ? 0 : count[0]; }"""),
                "la case où vous comptez est ordinaire");
        refused.add("le verrou n'est jamais rendu", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                private final Semaphore one = new Semaphore(3);
                public void visit(Page page) throws Exception { one.acquire(); counts.put(page, counts.getOrDefault(page, 0) + 1); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""), "Un verrou n’est-il jamais rendu");
        refused.add("ne finit pas", visits("""
                private final Map<Page, Integer> counts = new ConcurrentHashMap<>();
                public void visit(Page page) { while (!counts.containsKey(page)) { } }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""), "n’a pas fini après deux secondes");
        refused.add("ne compte que les pages déjà connues", visits("""
                private final Map<Page, Integer> counts = new ConcurrentHashMap<>();
                public void visit(Page page) { counts.computeIfPresent(page, (_, old) -> old + 1); }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""), "un seul thread visite");
        exercises.accepted(1, "synchronized, des deux côtés (" + attempt + ")", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                public synchronized void visit(Page page) { counts.put(page, count(page) + 1); }
                public synchronized int count(Page page) { return counts.getOrDefault(page, 0); }""")).accepted(1, "LongAdder ("
                + attempt + ")", visits("""
                private final Map<Page, LongAdder> counts = new ConcurrentHashMap<>();
                public void visit(Page page) { counts.computeIfAbsent(page, _ -> new LongAdder()).increment(); }
                public int count(Page page) { return counts.getOrDefault(page, new LongAdder()).intValue(); }""")).accepted(1,
                        "un ReentrantLock (" + attempt + ")", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                private final ReentrantLock lock = new ReentrantLock();
                public void visit(Page page) {
                    lock.lock();
                    try { counts.merge(page, 1, Integer::sum); } finally { lock.unlock(); }
                }
                public int count(Page page) {
                    lock.lock();
                    try { return counts.getOrDefault(page, 0); } finally { lock.unlock(); }
                }"""))
                .accepted(1, "replace, recommencé jusqu'à réussir (" + attempt + ")", visits("""
                private final ConcurrentHashMap<Page, Integer> counts = new ConcurrentHashMap<>();
                public void visit(Page page) {
                    counts.putIfAbsent(page, 0);
                    for (int old = counts.get(page); !counts.replace(page, old, old + 1); ) old = counts.get(page);
                }
                public int count(Page page) { return counts.getOrDefault(page, 0); }"""))
                .accepted(1, "des cases ordinaires, chacune gardée par son verrou (" + attempt + ")", visits("""
                private final Map<Page, int[]> counts = new ConcurrentHashMap<>();
                private int[] cell(Page page) { return counts.computeIfAbsent(page, _ -> new int[1]); }
                public void visit(Page page) { var cell = cell(page); synchronized (cell) { cell[0]++; } }
                public int count(Page page) { var cell = cell(page); synchronized (cell) { return cell[0]; } }""")).accepted(1,
                        "des cases ordinaires, gardées par la table (" + attempt + ")", visits("""
                private final Map<Page, int[]> counts = new ConcurrentHashMap<>();
                public void visit(Page page) {
                    counts.compute(page, (_, old) -> new int[] {old == null ? 1 : old[0] + 1});
                }
                public int count(Page page) { return counts.getOrDefault(page, new int[1])[0]; }"""))
                .accepted(1, "un propriétaire unique ("
                        + attempt + ")", visits("""
                private final Map<Page, Integer> counts = new HashMap<>();
                private final ExecutorService owner = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
                public void visit(Page page) throws Exception { owner.submit(() -> counts.merge(page, 1, Integer::sum)).get(); }
                public int count(Page page) throws Exception { return owner.submit(() -> counts.getOrDefault(page, 0)).get(); }"""));
    }

    private static String visits(String body) {
        return "class PageVisits implements Visits {\n" + body.indent(4) + "}";
    }

    // ---------------------------------------------------------------- exercice 2

    private static void once(int attempt) {
        var refused = new Refused(2, attempt);
        refused.add("telle quelle", lazy("private Catalog catalog;", """
                if (catalog == null) catalog = maker.get();
                return catalog;"""), "le catalogue est fabriqué 3 fois");
        refused.add("volatile seulement", lazy("private volatile Catalog catalog;", """
                if (catalog == null) catalog = maker.get();
                return catalog;"""), "le catalogue est fabriqué 3 fois");
        refused.add("compareAndSet, après la fabrication", lazy("private final AtomicReference<Catalog> catalog = new AtomicReference<>();",
                """
                if (catalog.get() == null) catalog.compareAndSet(null, maker.get());
                return catalog.get();"""), "le catalogue est fabriqué 3 fois");
        refused.add("le verrou autour de la seule écriture", lazy("private Catalog catalog;", """
                if (catalog == null) {
                    var made = maker.get();
                    synchronized (this) { catalog = made; }
                }
                return catalog;"""), "le catalogue est fabriqué 3 fois");
        refused.add("le verrou pris après avoir regardé", lazy("private volatile Catalog catalog;", """
                if (catalog == null) {
                    synchronized (this) { catalog = maker.get(); }
                }
                return catalog;"""), "le catalogue est fabriqué 3 fois");
        refused.add("le verrou de la fabrique, qui change à chaque appel", lazy("private Catalog catalog;", """
                synchronized (maker) {
                    if (catalog == null) catalog = maker.get();
                    return catalog;
                }"""), "le catalogue est fabriqué 3 fois");
        refused.add("un drapeau levé avant la fabrication", lazy("private volatile boolean started; private volatile Catalog catalog;", """
                if (!started) {
                    started = true;
                    catalog = maker.get();
                }
                return catalog;"""), "reçoit null");
        refused.add("un drapeau atomique, sans attendre", lazy(
                "private final AtomicBoolean started = new AtomicBoolean(); private volatile Catalog catalog;", """
                        if (started.compareAndSet(false, true)) catalog = maker.get();
                        return catalog;"""), "reçoit null");
        refused.add("deux regards, sans volatile", lazy("private Catalog catalog;", """
                if (catalog == null) {
                    synchronized (this) {
                        if (catalog == null) catalog = maker.get();
                    }
                }
                return catalog;"""), "Quel mot manque devant ce champ");
        refused.add("deux regards sous un ReentrantLock, sans volatile", lazy(
                "private final ReentrantLock lock = new ReentrantLock(); private Catalog catalog;", """
                        if (catalog != null) return catalog;
                        lock.lock();
                        try {
                            if (catalog == null) catalog = maker.get();
                            return catalog;
                        } finally { lock.unlock(); }"""), "Quel mot manque devant ce champ");
        refused.add("un champ static", lazy("private static Catalog catalog;", """
                synchronized (Lazy.class) {
                    if (catalog == null) catalog = maker.get();
                    return catalog;
                }"""), "son champ est-il static");
        refused.add("un catalogue par thread", lazy("private final ThreadLocal<Catalog> catalog = new ThreadLocal<>();", """
                if (catalog.get() == null) catalog.set(maker.get());
                return catalog.get();"""), "le catalogue est fabriqué 3 fois");
        refused.add("rien n'est gardé", lazy("", "return maker.get();"), "l’un après l’autre, fabriquent 2 catalogues");
        refused.add("la panne est tue", lazy("private Catalog catalog;", """
                synchronized (this) {
                    try { if (catalog == null) catalog = maker.get(); }
                    catch (RuntimeException e) { IO.println(e.getMessage()); }
                    return catalog;
                }"""), "laissez sortir l’exception");
        refused.add("insiste jusqu'à ce que la fabrique marche", lazy("private Catalog catalog;", """
                synchronized (this) {
                    while (catalog == null) {
                        try { catalog = maker.get(); }
                        catch (RuntimeException e) { Thread.sleep(10); }
                    }
                    return catalog;
                }"""), "get n’a pas fini après deux secondes : laissez sortir");
        refused.add("la panne est gardée", lazy("private volatile FutureTask<Catalog> task;", """
                FutureTask<Catalog> mine;
                synchronized (this) {
                    if (task == null) task = new FutureTask<>(maker::get);
                    mine = task;
                }
                mine.run();
                return mine.get();"""), "une panne ne se garde pas");
        refused.add("le verrou n'est pas rendu après une panne", lazy(
                "private final Semaphore one = new Semaphore(1); private Catalog catalog;", """
                        one.acquire();
                        if (catalog == null) catalog = maker.get();
                        one.release();
                        return catalog;"""), "Qui rend le verrou quand la fabrication échoue");
        exercises.accepted(2, "deux regards, avec volatile (" + attempt + ")", lazy("private volatile Catalog catalog;", """
                if (catalog == null) {
                    synchronized (this) {
                        if (catalog == null) catalog = maker.get();
                    }
                }
                return catalog;""")).accepted(2, "un ReentrantLock (" + attempt + ")", lazy(
                "private final ReentrantLock lock = new ReentrantLock(); private Catalog catalog;", """
                        lock.lock();
                        try {
                            if (catalog == null) catalog = maker.get();
                            return catalog;
                        } finally { lock.unlock(); }""")).accepted(2, "computeIfAbsent (" + attempt + ")", lazy(
                        "private final Map<String, Catalog> catalogs = new ConcurrentHashMap<>();",
                        "return catalogs.computeIfAbsent(\"seul\", _ -> maker.get());"))
                .accepted(2, "un verrou du notebook ("
                        + attempt + ")", "Object shared = new Object();\n" + lazy("private Catalog catalog;", """
                synchronized (shared) {
                    if (catalog == null) catalog = maker.get();
                    return catalog;
                }"""));
    }

    private static String lazy(String fields, String body) {
        return "class Lazy implements Once {\n" + fields.indent(4) + "    public Catalog get(Supplier<Catalog> maker) throws Exception {\n"
                + body.indent(8) + "    }\n}";
    }

    // ---------------------------------------------------------------- exercice 3

    private static final String MOVE = """
            if (from.balance() < amount) return false;
            from.setBalance(from.balance() - amount);
            to.setBalance(to.balance() + amount);
            return true;
            """;

    private static void transfers(int attempt) {
        var refused = new Refused(3, attempt);
        refused.add("telle quelle", transfer(MOVE), "Regarder le solde et le changer doivent être un seul geste");
        refused.add("le verrou du seul compte qui donne", transfer("synchronized (from) {\n" + MOVE + "}"),
                "Qui protège le compte qui reçoit");
        refused.add("le verrou du seul compte qui reçoit", transfer("synchronized (to) {\n" + MOVE + "}"),
                "Qui protège le compte qui donne");
        refused.add("un verrou neuf à chaque virement", transfer("synchronized (new Object()) {\n" + MOVE + "}"),
                "doivent être un seul geste");
        refused.add("le solde regardé avant de prendre les verrous", ORDERED.replace("BODY", """
                if (from.balance() < amount) return false;
                synchronized (first) { synchronized (second) {
                    from.setBalance(from.balance() - amount);
                    to.setBalance(to.balance() + amount);
                    return true;
                } }"""), "doivent être un seul geste");
        refused.add("un verrou pour toute la banque", "Object bank = new Object();\n" + transfer("synchronized (bank) {\n" + MOVE + "}"),
                "un seul verrou garde toute la banque");
        refused.add("celui qui donne d'abord", transfer("synchronized (from) { synchronized (to) {\n" + MOVE + "} }"),
                "toujours dans le même ordre");
        refused.add("celui qui donne d'abord, avec lock()", transfer("""
                from.lock().lock();
                try {
                    to.lock().lock();
                    try {
                        MOVE
                    } finally { to.lock().unlock(); }
                } finally { from.lock().unlock(); }""".replace("MOVE", MOVE)), "toujours dans le même ordre");
        refused.add("le plus riche d'abord", ORDERED.replace("from.number() < to.number()", "from.balance() > to.balance()").replace("BODY",
                "synchronized (first) { synchronized (second) {\n" + MOVE + "} }"), "sans tenir son verrou");
        refused.add("un verrou après l'autre", transfer("""
                synchronized (from) {
                    if (from.balance() < amount) return false;
                    from.setBalance(from.balance() - amount);
                }
                synchronized (to) { to.setBalance(to.balance() + amount); }
                return true;"""), "verrait de l’argent manquer");
        refused.add("le refus garde les verrous", ORDERED.replace("BODY", """
                first.lock().lock();
                second.lock().lock();
                if (from.balance() < amount) return false;
                from.setBalance(from.balance() - amount);
                to.setBalance(to.balance() + amount);
                second.lock().unlock();
                first.lock().unlock();
                return true;"""), "après un virement refusé, un verrou reste pris");
        refused.add("sans finally", ORDERED.replace("BODY", """
                first.lock().lock();
                second.lock().lock();
                boolean enough = from.balance() >= amount;
                if (enough) from.setBalance(from.balance() - amount);
                if (enough) to.setBalance(to.balance() + amount);
                second.lock().unlock();
                first.lock().unlock();
                return enough;"""), "après une exception, un verrou reste pris");
        refused.add("renonce si un compte est occupé", ORDERED.replace("BODY", """
                if (!first.lock().tryLock()) return false;
                try {
                    if (!second.lock().tryLock()) return false;
                    try {
                        MOVE
                    } finally { second.lock().unlock(); }
                } finally { first.lock().unlock(); }""".replace("MOVE", MOVE)), "alors que l’argent est là");
        refused.add("d'autres verrous que ceux des comptes",
                "Map<Account, Object> own = new ConcurrentHashMap<>();\n" + ORDERED.replace("BODY", """
                synchronized (own.computeIfAbsent(first, _ -> new Object())) {
                    synchronized (own.computeIfAbsent(second, _ -> new Object())) {
                        MOVE
                    }
                }""".replace("MOVE", MOVE)), "sans tenir son verrou");
        refused.add("attend que l'argent vienne", transfer("""
                synchronized (from) { synchronized (to) {
                    while (from.balance() < amount) Thread.sleep(10);
                    from.setBalance(from.balance() - amount);
                    to.setBalance(to.balance() + amount);
                    return true;
                } }"""), "Attend-il un argent qui ne viendra pas");
        refused.add("accepte tout", transfer("""
                synchronized (from) { synchronized (to) {
                    from.setBalance(from.balance() - amount);
                    to.setBalance(to.balance() + amount);
                    return true;
                } }"""), "accepte d’en virer 31");
        refused.add("l'exception est tue", transfer("""
                try {
                    MOVE
                } catch (IllegalStateException e) { return false; }""".replace("MOVE", MOVE)), "la fait taire");
        exercises.accepted(3, "avec lock(), dans l'ordre (" + attempt + ")", ORDERED.replace("BODY", """
                first.lock().lock();
                try {
                    second.lock().lock();
                    try {
                        MOVE
                    } finally { second.lock().unlock(); }
                } finally { first.lock().unlock(); }""".replace("MOVE", MOVE)))
                .accepted(3, "le plus grand numéro d'abord (" + attempt + ")",
                        ORDERED.replace("<", ">").replace("BODY", "synchronized (first) { synchronized (second) {\n" + MOVE + "} }"))
                .accepted(3, "tryLock, et recommencer (" + attempt + ")", transfer("""
                        while (true) {
                            if (from.lock().tryLock()) {
                                try {
                                    if (to.lock().tryLock()) {
                                        try {
                                            MOVE
                                        } finally { to.lock().unlock(); }
                                    }
                                } finally { from.lock().unlock(); }
                            }
                            Thread.sleep(ThreadLocalRandom.current().nextInt(1, 5));
                        }""".replace("MOVE", MOVE)));
    }

    private static final String ORDERED = """
            boolean transfer(Account from, Account to, int amount) throws Exception {
                var first = from.number() < to.number() ? from : to;
                var second = first == from ? to : from;
                BODY
            }""";

    private static String transfer(String body) {
        return "boolean transfer(Account from, Account to, int amount) throws Exception {\n" + body.indent(4) + "}";
    }

    /** Les mauvaises réponses d'un exercice, à cet essai. */
    private record Refused(int exercise, int attempt) {
        void add(String name, String source, String... sentences) {
            exercises.refused(exercise, name + " (" + attempt + ")", source, sentences);
        }
    }

    // ---------------------------------------------------------------- ce que montrent les cellules

    @Test
    @DisplayName("aucune cellule en erreur, et rien ne tourne plus après le noyau")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("quatre threads de plateforme : des ajouts se perdent")
    void lostUpdates() {
        var counts = numbers("count", "^([\\d\\s]+) au lieu");
        assertEquals(3, counts.size());
        assertTrue(counts.stream().anyMatch(count -> count < 40_000_000), counts::toString);
    }

    @Test
    @DisplayName("au ralenti : dix ajouts n'en font qu'un")
    void slow() {
        assertEquals(List.of("n vaut 1"), run.first("slow").lines());
    }

    @Test
    @DisplayName("mille threads virtuels : dix ajouts chacun n'en perdent guère, cent mille en perdent")
    void luck() {
        var counts = numbers("luck", "^([\\d\\s]+) au lieu");
        assertEquals(6, counts.size());
        assertTrue(counts.subList(0, 3).stream().allMatch(count -> count <= 10_000 && count > 5_000), counts::toString);
        assertTrue(counts.subList(3, 6).stream().anyMatch(count -> count < 100_000_000), counts::toString);
    }

    @Test
    @DisplayName("une liste partagée perd des éléments")
    void list() {
        var sizes = numbers("list", "^(\\d+) éléments");
        assertEquals(3, sizes.size());
        assertTrue(sizes.stream().anyMatch(size -> size < 800_000), sizes::toString);
    }

    @Test
    @DisplayName("regarder puis ranger : cinq ouvertures ; putIfAbsent : cinq ; computeIfAbsent : une")
    void checkThenAct() {
        assertEquals(5, run.first("act").lines("ouvre accueil").size());
        var lines = run.first("compute").lines();
        assertEquals(5, lines.subList(0, lines.indexOf("--- computeIfAbsent")).stream().filter("ouvre accueil"::equals).count());
        assertEquals(List.of("--- computeIfAbsent", "ouvre accueil"), lines.subList(lines.indexOf("--- computeIfAbsent"), lines.size()));
    }

    @Test
    @DisplayName("confinement, atomiques, record remplacé d'un geste, file et propriétaire : toujours juste")
    void right() {
        assertEquals("100000000 au lieu de 100000000", run.first("confine").text());
        assertEquals("1000000 et 1000000, au lieu de 1000000", run.first("atomics").text());
        assertEquals("Stats[visits=2000, failures=1000]", run.first("record").text());
        assertEquals(List.of("accueil=500", "contact=500"),
                Pattern.compile("\\w+=\\d+").matcher(run.first("queue").text()).results().map(match -> match.group()).sorted().toList());
    }

    @Test
    @DisplayName("sous un verrou : rien n'est perdu, et les threads passent l'un après l'autre")
    void lock() {
        assertTrue(run.first("lock").svg().contains("Quatre threads, un verrou : n vaut 4"), () -> run.first("lock").text());
        assertTrue(run.first("lock").seconds() >= 0.8);
    }

    @Test
    @DisplayName("tryLock : un seul entre, deux renoncent")
    void giveUp() {
        assertEquals(List.of("j'entre", "je renonce", "je renonce"), run.first("try").lines().stream().sorted().toList());
    }

    @Test
    @DisplayName("deux cents threads virtuels dorment ensemble sous leur verrou : les porteurs sont libres")
    void notPinned() {
        var matcher = Pattern.compile("(\\d+) processeurs, (\\d+),(\\d) s").matcher(run.first("pin").text());
        assertTrue(matcher.matches(), () -> run.first("pin").text());
        var pinned = 200 / Integer.parseInt(matcher.group(1));      // secondes, si chacun gardait son porteur
        assertTrue(Integer.parseInt(matcher.group(2)) <= Math.max(2, pinned / 2), matcher.group());
    }

    @Test
    @DisplayName("visibilité : la boucle ne voit pas le champ ordinaire, et voit le champ volatile")
    void visibility() {
        assertEquals(List.of("il tourne encore", "il s'arrête", "il s'arrête"),
                run.first("visible").lines().stream().map(line -> line.replaceFirst(".* : ", "")).toList());
    }

    @Test
    @DisplayName("l'interblocage : trouvé entre threads de plateforme, pas entre threads virtuels ; on le dénoue, et rien ne reste")
    void deadlock() {
        var lines = run.first("found").lines();
        var blocked = lines.stream().filter(line -> line.startsWith("bloqués : ")).toList();
        assertEquals(2, blocked.size(), lines::toString);
        assertTrue(blocked.getFirst().matches("bloqués : \\[\\d+, \\d+]"), blocked.getFirst());
        assertEquals("bloqués : null", blocked.getLast());
        assertEquals(2, Collections.frequency(lines, "  ← ReentrantLock.lockInterruptibly"), lines::toString);
        assertEquals(2, Collections.frequency(lines, "  ← both"), lines::toString);
        assertEquals("encore là : 0", lines.getLast());
    }

    @Test
    @DisplayName("après toutes les mauvaises réponses, aucun thread des vérifications ne reste")
    void nothingLeft() {
        assertEquals("0", run.last("queue").result());
    }

    @Test
    @DisplayName("même sur une machine très occupée, aucune vérification ne dure plus de quarante secondes")
    void quickVerdicts() {
        for (var check : List.of("check-1", "check-2", "check-3"))
            for (var execution : run.all(check))
                assertTrue(execution.seconds() < 40, () -> check + " : " + execution.seconds() + " s, " + execution.text());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** Les nombres des lignes de cette cellule, sans leurs espaces. */
    private static List<Long> numbers(String cell, String pattern) {
        var lines = Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
        return run.first(cell).lines().stream().map(lines::matcher).filter(matcher -> matcher.find())
                .map(matcher -> Long.parseLong(matcher.group(1).replaceAll("\\D", ""))).toList();
    }
}
