package kernel.cell;

import display.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Ce qu'une cellule montre : sa dernière expression {@code e} devient {@code kernel.cell.CellValue.shown(e)}, que ce code appelle. */
public final class CellValue {
    private CellValue() {}

    /**
     * Met la valeur en forme dans le thread de la cellule : son {@code toString()} est du code de l'élève, il peut boucler ou lancer.
     *
     * @return les formes que le navigateur sait montrer ; null s'il n'y a rien à montrer
     */
    public static Object shown(Object value) {
        if (value instanceof Shown) return null;                                  // display(...) vient de montrer la valeur
        try {
            return Rendering.bundle(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
