package kernel.support;

/**
 * De la mémoire mise de côté pour le jour où les variables des cellules l'ont toute prise : rendue, elle permet au noyau de le dire, et
 * d'exécuter la cellule qui en libère.
 */
public final class SpareMemory {
    private static final int SIZE = 8 << 20;                                     // octets : de quoi compiler une courte cellule
    private static volatile byte[] kept;

    private SpareMemory() {}

    /** À appeler dès qu'une {@code OutOfMemoryError} est attrapée : la suite du code aura de quoi travailler. */
    public static void spend() {
        kept = null;
    }

    /** Met de la mémoire de côté, si ce n'est fait et si elle ne manque pas. */
    public static synchronized void refill() {
        if (kept != null) return;
        var memory = Runtime.getRuntime();
        long free = memory.maxMemory() - memory.totalMemory() + memory.freeMemory();
        if (free > 4L * SIZE) kept = new byte[SIZE];
    }
}
