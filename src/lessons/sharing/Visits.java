package lessons.sharing;

/** Combien de fois chaque page a été visitée. Plusieurs threads s'en servent à la fois. */
public interface Visits {

    /** Une visite de plus pour cette page. */
    void visit(Page page) throws Exception;

    /** Le nombre de visites de cette page ; 0, si personne n'y est venu. */
    int count(Page page) throws Exception;
}
