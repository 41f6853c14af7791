package kernel.run;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kernel.support.Log;

/**
 * Les variables des cellules, qui sont des champs statiques. JShell remplace la classe d'un fragment dont une dépendance change, et ses
 * variables repartiraient de zéro : leurs valeurs sont donc recopiées de l'ancienne classe quand la JVM le permet. Un objet d'une classe
 * remplacée n'est pas de la nouvelle, même si elles ont le même nom.
 */
public final class Variables {
    private static final Pattern SNIPPET_CLASS = Pattern.compile("(REPL\\.\\$JShell\\$\\d+)[A-Z]*");

    private final Map<String, Class<?>> latest = new ConcurrentHashMap<>();      // classe d'un fragment, sans sa lettre -> dernière version

    private final Set<String> emptied = new LinkedHashSet<>();

    /**
     * Une variable dont JShell ne sait plus écrire le type.
     *
     * @param type tel qu'une cellule l'écrirait sans aucun import
     */
    public record Held(String type, Object value) {}

    /** Les variables qui viennent de perdre une valeur, parce que leur classe a été remplacée. */
    Set<String> takeEmptied() {
        var taken = new LinkedHashSet<>(emptied);
        emptied.clear();
        return taken;
    }

    /** Ce que vaut cette variable ; vide si sa classe n'a jamais été chargée. */
    Optional<Held> hold(String className, String variable) {
        var matcher = SNIPPET_CLASS.matcher(className);
        Class<?> owner = matcher.matches() ? latest.get(matcher.group(1)) : null;
        if (owner == null) return Optional.empty();
        try {
            Field field = owner.getDeclaredField(variable);
            field.setAccessible(true);
            return Optional.of(new Held(text(field.getGenericType()), field.get(null)));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    /** Donne à cette variable la valeur qu'elle avait. */
    static void restore(Class<?> owner, String variable, Held held) throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(variable);
        field.setAccessible(true);
        field.set(null, held.value());
    }

    private static String text(Type type) {
        if (type instanceof Class<?> plain) {
            if (plain.isArray()) return text(plain.getComponentType()) + "[]";
            return plain.getName().startsWith("REPL.") ? plain.getName().replaceFirst("^REPL\\.\\$JShell\\$\\w+\\$", "").replace('$', '.')
                    : plain.getName().replace('$', '.');
        }
        if (type instanceof ParameterizedType generic) return text(generic.getRawType())
                + Stream.of(generic.getActualTypeArguments()).map(Variables::text).collect(Collectors.joining(", ", "<", ">"));
        if (type instanceof GenericArrayType array) return text(array.getGenericComponentType()) + "[]";
        if (type instanceof WildcardType any) return any.getLowerBounds().length > 0 ? "? super " + text(any.getLowerBounds()[0])
                : "? extends " + text(any.getUpperBounds()[0]);
        return type.getTypeName();
    }

    /** Une classe vient d'être chargée : reprend les valeurs de celle qu'elle remplace, s'il y en a une. */
    void keep(Class<?> fresh) {
        var matcher = SNIPPET_CLASS.matcher(fresh.getName());
        if (!matcher.matches()) return;
        Class<?> old = latest.put(matcher.group(1), fresh);
        if (old == null || old == fresh) return;
        for (Field field : fresh.getDeclaredFields()) copy(old, field);
    }

    private void copy(Class<?> old, Field field) {
        if (!Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) return;
        try {
            Field before = old.getDeclaredField(field.getName());
            before.setAccessible(true);
            if (!before.getType().equals(field.getType())) {
                if (isFormer(before.getType(), field.getType()) && before.get(null) != null) emptied.add(field.getName());
                return;
            }
            // List<Chat> a pu devenir List<Chien> : rien de ce qu'elle contient ne convient
            if (!text(before.getGenericType()).equals(text(field.getGenericType()))) return;
            field.setAccessible(true);
            field.set(null, before.get(null));
        } catch (NoSuchFieldException e) {
            // la variable n'existait pas encore
        } catch (IllegalAccessException e) {
            Log.warn("variable " + field.getName() + " non reprise", e);
        }
    }

    /** Vrai si la première est une version d'avant de la seconde, et non un autre type que l'élève a choisi. */
    private static boolean isFormer(Class<?> before, Class<?> after) {
        return text(before).equals(text(after));
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
