package display;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Montrer autre chose que du texte : une page, un dessin, une image. Dans le noyau du cours, le navigateur les affiche sous
 * la cellule ; dans un script jbang, leur texte est écrit sur la sortie standard. Les cellules voient ces méthodes sans import.
 */
public final class Display {
    /** Les classes de ce fichier, que le noyau donne à son compilateur. */
    public static final List<String> CLASSES = List.of("display.Display", "display.Display$Rich", "display.Display$Forms", "display.Display$Screen");

    private static volatile Screen screen = value -> System.out.println(value);

    private Display() { }

    /** Ce qui sait se montrer sous plusieurs formes. */
    public interface Rich {
        /** Les formes, par type MIME ({@code text/html}, {@code image/svg+xml}...) ; les images PNG y sont en base64. */
        Map<String, String> forms();
    }

    /** Là où les valeurs se montrent. */
    @FunctionalInterface
    public interface Screen {
        /** Montre une valeur, qui peut être null. */
        void show(Object value);
    }

    /** Montre une valeur tout de suite, sans attendre la fin de la cellule. */
    public static void display(Object value) {
        screen.show(value);
    }

    /** Un morceau de page HTML. */
    public static Rich html(String html) {
        return forms(html, "text/html", html);
    }

    /** Un dessin SVG. */
    public static Rich svg(String svg) {
        return forms("dessin SVG", "image/svg+xml", svg);
    }

    /** Un texte en Markdown. */
    public static Rich markdown(String markdown) {
        return forms(markdown, "text/markdown", markdown);
    }

    /** Une image PNG, donnée par les octets de son fichier. */
    public static Rich png(byte[] bytes) {
        return forms("image PNG de " + bytes.length + " octets", "image/png", Base64.getEncoder().encodeToString(bytes));
    }

    /** Change l'endroit où {@link #display(Object)} montre les valeurs ; le noyau l'appelle une fois. */
    public static void install(Screen screen) {
        Display.screen = Objects.requireNonNull(screen);
    }

    private static Rich forms(String text, String type, String content) {
        var forms = new LinkedHashMap<String, String>();
        forms.put(type, content);
        forms.put("text/plain", text);
        return new Forms(forms);
    }

    private record Forms(Map<String, String> forms) implements Rich {
        @Override public String toString() {
            return forms.get("text/plain");
        }
    }
}
