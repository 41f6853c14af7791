package kernel.cell;

import java.util.List;

/**
 * Une cellule qui échoue, telle que l'élève la verra.
 *
 * @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html#execution-errors">Protocole Jupyter</a>
 */
public final class CellError extends Exception {
    private final String name;
    private final List<String> traceback;

    /**
     * @param name      la classe de l'exception, ou le genre d'erreur
     * @param value     le message de l'exception
     * @param traceback les lignes affichées sous la cellule
     */
    public CellError(String name, String value, List<String> traceback) {
        super(value == null ? "" : value, null, false, false);
        this.name = name;
        this.traceback = List.copyOf(traceback);
    }

    /** Une erreur qui tient en quelques lignes de texte. */
    public static CellError of(String name, String... lines) {
        return new CellError(name, lines[0], List.of(lines));
    }

    public String name() {
        return name;
    }

    public List<String> traceback() {
        return traceback;
    }
}
