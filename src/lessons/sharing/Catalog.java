package lessons.sharing;

/** Un catalogue, long à fabriquer : une seule fois suffit. */
public final class Catalog {

    private int number;                                           // ni final ni volatile, comme dans bien des classes

    public Catalog(int number) {
        this.number = number;
    }

    @Override
    public String toString() {
        return "catalogue n° " + number;
    }
}
