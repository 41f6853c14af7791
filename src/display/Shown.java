package display;

/**
 * Un affichage que l'on peut remplacer.
 *
 * @param id son nom, unique
 */
public record Shown(String id) {

    /** Montre {@code value} à la place de ce qui était montré ; hors d'un notebook, à la suite. */
    public void update(Object value) {
        Display.screen().show(value, id, true);
    }
}
