package kernel.cell;

import com.google.gson.JsonObject;
import display.Display;
import display.PlainText;
import display.Rich;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Collection;
import javax.imageio.ImageIO;

/**
 * Une valeur sous les formes que le navigateur sait montrer. Protocole Jupyter, section « display_data » : un « mime bundle »
 * donne plusieurs formes, le navigateur prend la plus riche.
 */
public final class Rendering {
    private Rendering() {}

    /** Les formes d'une valeur, qui peut être null. Appelle {@code toString()} : du code de l'élève. */
    static JsonObject bundle(Object value) throws IOException {
        var bundle = new JsonObject();
        if (value instanceof Rich rich) rich.forms().forEach(bundle::addProperty);
        else if (value instanceof Collection<?> records && Display.isTable(records)) {
            @SuppressWarnings("unchecked")
            var table = Display.table((Collection<? extends Record>) records);
            table.forms().forEach(bundle::addProperty);
        } else if (value instanceof RenderedImage image) {
            bundle.addProperty("image/png", png(image));
            bundle.addProperty("text/plain", "image de " + image.getWidth() + " × " + image.getHeight() + " points");
        } else bundle.addProperty("text/plain", typeNames(PlainText.of(value)));
        return bundle;
    }

    private static String png(RenderedImage image) throws IOException {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Le nom d'une classe, tel que l'élève l'a écrit. */
    public static String typeName(Class<?> type) {
        return typeNames((type.isAnonymousClass() ? type.getSuperclass() : type).getName());
    }

    /** Ôte d'un texte les noms des classes dans lesquelles JShell range ce que l'élève déclare. */
    public static String typeNames(String text) {
        return text.replaceAll("(?:REPL\\.)?\\$(?:JShell|Block)\\$\\d+[A-Z]*[.$]", "");
    }
}
