//SOURCES ../Exercise.java ../Overlap.java ../Patience.java
package lessons.sharing;

import static lessons.Exercise.check;
import static lessons.Exercise.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import lessons.Exercise.Verdict;
import lessons.Overlap;
import lessons.Patience;

/**
 * Les vérifications de la leçon 6. Une réponse qui laisse passer deux threads à la fois est refusée à chaque essai, non une fois sur
 * dix : un point de rencontre ({@link Overlap}) les y met ensemble.
 */
public final class SharingExercises {

    /** L'exercice 3 : vire cette somme d'un compte à l'autre ; faux, sans rien changer, si le premier n'a pas assez. */
    @FunctionalInterface
    public interface Transfer {
        boolean transfer(Account from, Account to, int amount) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);      // un filet : chaque attente a sa limite, bien plus courte
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int THREADS = 3;

    private SharingExercises() {}

    /** Fait courir les threads ; s'ils ne finissent pas, dit ce qu'ils attendent. */
    private static void run(Overlap overlap, int threads, String stuck, Overlap.Task task) throws Exception {
        try {
            overlap.run(threads, SOON, task);
        } catch (TimeoutException e) {
            require(false, stuck);
        }
    }

    /** Ce que fait un seul thread. */
    private interface Step {
        void run() throws Exception;
    }

    /** Fait cela dans un thread à part ; s'il ne finit pas, dit pourquoi. */
    private static void runAlone(String stuck, Step step) throws Exception {
        run(new Overlap(1), 1, stuck, _ -> step.run());
    }

    /** Une réponse abandonnée tourne peut-être en rond : elle s'arrête au premier objet de la vérification qu'elle touche. */
    private static void stopIfAbandoned() {
        if (Thread.currentThread().isInterrupted()) throw new CancellationException("la vérification est finie");
    }

    // ---------------------------------------------------------------- exercice 1

    /** Compter des visites, page par page, sans en perdre. */
    public static Verdict visits(Supplier<? extends Visits> answer) throws InterruptedException {
        return check("aucune visite ne se perd, qu’elles visent la même page ou des pages neuves.", LIMIT, () -> {
            runAlone("un seul thread visite deux pages, et votre code n’a pas fini après deux secondes.", () -> alone(answer.get()));
            samePage(answer.get());
            newPages(answer.get());
            reader(answer.get());
            unguarded(answer);
            for (int round = 0; round < 6; round++) crowd(answer.get());
        });
    }

    private static Page page(String name) {
        return plainPage(name, name.hashCode());
    }

    /** Une page ordinaire, sans point de rencontre. */
    private static Page plainPage(String name, int hash) {
        return new Page(name, hash, new Page.Probe() {
            @Override
            public void hashing() {
                stopIfAbandoned();
            }

            @Override
            public void comparing() {}
        });
    }

    private static void alone(Visits visits) throws Exception {
        require(visits.count(page("absente")) == 0,
                "count rend " + visits.count(page("absente")) + " pour une page jamais visitée.");
        for (var name : List.of("accueil", "contact", "accueil")) visits.visit(page(name));
        var found = List.of(visits.count(page("accueil")), visits.count(page("contact")));
        require(found.equals(List.of(2, 1)), "un seul thread visite accueil, contact, puis accueil, et vous comptez %s pour accueil et %s "
                .formatted(found.getFirst(), found.getLast()) + "pour contact, au lieu de 2 et 1.");
    }

    private static void samePage(Visits visits) throws Exception {
        var probe = new MapProbe(THREADS);
        visits.visit(page("accueil"));
        probe.run(THREADS, stuckIn("visit"), _ -> visits.visit(probe.page("accueil", "accueil".hashCode())));
        int found = visits.count(page("accueil"));
        require(found != 1,
                "trois autres threads visitent la page, et count ne voit pas leurs visites. Chaque thread compte-t-il pour lui seul ?");
        require(found >= 1 + THREADS,
                ("une page déjà vue une fois reçoit trois visites au même moment, et count en trouve %d au lieu de 4. "
                        + "Un autre est passé entre votre lecture et votre écriture : tous deux ont lu le même nombre.").formatted(found));
        require(found == 1 + THREADS, "une page reçoit 4 visites, et count en trouve " + found + ".");
        probe.requireAlone();
    }

