package display;

import java.util.LinkedHashMap;
import java.util.Map;

/** Ce qui sait se montrer sous plusieurs formes : le navigateur prend la plus riche, un script le texte. */
public interface Rich {

    /**
     * Les formes, par type MIME ({@code text/html}, {@code image/svg+xml}...), {@code text/plain} comprise.
     * Une image PNG y est en base64.
     */
    Map<String, String> forms();

    /** Un contenu et le texte qui le remplace hors d'un notebook. */
    static Rich of(String type, String content, String text) {
        var forms = new LinkedHashMap<String, String>();
        forms.put(type, content);
        forms.put("text/plain", text);
        return new Forms(forms);
    }

    /** Des formes toutes faites. */
    record Forms(Map<String, String> forms) implements Rich {
        @Override
        public String toString() {
            return forms.get("text/plain");
        }
    }
}
