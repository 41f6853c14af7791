package lessons.project;

/** Une façon de demander une page. Bloque jusqu'à la réponse ; peut être appelée par plusieurs threads à la fois. */
@FunctionalInterface
public interface Fetch {

    /** @throws InterruptedException si le thread est interrompu : la demande est abandonnée */
    Page get(Link link) throws Exception;
}
