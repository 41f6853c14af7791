package kernel;

/**
 * De la mémoire mise de côté pour le jour où les variables des cellules l'ont toute prise : rendue, elle permet au noyau de le dire, et
 * d'exécuter la cellule qui en libère.
 */
final class Reserve {
    private static final int SIZE = 8 << 20;                                     // octets : de quoi compiler une courte cellule
    private static volatile byte[] kept;

    private Reserve() { }

    /** À appeler dès qu'une {@code OutOfMemoryError} est attrapée : la suite du code aura de quoi travailler. */
    static void spend() {
        kept = null;
    }

    /** Remet de la mémoire de côté, si elle ne manque plus. */
    static void refill() {
        var memory = Runtime.getRuntime();
        long free = memory.maxMemory() - memory.totalMemory() + memory.freeMemory();
        if (kept == null && free > 4L * SIZE) kept = new byte[SIZE];
    }
}
