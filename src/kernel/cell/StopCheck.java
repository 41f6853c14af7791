package kernel.cell;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Le point d'arrêt que {@code Weaver} ajoute au début des méthodes et à chaque tour de boucle du code des cellules, qui l'appelle donc.
 *
 * <p>Il ne coûte qu'une lecture tant qu'aucune cellule n'a été interrompue. Ensuite, chercher à chaque tour la cellule du thread
 * ralentirait dix fois une boucle courte, et des centaines de fois si le thread n'en a pas (flux parallèle, serveur HTTP du JDK) : sa pile
 * le dit seule. Un thread vérifié reçoit donc un laissez-passer, qu'il garde jusqu'à la prochaine interruption, ou pour un moment s'il n'a
 * pas de cellule.
 */
public final class StopCheck {
    private static volatile boolean armed;
    private static volatile int stops;
    /** Peu de places : deux threads qui ont la même se reprennent leur laissez-passer, et sont vérifiés plus souvent. */
    private static final AtomicReferenceArray<Pass> PASSES = new AtomicReferenceArray<>(64);

    private StopCheck() {}

    public static void check() {
        if (armed && !Pass.isHeldBy(Thread.currentThread())) verify(Thread.currentThread());
    }

    /**
     * Ce que devient {@code System.exit} dans une cellule : finir le noyau perdrait toutes les variables. Lance donc une erreur.
     */
    public static void exit(int status) {
        throw new SecurityException("exit(" + status + ") finirait le noyau et perdrait vos variables : la cellule s’arrête ici. "
                + "Pour repartir de zéro : menu Noyau, « Redémarrer ».");
    }

    /** Ce que deviennent {@code Runtime.exit} et {@code Runtime.halt} dans une cellule. */
    public static void exit(Runtime runtime, int status) {
        exit(status);
    }

    /** Une cellule vient d'être arrêtée : chaque thread sera vérifié de nouveau. */
    public static synchronized void arm() {
        stops++;
        armed = true;
        for (int place = 0; place < PASSES.length(); place++) PASSES.set(place, null);
    }

    /** Le thread courant change de cellule. */
    static void forget() {
        if (armed) PASSES.set(Pass.place(Thread.currentThread()), null);
    }

    private static void verify(Thread thread) {
        int before = stops;
        int place = Pass.place(thread);
        Pass held = PASSES.get(place);
        Cell cell = CurrentCell.own();
        Pass pass = cell != null ? new Pass(thread) : held instanceof Search search && held.holder == thread ? search : new Search(thread);
        if (pass instanceof Search search) cell = search.cellIfDue();
        if (cell != null && cell.stopped()) throw new Stopped();
        PASSES.set(place, pass);
        if (stops != before) PASSES.set(place, null);                            // une interruption est venue entre-temps : à refaire
    }

    /** Le laissez-passer d'un thread : il n'est pas celui d'une cellule arrêtée. */
    private static class Pass {
        final Thread holder;

        Pass(Thread holder) {
            this.holder = holder;
        }

        static boolean isHeldBy(Thread thread) {
            Pass pass = PASSES.getPlain(place(thread));
            return pass != null && pass.holder == thread && pass.lasts();
        }

        static int place(Thread thread) {
            return (int) thread.threadId() & PASSES.length() - 1;
        }

        boolean lasts() {
            return true;
        }
    }

    /** Celui d'un thread sans cellule : il cherche dans sa pile pour qui il travaille, mais n'y passe qu'une petite part de son temps. */
    private static final class Search extends Pass {
        /** Une recherche attend, après la précédente, tant de fois la durée de celle-ci. */
        private static final int SPACING = 20;
        /** Tant de tours peuvent passer sans même lire l'heure, s'ils durent ensemble moins que cela. */
        private static final int MOST_TURNS = 64;
        private static final int QUICK_NANOS = 1_000_000;
        private int turns = 1;
        private int left;
        private long read = System.nanoTime();
        private long due = read;

        Search(Thread holder) {
            super(holder);
        }

        @Override
        boolean lasts() {
            return --left > 0;
        }

        /** La cellule pour qui travaille ce thread ; null s'il a cherché il y a trop peu de temps. */
        Cell cellIfDue() {
            long now = System.nanoTime();
            turns = now - read < QUICK_NANOS ? Math.min(2 * turns, MOST_TURNS) : 1;
            left = turns;
            read = now;
            if (now - due < 0) return null;
            Cell cell = CurrentCell.get();
            long end = System.nanoTime();
            due = end + SPACING * (end - now);
            return cell;
        }
    }

    /** Lancée dans le code d'une cellule interrompue. Une {@code Error}, pour traverser les {@code catch (Exception e)}. */
    public static final class Stopped extends Error {
        public Stopped() {
            super("cellule interrompue", null, false, false);
        }
    }
}
