package kernel;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/** De quoi écrire et lire le contenu des messages en une ligne. */
final class Json {
    private Json() { }

    /** L'objet JSON fait de ces noms et valeurs alternés : {@code object("status", "ok", "n", 3)}. */
    static JsonObject object(Object... namesAndValues) {
        var object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) object.add((String) namesAndValues[i], element(namesAndValues[i + 1]));
        return object;
    }

    /** Le champ {@code name} s'il est là et n'est pas nul, sinon {@code fallback}. */
    static String string(JsonObject object, String name, String fallback) {
        return present(object, name) ? object.get(name).getAsString() : fallback;
    }

    /** Le champ {@code name} s'il est là et n'est pas nul, sinon {@code fallback}. */
    static boolean flag(JsonObject object, String name, boolean fallback) {
        return present(object, name) ? object.get(name).getAsBoolean() : fallback;
    }

    /** Le champ {@code name} s'il est là et n'est pas nul, sinon {@code fallback}. */
    static int number(JsonObject object, String name, int fallback) {
        return present(object, name) ? object.get(name).getAsInt() : fallback;
    }

    private static boolean present(JsonObject object, String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    static JsonElement element(Object value) {
        return switch (value) {
            case null -> JsonNull.INSTANCE;
            case JsonElement json -> json;
            case String text -> new JsonPrimitive(text);
            case Number number -> new JsonPrimitive(number);
            case Boolean bool -> new JsonPrimitive(bool);
            case Iterable<?> items -> {
                var array = new JsonArray();
                for (Object item : items) array.add(element(item));
                yield array;
            }
            default -> throw new IllegalArgumentException("pas de forme JSON pour " + value.getClass());
        };
    }
}
