package lessons.sharing;

import java.util.function.Supplier;

/** De quoi fabriquer un catalogue une seule fois. Plusieurs threads s'en servent à la fois. */
public interface Once {

    /**
     * Le catalogue : celui que fabrique le premier appel, puis toujours celui-là.
     *
     * @param maker la fabrique ; si elle lance une exception, {@code get} la lance, et l'appel suivant essaie de nouveau
     */
    Catalog get(Supplier<Catalog> maker) throws Exception;
}
