package kernel.run;

import java.util.Map;

/**
 * Un bloc d'instructions compilé.
 *
 * @param name    la classe dont la méthode {@code do_it$} l'exécute, et range dans le tableau qu'on lui donne la valeur à montrer
 * @param classes le code de cette classe et de celles que le bloc contient, par nom
 */
public record Block(String name, Map<String, byte[]> classes) {
    /** Ce que rend, au lieu d'une valeur, un bloc fini par un {@code return} : la cellule finit là. */
    public static final Object LEFT = new Object();
}
