package lessons.files;

import java.util.Iterator;

/** Une panne au milieu d'une écriture : des lignes à écrire, dont la suivante ne vient jamais. */
public final class Breakdown {

    private Breakdown() {}

    /** Ces lignes, puis une panne : celui qui demande la suivante reçoit une {@link IllegalStateException}. */
    public static Iterable<String> after(String... lines) {
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                if (next == lines.length) throw new IllegalStateException("panne au milieu");
                return lines[next++];
            }
        };
    }
}
