package kernel.cell;


/**
 * Le point d'arrêt que {@code Weaver} ajoute au début des méthodes et à chaque tour de boucle du code des cellules.
 * Publique, car ce code l'appelle ; personne d'autre n'en a besoin.
 *
 * <p>Il ne coûte qu'une lecture tant qu'aucune cellule n'a été interrompue ; ensuite, une variable de thread de plus. Seul un thread sans cellule
 * (flux parallèle, serveur HTTP du JDK) doit chercher dans sa pile pour qui il travaille : c'est mille fois plus long qu'un tour de boucle, il
 * n'y passe donc qu'une petite part de son temps.
 */
public final class StopCheck {
    /** Une recherche dans la pile attend, après la précédente, tant de fois la durée de celle-ci. */
    private static final int SPACING = 20;
    private static final ThreadLocal<Search> SEARCHES = ThreadLocal.withInitial(Search::new);
    private static volatile boolean armed;

    private StopCheck() { }

    public static void check() {
        if (armed) stopIfAsked();
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

    public static void arm() {
        armed = true;
    }

    private static void stopIfAsked() {
        Cell cell = OutputRouter.own();
        if (cell == null) cell = SEARCHES.get().cellIfDue();
        if (cell != null && cell.stopped()) throw new Stopped();
    }

    /** Quand un thread sans cellule a cherché pour qui il travaille, et quand il peut chercher de nouveau. */
    private static final class Search {
        private long due = System.nanoTime();

        /** La cellule pour qui travaille ce thread ; null s'il a cherché il y a trop peu de temps. */
        Cell cellIfDue() {
            long start = System.nanoTime();
            if (start - due < 0) return null;
            Cell cell = OutputRouter.current();
            long end = System.nanoTime();
            due = end + SPACING * (end - start);
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
