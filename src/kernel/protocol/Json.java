package kernel.protocol;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * De quoi écrire et lire le contenu des messages en une ligne. Ici comme sur tout le chemin d'une première cellule, pas de {@code switch}
 * de motifs : à son premier passage, chacun fait fabriquer une classe à la JVM, et c'est jusqu'à 20 ms de démarrage.
 */
public final class Json {
    private Json() {}

    /** L'objet JSON fait de ces noms et valeurs alternés : {@code object("status", "ok", "n", 3)}. */
    public static JsonObject object(Object... namesAndValues) {
        var object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) object.add((String) namesAndValues[i], element(namesAndValues[i + 1]));
        return object;
    }

    /** Le champ {@code name} s'il est là et n'est pas nul, sinon {@code fallback}. */
    public static String string(JsonObject object, String name, String fallback) {
        return present(object, name) ? object.get(name).getAsString() : fallback;
    }

    /** Le champ {@code name} s'il est là et n'est pas nul, sinon {@code fallback}. */
    public static boolean flag(JsonObject object, String name, boolean fallback) {
        return present(object, name) ? object.get(name).getAsBoolean() : fallback;
    }

    /** Le champ {@code name} s'il est là et n'est pas nul, sinon {@code fallback}. */
    public static int number(JsonObject object, String name, int fallback) {
        return present(object, name) ? object.get(name).getAsInt() : fallback;
    }

    private static boolean present(JsonObject object, String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    public static JsonElement element(Object value) {
        if (value == null) return JsonNull.INSTANCE;
        if (value instanceof JsonElement json) return json;
        if (value instanceof String text) return new JsonPrimitive(text);
        if (value instanceof Number number) return new JsonPrimitive(number);
        if (value instanceof Boolean bool) return new JsonPrimitive(bool);
        if (!(value instanceof Iterable<?> items)) throw new IllegalArgumentException("pas de forme JSON pour " + value.getClass());
        var array = new JsonArray();
        for (Object item : items) array.add(element(item));
        return array;
    }
}
