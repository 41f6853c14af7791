package kernel.run;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import kernel.support.Log;

/**
 * Les variables des cellules, qui sont des champs statiques. JShell remplace la classe d'un fragment dont une dépendance change, et ses
 * variables repartiraient de zéro : leurs valeurs sont donc recopiées de l'ancienne classe quand les types sont restés les mêmes.
 */
final class Variables {
    private static final Pattern SNIPPET_CLASS = Pattern.compile("(REPL\\.\\$JShell\\$\\d+)[A-Z]*");

    private final Map<String, Class<?>> latest = new ConcurrentHashMap<>();      // classe d'un fragment, sans sa lettre -> dernière version

    /** Une classe vient d'être chargée : reprend les valeurs de celle qu'elle remplace, s'il y en a une. */
    void keep(Class<?> fresh) {
        var matcher = SNIPPET_CLASS.matcher(fresh.getName());
        if (!matcher.matches()) return;
        Class<?> old = latest.put(matcher.group(1), fresh);
        if (old == null || old == fresh) return;
        for (Field field : fresh.getDeclaredFields()) copy(old, field);
    }

    private static void copy(Class<?> old, Field field) {
        if (!Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) return;
        try {
            Field before = old.getDeclaredField(field.getName());
            if (!before.getGenericType().equals(field.getGenericType())) return;
            before.setAccessible(true);
            field.setAccessible(true);
            field.set(null, before.get(null));
        } catch (NoSuchFieldException e) {
            // la variable n'existait pas encore
        } catch (IllegalAccessException e) {
            Log.warn("variable " + field.getName() + " non reprise", e);
        }
    }

    /** Une variable déclarée à nouveau sans valeur initiale repart de zéro, comme à sa première déclaration. */
    static void reset(Class<?> owner, String variable) {
        try {
            Field field = owner.getDeclaredField(variable);
            field.setAccessible(true);
            field.set(null, Array.get(Array.newInstance(field.getType(), 1), 0));          // la valeur par défaut de son type
        } catch (ReflectiveOperationException e) {
            Log.warn("variable " + variable + " non remise à zéro", e);
        }
    }
}
