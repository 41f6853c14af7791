package kernel;

/**
 * Le point d'arrêt que {@link Weaver} ajoute au début des méthodes et à chaque tour de boucle du code des cellules.
 * Publique, car ce code l'appelle ; personne d'autre n'en a besoin.
 */
public final class StopCheck {
    private static volatile boolean armed;

    private StopCheck() { }

    /** Ne coûte qu'une lecture tant qu'aucune cellule n'a été interrompue. */
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

    static void arm() {
        armed = true;
    }

    private static void stopIfAsked() {
        Cell cell = OutputRouter.current();
        if (cell != null && cell.stopped()) throw new Stopped();
    }

    /** Lancée dans le code d'une cellule interrompue. Une {@code Error}, pour traverser les {@code catch (Exception e)}. */
    static final class Stopped extends Error {
        Stopped() {
            super("cellule interrompue", null, false, false);
        }
    }
}