    /** Toutes tombent dans la même case de la table, déjà occupée : deux insertions ensemble s'écrasent. */
    private static void newPages(Visits visits) throws Exception {
        var probe = new MapProbe(THREADS);
        visits.visit(plainPage("occupante", 0));
        probe.run(THREADS, stuckIn("visit"), number -> visits.visit(probe.page("neuve " + number, 0)));
        probe.requireAlone();
        var found = new ArrayList<Integer>();
        for (int number = 0; number < THREADS; number++) found.add(visits.count(plainPage("neuve " + number, 0)));
        require(found.equals(Collections.nCopies(THREADS, 1)),
                "trois pages neuves reçoivent une visite chacune, au même moment ; vous comptez " + found + ".");
    }

    private static void reader(Visits visits) throws Exception {
        var probe = new MapProbe(2);
        visits.visit(page("accueil"));
        probe.run(2, stuckIn("count"), number -> {
            if (number == 0) visits.count(probe.page("accueil", "accueil".hashCode()));
            else visits.visit(probe.page("contact", "contact".hashCode()));
        });
        probe.requireAlone();
    }

    /** La table est sûre, mais ses cases sont des {@code int} ordinaires, que la réponse augmente sans tenir aucun verrou. */
    private static void unguarded(Supplier<? extends Visits> answer) throws Exception {
        var visits = answer.get();
        var page = page("accueil");
        visits.visit(page);
        var fields = Fields.of(visits);
        var cell = fields.plainCell(page);
        if (cell.isEmpty()) return;
        Fields.Occupant another = inside -> answer.get().visit(new Page("accueil", page.hashCode(), new Page.Probe() {
            @Override
            public void hashing() {
                inside.run();
            }

            @Override
            public void comparing() {}
        }));
        var guarded = new AtomicReference<>(false);
        Fields.Step steps = () -> {
            guarded.set(fields.locksAreTaken(visits, another, () -> {
                visits.visit(page);
                return null;
            }, cell.get().value()));
            return true;
        };
        whileBusy(cell.get().map(), page, steps);
        require(guarded.get(),
                "la table est sûre, mais la case où vous comptez est ordinaire, et rien ne la garde : un autre passe entre votre "
                        + "lecture et votre écriture. Quel nombre s’augmente d’un seul geste ?");
    }

    /** Fait cela pendant que la table, si elle admet plusieurs threads, garde elle-même cette page. */
    private static <K, V> void whileBusy(Map<K, V> map, Page page, Fields.Step steps) throws Exception {
        if (!(map instanceof ConcurrentMap<K, V> table)) {
            steps.run();
            return;
        }
        @SuppressWarnings("unchecked")                            // la case a été trouvée sous cette page
        var key = (K) page;
        var failure = new AtomicReference<Exception>();
        table.compute(key, (_, value) -> {
            try {
                steps.run();
            } catch (Exception e) {
                failure.set(e);
            }
            return value;
        });
        if (failure.get() != null) throw failure.get();
    }

    /** Sans point de rencontre : ce que deux verrous courts laissent passer entre eux arrive des milliers de fois. */
    private static void crowd(Visits visits) throws Exception {
        var made = new AtomicLong();
        var pages = List.of(page("accueil"), page("contact"));
        var end = System.nanoTime() + Patience.stretched(Duration.ofMillis(120)).toNanos();
        run(new Overlap(4), 4, stuckIn("visit"), _ -> {
            int mine = 0;
            for (; System.nanoTime() < end; mine += pages.size()) for (var page : pages) visits.visit(page);
            made.addAndGet(mine);
        });
        int found = 0;
        for (var page : pages) found += visits.count(page);
        require(found == made.get(),
                ("quatre threads ont fait %d visites, et count en trouve %d. Un autre est passé entre votre lecture et "
                        + "votre écriture. Deux gestes sûrs, l’un après l’autre, n’en font pas un.").formatted(made.get(), found));
    }

    private static String stuckIn(String method) {
        return "un thread attend encore dans " + method + " après deux secondes. Un verrou n’est-il jamais rendu ?";
    }

    /** Met les threads ensemble dans une table, et note ceux qui se trouvent à plusieurs dans une table qui n'est pas faite pour cela. */
    private static final class MapProbe implements Page.Probe {
        private static final StackWalker STACK = StackWalker.getInstance();

        private record Call(String map, String method) {
            boolean writes() {
                return !method.matches("get|getOrDefault|containsKey|.*[iI]terator|forEach");
            }

