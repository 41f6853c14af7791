package kernel.cell;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;

/**
 * Ce que deviennent {@code e.printStackTrace()} et {@code Thread.dumpStack()} dans une cellule : les lignes que montrerait la même
 * exception si personne ne la rattrapait, au lieu des appels du JDK et du noyau. Publique, car le code tissé des cellules l'appelle.
 */
public final class StackTraces {
    private static volatile Function<Throwable, List<String>> descriptions = thrown -> List.of(String.valueOf(thrown));

    private StackTraces() {}

    /** @param descriptions rend les lignes, sans couleurs, qui décrivent une exception */
    public static void describeWith(Function<Throwable, List<String>> descriptions) {
        StackTraces.descriptions = descriptions;
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
