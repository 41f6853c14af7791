package kernel.cell;

import display.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Ce qu'une cellule montre : {@code CellSplitter} fait de la dernière expression {@code e} l'instruction
 * {@code kernel.cell.CellValue.show(e);}. Publique, car le code des cellules l'appelle.
 */
public final class CellValue {
    private CellValue() { }

    /** Met la valeur en forme dans le thread de la cellule : son {@code toString()} est du code de l'élève, il peut boucler ou lancer. */
    public static void show(Object value) {
        if (value instanceof Shown) return;                                       // display(...) vient de montrer la valeur
        try {
            OutputRouter.current().result(Rendering.bundle(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