            @Override
            public String toString() {
                return map + "." + method;
            }
        }

        private final Overlap overlap;
        private final Map<Thread, Call> inside = new ConcurrentHashMap<>();
        private volatile String collision;

        MapProbe(int threads) {
            overlap = new Overlap(threads);
        }

        /** Une table où deux threads se trouvent ensemble peut aussi lancer une exception : la cause d'abord. */
        void run(int threads, String stuck, Overlap.Task task) throws Exception {
            SharingExercises.run(overlap, threads, stuck, number -> {
                try {
                    task.run(number);
                } catch (RuntimeException e) {
                    requireAlone();
                    throw e;
                }
            });
        }

        Page page(String name, int hash) {
            return new Page(name, hash, this);
        }

        @Override
        public void hashing() {
            touch();
        }

        @Override
        public void comparing() {
            touch();
        }

        private void touch() {
            stopIfAbandoned();
            var call = unsafeCall();
            if (call == null) {
                overlap.pass();
                return;
            }
            var me = Thread.currentThread();
            inside.put(me, call);
            inside.forEach((thread, other) -> {
                if (thread != me && (call.writes() || other.writes())) collision = other + " et " + call;
            });
            overlap.pass();
            inside.remove(me);
        }

        /** La table où se trouve ce thread, et la méthode qu'il y appelle ; null si elle admet plusieurs threads. */
        private static Call unsafeCall() {
            var frames = STACK.walk(stack -> stack.dropWhile(frame -> !frame.getClassName().startsWith("java.util."))
                    .takeWhile(frame -> frame.getClassName().startsWith("java.util.")).toList());
            var safe = frames.stream()
                    .anyMatch(frame -> frame.getClassName().matches("java.util.concurrent\\..*|.*Synchronized.*|.*Hashtable"));
            if (frames.isEmpty() || safe) return null;
            var entry = frames.getLast();
            return new Call(entry.getClassName().replaceFirst(".*\\.", ""), entry.getMethodName());
        }

        void requireAlone() {
            require(collision == null, "deux threads étaient en même temps dans une table qui n’en admet qu’un (" + collision
                    + "). Changez de table, ou gardez la vôtre tout entière, lectures comprises, derrière un seul verrou.");
        }
    }

    // ---------------------------------------------------------------- exercice 2

    /** Fabriquer une seule fois, quand on le demande, ce que tous recevront. */
    public static Verdict once(Supplier<? extends Once> answer) throws InterruptedException {
        return check("une seule fabrication, le même catalogue pour tous, et une panne ne condamne personne.", LIMIT, () -> {
            runAlone("un seul thread appelle get, et il attend encore après deux secondes.", () -> oneAfterTheOther(answer));
            makingTogether(answer.get());
            var once = answer.get();
            runAlone("la fabrication échoue, et get n’a pas fini après deux secondes : laissez sortir l’exception.", () -> failure(once));
            afterFailure(once);
            visible(answer);
        });
    }

    private static void oneAfterTheOther(Supplier<? extends Once> answer) throws Exception {
        var made = new AtomicInteger();
        var once = answer.get();
        var first = once.get(() -> new Catalog(made.incrementAndGet()));
        require(first != null, "get rend null : il n’a rien fabriqué.");
        var second = once.get(() -> new Catalog(made.incrementAndGet()));
        require(second == first && made.get() == 1,
                "deux appels de get, l’un après l’autre, fabriquent %d catalogues, et rendent %s puis %s.".formatted(made.get(), first,
                        second));
        require(answer.get().get(() -> new Catalog(0)) != first,
                "deux objets Lazy partagent le même catalogue : son champ est-il static ?");
    }

    /** La fabrique arrête qui s'y trouve jusqu'à ce que les autres y soient aussi, ou attendent. */
    private static void makingTogether(Once once) throws Exception {
        var overlap = new Overlap(THREADS);
        var made = new AtomicInteger();
        var results = Collections.synchronizedList(new ArrayList<Catalog>());
        run(overlap, THREADS, "trois threads appellent get, et ils attendent encore après deux secondes. Qui doit les réveiller ?",
                _ -> results.add(once.get(() -> {
                    overlap.pass();
                    return new Catalog(made.incrementAndGet());
                })));
        require(!results.contains(null),
                "pendant la fabrication, un autre thread appelle get et reçoit null : il doit attendre qu’elle finisse.");
        require(made.get() == 1, ("trois threads appellent get au même moment, et le catalogue est fabriqué %d fois. Entre « il n’existe "
                + "pas » et « je le fabrique », les autres passent.").formatted(made.get()));
        var different = Collections.newSetFromMap(new IdentityHashMap<Catalog, Boolean>());
        different.addAll(results);
        require(different.size() == 1, "le catalogue est fabriqué une fois, mais les threads ne reçoivent pas tous le même objet.");
    }

