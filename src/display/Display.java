package display;

import java.util.Base64;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Montrer autre chose que du texte : une page, un dessin, une image, une table, une barre de progression. Dans le noyau du cours,
 * le navigateur les affiche sous la cellule ; dans un script jbang, leur texte est écrit sur la sortie standard. Les cellules
 * voient ces méthodes sans import. Les noms {@code display} et {@code clearOutput} sont ceux d'IPython.
 */
public final class Display {
    private static volatile Screen screen = Screen.TEXT;

    private Display() {}

    /** Montre une valeur tout de suite, sans attendre la fin de la cellule ; le résultat permet de la remplacer. */
    public static Shown display(Object value) {
        var shown = new Shown(UUID.randomUUID().toString());
        screen.show(value, shown.id(), false);
        return shown;
    }

    /** Efface ce que la cellule a montré. */
    public static void clearOutput() {
        clearOutput(false);
    }

    /** Efface ce que la cellule a montré ; {@code wait} : seulement quand la prochaine sortie arrive. */
    public static void clearOutput(boolean wait) {
        screen.clear(wait);
    }

    /** Un morceau de page HTML. */
    public static Rich html(String html) {
        return Rich.of("text/html", html, html);
    }

    /** Un dessin SVG. */
    public static Rich svg(String svg) {
        return Rich.of("image/svg+xml", svg, "dessin SVG");
    }

    /** Un texte en Markdown. */
    public static Rich markdown(String markdown) {
        return Rich.of("text/markdown", markdown, markdown);
    }

    /** Une image PNG, donnée par les octets de son fichier. */
    public static Rich png(byte[] bytes) {
        return Rich.of("image/png", Base64.getEncoder().encodeToString(bytes), "image PNG de " + bytes.length + " octets");
    }

    /**
     * Des enregistrements en table, une colonne par composant.
     *
     * @throws IllegalArgumentException si ce ne sont pas des enregistrements d'un même type
     */
    public static Rich table(Collection<? extends Record> records) {
        if (!isTable(records))
            throw new IllegalArgumentException("Une table montre des enregistrements (record) d'un même type, un au moins.");
        return Table.of(records);
    }

    /** Vrai si {@link #table} sait montrer cette collection. */
    public static boolean isTable(Collection<?> values) {
        return Table.fits(values);
    }

    /** Les mêmes éléments, avec une barre qui avance : {@code for (var x : progress(list)) ...}. */
    public static <T> Iterable<T> progress(Collection<T> items) {
        return () -> new Progress<>(items.iterator(), items.size());
    }

    /** Les entiers de 0 à {@code count} exclu, avec une barre qui avance. */
    public static Iterable<Integer> progress(int count) {
        return () -> new Progress<>(IntStream.range(0, count).iterator(), count);
    }

    /** Change l'endroit où les valeurs se montrent ; le noyau l'appelle une fois. */
    public static void install(Screen screen) {
        Display.screen = Objects.requireNonNull(screen);
    }

    static Screen screen() {
        return screen;
    }
}
