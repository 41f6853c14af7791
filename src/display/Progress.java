package display;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** Une barre de progression : elle avance à chaque élément que la boucle prend. Un thread à la fois. */
final class Progress<T> implements Iterator<T> {
    /** Durée minimale entre deux affichages, pour ne pas ralentir la boucle. */
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

    private final Iterator<? extends T> items;
    private final long total;
    private final Shown shown;
    private long done = -1;
    private long next;

    Progress(Iterator<? extends T> items, long total) {
        this.items = items;
        this.total = total;
        this.shown = Display.display(bar(0));
    }

    @Override
    public boolean hasNext() {
        boolean more = items.hasNext();
        if (!more && done < total) {
            done = total;
            shown.update(bar(done));
        }
        return more;
    }

    @Override
    public T next() {
        done++;
        if (System.nanoTime() - next >= 0 && done > 0) {
            next = System.nanoTime() + PERIOD;
            shown.update(bar(done));
        }
        return items.next();
    }

    private Rich bar(long count) {
        String text = count + " / " + total;
        return Rich.of("text/html", "<progress max=\"" + total + "\" value=\"" + count + "\" style=\"width: 60%\"></progress> " + text,
                text);
    }
}