    private static void failure(Once once) {
        Catalog broken;
        try {
            broken = once.get(() -> { throw new IllegalStateException("panne"); });
        } catch (Exception expected) {
            return;
        }
        require(false, "la fabrication échoue, et get rend " + broken + " : laissez sortir l’exception.");
    }

    private static void afterFailure(Once once) throws Exception {
        var again = new FutureTask<>(() -> once.get(() -> new Catalog(1)));
        var thread = Thread.ofPlatform().daemon().name("trial").start(again);
        try {
            require(new Patience(SOON).get(again) != null,
                    "après une panne, get rend null : l’appel suivant doit essayer de nouveau.");
        } catch (TimeoutException e) {
            require(false, "après une panne, le thread suivant attend pour toujours. Qui rend le verrou quand la fabrication échoue ?");
        } catch (ExecutionException e) {
            require(false, "après une panne, l’appel suivant échoue aussi, alors que la fabrique est réparée : une panne ne se garde pas.");
        } finally {
            thread.interrupt();
        }
    }

    /**
     * Celui qui lit le résultat sans passer par le verrou doit le lire dans un champ volatile, final ou atomique. On occupe tous les
     * verrous que la réponse peut prendre : si get finit quand même, il n'en prend aucun.
     */
    private static void visible(Supplier<? extends Once> answer) throws Exception {
        var once = answer.get();
        var before = Fields.of(once);
        once.get(() -> new Catalog(1));
        var changed = Fields.of(once).changedSince(before);
        var plain = changed.stream().filter(field -> !field.isVolatile()).findFirst();
        if (plain.isEmpty() || changed.stream().anyMatch(Fields.Field::isVolatile) || before.hasAtomic()) return;
        Fields.Occupant another = inside -> answer.get().get(() -> {
            inside.run();
            return new Catalog(0);
        });
        require(before.locksAreTaken(once, another, () -> once.get(() -> new Catalog(0))), ("le champ %s est écrit par un thread et lu par "
                + "d’autres qui ne prennent aucun verrou : rien ne garantit qu’ils voient un catalogue fini. Quel mot manque devant ce "
                + "champ ?").formatted(plain.get().name()));
    }

    // ---------------------------------------------------------------- exercice 3

    /** Virer de l'argent sans en perdre, sans découvert et sans interblocage. */
    public static Verdict transfer(Transfer answer) throws InterruptedException {
        try (var bank = new Bank()) {
            return check("aucun euro ne se perd, aucun virement n’en bloque un autre pour toujours, et ceux qui n’ont rien en commun vont "
                    + "ensemble.", LIMIT, () -> {
                        runAlone("un virement seul n’a pas fini après deux secondes. Attend-il un argent qui ne viendra pas ?",
                                () -> oneTransfer(bank, answer));
                        overdraft(bank, answer);
                        sameAccount(bank, answer);
                        strangers(bank, answer);
                        rightLocks(bank, answer);
                        sameOrder(bank, answer);
                        crossing(bank, answer);
                    });
        }
    }

    /** Les comptes d'une vérification. À la fin, plus personne n'y attend. */
    private static final class Bank implements AutoCloseable {
        private final List<Account> accounts = Collections.synchronizedList(new ArrayList<>());

        Account open(int balance) {
            var account = new Account(accounts.size() + 1, balance).watchedBy(new Account.Probe() {
                @Override
                public void read(Account account) {
                    stopIfAbandoned();
                }

                @Override
                public void write(Account account) {}
            });
            accounts.add(account);
            return account;
        }

        Account open(int balance, Overlap overlap) {
            return open(balance).watchedBy(new Account.Probe() {
                @Override
                public void read(Account account) {
                    stopIfAbandoned();
                    overlap.pass();
                }

                @Override
                public void write(Account account) {
                    overlap.pass();
                }
            });
        }

