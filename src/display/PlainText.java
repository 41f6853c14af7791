package display;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Le texte d'une valeur, comme une personne l'écrirait : {@code [1, 2, 3]} plutôt que {@code [I@1b6d}, même quand le tableau est dans une
 * liste, une table ou un enregistrement. Ce qui est trop long est coupé, et le texte le dit. Un objet met en forme une valeur.
 */
public final class PlainText {
    /** Une page de notebook ; un navigateur peine à montrer cent fois plus. */
    private static final int MOST_CHARACTERS = 10_000;
    private static final int MOST_ELEMENTS = 1_000;
    /** Dans une case de table. */
    private static final int MOST_IN_A_CELL = 1_000;
    /** Ce qui est montré d'un texte, même quand la place manque déjà. */
    private static final int LEAST = 20;

    private final int most;
    private final StringBuilder text = new StringBuilder();
    private final List<Object> path = new ArrayList<>();                          // les valeurs dont on écrit l'intérieur
    private boolean cut;
    private boolean hiddenArray;

    private PlainText(int most) {
        this.most = most;
    }

    /** Le texte d'une valeur, qui peut être null. Appelle {@code toString()} : du code de l'élève. */
    public static String of(Object value) {
        var whole = new PlainText(MOST_CHARACTERS);
        whole.add(value);
        return whole.cut ? whole.text + "\n→ Valeur coupée, car trop longue. " + whole.howToSeeAll(value) : whole.text.toString();
    }

    /** Le texte d'une valeur, assez court pour une case de table. */
    static String inACell(Object value) {
        var cell = new PlainText(MOST_IN_A_CELL);
        cell.add(value);
        return cell.text.toString();
    }

    /** Ce texte, coupé s'il est trop long ; il dit alors de combien. */
    public static String shorten(String text) {
        var shortened = new PlainText(MOST_CHARACTERS);
        shortened.addText(text);
        return shortened.text.toString();
    }

    /** Seulement ce qui est vrai : {@code println} écrit {@code [I@1b6d} pour un tableau. */
    private String howToSeeAll(Object value) {
        if (hiddenArray) return "Pour voir la suite, montrez-en une partie à la fois.";
        String all = !value.getClass().isArray() ? "…" : value instanceof Object[] ? "Arrays.deepToString(…)" : "Arrays.toString(…)";
        return "Pour tout voir : System.out.println(" + all + ")";
    }

    private void add(Object value) {
        if (value == null || value instanceof String || value instanceof Number) addText(String.valueOf(value));
        else if (value.getClass().isArray()) addArray(value);
        else if (value instanceof Collection<?> values && writesItsElements(value)) addGuarded(values);
        else if (value instanceof Map<?, ?> map && writesItsElements(value)) addGuarded(map);
        else if (value instanceof Map.Entry<?, ?> entry && isOfJdk(value.getClass())) addEntry(entry);
        else if (value instanceof Optional<?> optional && optional.isPresent()) addInside("Optional[", optional, optional.get(), "]");
        else if (value.getClass() == AtomicReference.class) addInside("", value, ((AtomicReference<?>) value).get(), "");
        else if (value instanceof Record record && mayHideArray(record)) addRecord(record);
        else addText(value.toString());
    }

    private void addText(String words) {
        String shown = String.valueOf(words);                                     // toString() peut rendre null
        int room = Math.max(most - text.length(), LEAST);
        if (shown.length() <= room) {
            text.append(shown);
            return;
        }
        if (Character.isHighSurrogate(shown.charAt(room - 1))) room--;             // ne pas couper un caractère en deux
        text.append(shown, 0, room).append("… et ").append(french(shown.length() - room)).append(" caractères de plus");
        cut = true;
    }

    private static String french(int number) {
        return String.format(Locale.FRANCE, "%,d", number);
    }

    private void addEntry(Map.Entry<?, ?> entry) {
        addInside("", entry, entry.getKey(), "=");
        addInside("", entry, entry.getValue(), "");
    }

    /** Comme leur {@code toString()}, les collections synchronisées ne laissent entrer personne le temps d'être lues. */
    private void addGuarded(Object values) {
        if (!(values instanceof Vector || values instanceof Hashtable
                || values.getClass().getName().startsWith("java.util.Collections$Synchronized")))
            addContent(values);
        else synchronized (values) {
            addContent(values);
        }
    }

    private void addContent(Object values) {
        if (values instanceof Map<?, ?> map) addElements(values, "{", map.entrySet().iterator(), map.size(), "}");
        else addElements(values, "[", ((Collection<?>) values).iterator(), ((Collection<?>) values).size(), "]");
    }

    private void addArray(Object array) {
        if (!path.isEmpty() && !path.getLast().getClass().isArray()) hiddenArray = true;
        int length = Array.getLength(array);
        addElements(array, "[", new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < length;
            }

            @Override
            public Object next() {
                return Array.get(array, next++);
            }
        }, length, "]");
    }

    private void addElements(Object container, String open, Iterator<?> elements, int size, String close) {
        if (contains(container)) {
            text.append(open).append("...").append(close);
            return;
        }
        path.addLast(container);
        text.append(open);
        for (int shown = 0; elements.hasNext(); shown++) {
            if (shown > 0) text.append(", ");
            if (shown == MOST_ELEMENTS || text.length() >= most) {
                text.append("… et ").append(french(Math.max(1, size - shown))).append(" de plus");
                cut = true;
                break;
            }
            Object element = elements.next();
            if (container instanceof Map) addEntry((Map.Entry<?, ?>) element);
            else add(element);
        }
        text.append(close);
        path.removeLast();
    }

    /** Ce que contient une valeur qui n'est pas une suite d'éléments. */
    private void addInside(String before, Object outer, Object inner, String after) {
        text.append(before);
        if (contains(outer)) text.append("...");
        else {
            path.addLast(outer);
            add(inner);
            path.removeLast();
        }
        text.append(after);
    }

    private boolean contains(Object container) {
        for (Object outer : path) if (outer == container) return true;
        return false;
    }

    // --- Qui s'écrit comment ---

    /** Vrai si le {@code toString()} de cette collection est celui du JDK : un élève peut avoir écrit le sien. */
    private static boolean writesItsElements(Object values) {
        if (isOfJdk(values.getClass())) return true;
        try {
            return isOfJdk(values.getClass().getMethod("toString").getDeclaringClass());
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOfJdk(Class<?> type) {
        return type.getName().startsWith("java.util.");
    }

    private static boolean mayHideArray(Record record) {
        for (RecordComponent component : record.getClass().getRecordComponents())
            if (!component.getType().isPrimitive() && component.getType() != String.class) return true;
        return false;
    }

    /** Les champs de l'enregistrement, non ses accesseurs : l'élève a pu les écrire. Vide si l'un d'eux ne se lit pas. */
    private static List<Object> fields(Record record, RecordComponent[] components) {
        var values = new ArrayList<>();
        try {
            for (RecordComponent component : components) {
                Field field = record.getClass().getDeclaredField(component.getName());
                field.setAccessible(true);
                values.add(field.get(record));
            }
            return values;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return List.of();
        }
    }

    /** Si le {@code toString()} est celui de l'élève, et non celui du compilateur, il reste tel quel. */
    private void addRecord(Record record) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        List<Object> values = fields(record, components);
        String own = record.toString();
        if (values.size() != components.length || !usual(record, components, values).equals(own)) {
            addText(own);
            return;
        }
        text.append(record.getClass().getSimpleName());
        for (int i = 0; i < components.length; i++)
            addInside((i == 0 ? "[" : ", ") + components[i].getName() + "=", record, values.get(i), "");
        text.append("]");
    }

    private static String usual(Record record, RecordComponent[] components, List<Object> values) {
        var usual = new StringBuilder(record.getClass().getSimpleName());
        for (int i = 0; i < components.length; i++)
            usual.append(i == 0 ? "[" : ", ").append(components[i].getName()).append("=").append(values.get(i));
        return usual.append("]").toString();
    }
}
