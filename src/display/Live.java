package display;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Un dessin qui grandit pendant qu'un travail avance.
 *
 * {@snippet :
 * var drawing = new Timeline("Dix enfants");
 * Live.show(() -> drawing, () -> together(10, () -> job(drawing.row())));        // job appelle waits, works, ends
 * }
 */
public final class Live {

    private static final long PERIOD = 200;                       // en millisecondes : le dessin avance, le navigateur suit

    private Live() {}

    /** Un travail qui dure, et peut échouer. */
    public interface Work {
        void run() throws Exception;
    }

    /**
     * Fait ce travail dans le thread appelant. Pendant ce temps, le dessin est refait cinq fois par seconde, au même endroit ; puis une
     * dernière fois, même si le travail échoue ou est interrompu. Dans un script, il n'est écrit qu'à la fin.
     *
     * @param picture rend le dessin du moment, qu'un autre thread demande pendant le travail
     * @throws Exception celle du travail
     */
    public static void show(Supplier<?> picture, Work work) throws Exception {
        if (Display.screen() == Screen.TEXT) showOnce(picture, work);
        else showGrowing(picture, work);
    }

    private static void showOnce(Supplier<?> picture, Work work) throws Exception {
        try {
            work.run();
        } finally {
            Display.display(picture.get());
        }
    }

    private static void showGrowing(Supplier<?> picture, Work work) throws Exception {
        var shown = Display.display(picture.get());
        try (var painter = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())) {
            painter.scheduleWithFixedDelay(() -> shown.update(picture.get()), PERIOD, PERIOD, TimeUnit.MILLISECONDS);
            work.run();
        } finally {
            shown.update(picture.get());                          // le peintre a fini : ce dessin est bien le dernier
        }
    }
}