        @Override
        public void close() {
            accounts.forEach(Account::abandon);
        }
    }

    private static final String BUSY =
            "un compte est occupé un instant par un autre virement, et le vôtre est refusé alors que l’argent est "
                    + "là. Attendez votre tour, ou essayez de nouveau.";
    private static final String WAITS = "un virement attend encore après deux secondes. Un verrou n’est-il jamais rendu ?";

    private static void oneTransfer(Bank bank, Transfer answer) throws Exception {
        var from = bank.open(100);
        var to = bank.open(20);
        require(answer.transfer(from, to, 70), "le premier compte a 100 €, et votre méthode refuse d’en virer 70.");
        require(from.amount() == 30 && to.amount() == 90,
                "après un virement de 70 €, les comptes de 100 et 20 € ont %d et %d €.".formatted(from.amount(), to.amount()));
        requireFree(from, to, "un virement réussi");
        require(!answer.transfer(from, to, 31), "le premier compte a 30 €, et votre méthode accepte d’en virer 31.");
        require(from.amount() == 30 && to.amount() == 90, "un virement refusé a changé les soldes.");
        requireFree(from, to, "un virement refusé");
        var closed = bank.open(50).closed();
        try {
            answer.transfer(closed, to, 10);
            require(false, "le compte est fermé, son solde lance une exception, et votre méthode la fait taire.");
        } catch (IllegalStateException expected) {
            requireFree(closed, to, "une exception");
        }
    }

    private static void requireFree(Account from, Account to, String what) {
        for (var account : List.of(from, to))
            require(!account.isLockedBy(Thread.currentThread()),
                    "après " + what + ", un verrou reste pris : le prochain virement attendra pour toujours. À quoi sert finally ?");
    }

    private static void overdraft(Bank bank, Transfer answer) throws Exception {
        var overlap = new Overlap(THREADS);
        var from = bank.open(100, overlap);
        var to = bank.open(0, overlap);
        var done = new AtomicInteger();
        run(overlap, THREADS, WAITS, _ -> {
            if (answer.transfer(from, to, 100)) done.incrementAndGet();
        });
        require(done.get() == 1, ("un compte de 100 € reçoit trois demandes de virer 100 € au même moment, et %d sont acceptées au lieu "
                + "d’une. Regarder le solde et le changer doivent être un seul geste.").formatted(done.get()));
        require(from.amount() == 0 && to.amount() == 100,
                "100 € sont virés une fois, et les comptes ont %d et %d €.".formatted(from.amount(), to.amount()));
    }

    private static void sameAccount(Bank bank, Transfer answer) throws Exception {
        var receiving = new Overlap(THREADS);
        var received = bank.open(0, receiving);
        var refused = new AtomicInteger();
        run(receiving, THREADS, WAITS, _ -> {
            if (!answer.transfer(bank.open(10), received, 10)) refused.incrementAndGet();
        });
        require(refused.get() == 0, BUSY);
        require(received.amount() == 10 * THREADS,
                ("trois comptes virent 10 € au même quatrième, qui n’en reçoit que %d : des dépôts se sont "
                        + "écrasés. Qui protège le compte qui reçoit ?").formatted(received.amount()));
        var giving = new Overlap(THREADS);
        var given = bank.open(100, giving);
        run(giving, THREADS, WAITS, _ -> answer.transfer(given, bank.open(0), 10));
        require(given.amount() == 100 - 10 * THREADS,
                ("un compte de 100 € vire 10 € à trois autres, et il lui en reste %d : des retraits se "
                        + "sont écrasés. Qui protège le compte qui donne ?").formatted(given.amount()));
    }

    /** Deux virements qui n'ont aucun compte en commun se trouvent au même point ensemble, si rien ne les sépare. */
    private static void strangers(Bank bank, Transfer answer) throws Exception {
        var overlap = new Overlap(2);
        run(overlap, 2, WAITS, _ -> answer.transfer(bank.open(10, overlap), bank.open(0, overlap), 10));
        require(overlap.most() == 2, "deux virements qui n’ont aucun compte en commun s’attendent : un seul verrou garde toute la banque. "
                + "Chaque compte a le sien.");
    }

