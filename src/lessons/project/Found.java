package lessons.project;

/** Ce qu'il faut faire d'une page dès que l'on connaît son code. */
@FunctionalInterface
public interface Found {
    void page(Page page) throws Exception;
}
