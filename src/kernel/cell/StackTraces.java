package kernel.cell;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Ce que deviennent {@code e.printStackTrace()} et {@code Thread.dumpStack()} dans une cellule : les lignes que montrerait la même
 * exception si personne ne la rattrapait, au lieu des appels du JDK et du noyau. Publique, car le code tissé des cellules l'appelle.
 */
public final class StackTraces {
    private static final byte[] CELL_CLASS = "REPL.$".getBytes(StandardCharsets.US_ASCII);

    private static volatile Function<Throwable, List<String>> descriptions = thrown -> List.of(String.valueOf(thrown));

    private static volatile UnaryOperator<String> renaming = text -> text;

    private StackTraces() {}

    /** @param descriptions rend les lignes, sans couleurs, qui décrivent une exception */
    public static void describeWith(Function<Throwable, List<String>> descriptions) {
        StackTraces.descriptions = descriptions;
    }

    /** @param renaming rend un texte dont les appels de code de cellule disent leur cellule et leur ligne */
    public static void renameWith(UnaryOperator<String> renaming) {
        StackTraces.renaming = renaming;
    }

    /**
     * Ces octets, du texte en UTF-8 qu'un programme écrit, sans les noms que JShell et le noyau donnent aux classes des cellules : ils
     * arrivent par {@code println(e)}, ou par le rapport d'une bibliothèque, JUnit par exemple. Rend null s'il n'y a rien à changer. Un
     * nom coupé entre deux écritures reste tel quel.
     */
    static byte[] renamed(byte[] bytes, int offset, int count) {
        if (!mentionsCells(bytes, offset, count)) return null;
        String text = new String(bytes, offset, count, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) return null;                            // un caractère coupé en deux y serait perdu
        return Rendering.typeNames(renaming.apply(text)).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean mentionsCells(byte[] bytes, int offset, int count) {
        for (int i = offset; i <= offset + count - CELL_CLASS.length; i++)
            if (bytes[i] == 'R' && Arrays.equals(bytes, i, i + CELL_CLASS.length, CELL_CLASS, 0, CELL_CLASS.length)) return true;
        return false;
    }

    // Une méthode par forme de printStackTrace ; le code tissé les appelle avec l'exception en premier paramètre.

    public static void print(Throwable thrown) {
        if (isOwn(thrown)) thrown.printStackTrace();
        else print(thrown, System.err);
    }

    public static void print(Throwable thrown, PrintStream out) {
        if (isOwn(thrown, PrintStream.class)) thrown.printStackTrace(out);
        else out.println(text(thrown));
    }

    public static void print(Throwable thrown, PrintWriter out) {
        if (isOwn(thrown, PrintWriter.class)) thrown.printStackTrace(out);
        else out.println(text(thrown));
    }

    /** Ce que devient {@code Thread.dumpStack()}. */
    public static void dumpStack() {
        print(new Exception("Stack trace"));                                     // les mots du JDK
    }

    private static String text(Throwable thrown) {
        return String.join(System.lineSeparator(), descriptions.apply(thrown));
    }

    /** Vrai si cette exception a sa propre façon de s'écrire : elle la garde. */
    private static boolean isOwn(Throwable thrown, Class<?>... parameters) {
        if (thrown == null) throw new NullPointerException("Cannot invoke \"Throwable.printStackTrace()\" because the exception is null");
        try {
            return thrown.getClass().getMethod("printStackTrace", parameters).getDeclaringClass() != Throwable.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }
}