    private static void rightLocks(Bank bank, Transfer answer) throws Exception {
        var from = bank.open(100);
        var to = bank.open(0);
        var watch = new LockWatch(from);
        answer.transfer(from.watchedBy(watch), to.watchedBy(watch), 10);
        require(watch.bare == null,
                "vous touchez au solde du " + watch.bare + " sans tenir son verrou : synchronized (compte), ou compte.lock(). "
                        + "D’autres parties de la banque s’en servent aussi.");
        require(!watch.apart,
                "entre le retrait et le dépôt, vous rendez le verrou du premier compte : qui regarderait alors les deux verrait "
                        + "de l’argent manquer. Tenez les deux verrous jusqu’au bout.");
    }

    /** Regarde, à chaque lecture et à chaque écriture d'un solde, quels verrous le thread tient. */
    private static final class LockWatch implements Account.Probe {
        private final Account from;
        private String bare;
        private boolean apart;

        LockWatch(Account from) {
            this.from = from;
        }

        @Override
        public void read(Account account) {
            if (!account.isLockedBy(Thread.currentThread())) bare = "compte " + account.number();
        }

        @Override
        public void write(Account account) {
            read(account);
            apart |= !from.isLockedBy(Thread.currentThread());
        }
    }

    /**
     * Le même compte d'abord, quel que soit le sens du virement et quel que soit le plus riche. On le découvre sans provoquer
     * d'interblocage : la vérification tient un compte, et regarde lequel le virement tient déjà quand il l'attend.
     */
    private static void sameOrder(Bank bank, Transfer answer) throws Exception {
        var a = bank.open(0);
        var b = bank.open(0);
        var first = new HashSet<Account>();
        for (int richer = 0; richer < 2; richer++) {
            a.setBalance(richer == 0 ? 500 : 200);
            b.setBalance(richer == 0 ? 200 : 500);
            for (var busy : List.of(a, b)) {
                first.addAll(heldWhileAwaiting(busy, a, b, answer));
                first.addAll(heldWhileAwaiting(busy, b, a, answer));
            }
        }
        require(first.size() < 2, ("le compte %d est parfois pris avant le compte %d, et parfois après : deux virements croisés peuvent "
                + "tenir chacun un verrou et attendre l’autre pour toujours. Prenez-les toujours dans le même ordre, quel que soit le "
                + "sens du virement.").formatted(a.number(), b.number()));
    }

    /** Le compte que ce virement tient quand il attend sans limite un compte occupé ; rien, s'il n'attend pas ainsi. */
    private static List<Account> heldWhileAwaiting(Account busy, Account from, Account to, Transfer answer) throws Exception {
        var other = busy == from ? to : from;
        var task = new FutureTask<>(() -> answer.transfer(from, to, 1));
        var thread = Thread.ofPlatform().daemon().name("trial").unstarted(task);
        var held = new ArrayList<Account>();
        busy.lock().lock();
        try {
            synchronized (busy) {
                thread.start();
                await(() -> task.isDone() || busy.isAwaitedBy(thread) || busy.isTriedBy(thread));
                if (busy.isAwaitedBy(thread) && other.isLockedBy(thread)) held.add(other);
            }
        } finally {
            busy.lock().unlock();
        }
        try {
            require(new Patience(SOON).get(task), BUSY);
        } catch (TimeoutException e) {
            require(false, WAITS);
        } finally {
            thread.interrupt();
        }
        return held;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (var patience = new Patience(SOON); !condition.getAsBoolean() && patience.lasts();) Thread.sleep(1);
    }

    private static void crossing(Bank bank, Transfer answer) throws Exception {
        var accounts = List.of(bank.open(1000), bank.open(1000), bank.open(1000));
        var end = System.nanoTime() + Patience.stretched(Duration.ofMillis(300)).toNanos();
        run(new Overlap(4), 4, "des virements croisés s’attendent encore après deux secondes.", _ -> {
            while (System.nanoTime() < end) {
                var random = ThreadLocalRandom.current();
                int from = random.nextInt(3);
                answer.transfer(accounts.get(from), accounts.get((from + 1 + random.nextInt(2)) % 3), random.nextInt(1, 50));
            }
        });
        int total = accounts.stream().mapToInt(Account::amount).sum();
        require(total == 3000, "trois comptes se sont viré de l’argent : il y avait 3000 € en tout, il y en a " + total + ".");
        require(accounts.stream().allMatch(account -> account.amount() >= 0), "un compte est passé sous zéro.");
    }
}
