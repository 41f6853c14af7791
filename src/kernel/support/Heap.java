package kernel.support;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** Le tas de la JVM. */
public final class Heap {
    /** Part du tas, en pour cent, que HotSpot garde libre après un ramassage complet : au moins, et au plus. */
    private static final String LEAST = "MinHeapFreeRatio";
    private static final String MOST = "MaxHeapFreeRatio";

    /** HotSpot rend la mémoire en quatre fois : rien au premier ramassage, puis 10 %, 40 %, et tout ({@code ShrinkHeapInSteps}). */
    private static final int STEPS = 4;

    private Heap() {}

    /**
     * Ramasse ce qui ne sert plus, et rend au système la mémoire ainsi libérée, au lieu d'en garder les deux tiers pour la suite. Les
     * réglages sont ensuite ceux d'avant. Bloque le temps de quelques ramassages complets.
     */
    public static void release() {
        try {
            var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            String least = options.getVMOption(LEAST).getValue();
            String most = options.getVMOption(MOST).getValue();
            options.setVMOption(LEAST, "5");
            options.setVMOption(MOST, "10");
            for (int step = 0; step < STEPS; step++) System.gc();
            options.setVMOption(MOST, most);
            options.setVMOption(LEAST, least);
        } catch (IllegalArgumentException e) {                                   // cette JVM n'a pas ces réglages
            System.gc();
        }
    }
}
