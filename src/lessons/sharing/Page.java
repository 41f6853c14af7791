package lessons.sharing;

import java.util.Objects;

/** Une page d'un site. Deux pages de même nom sont égales : elle peut servir de clé dans une table. */
public final class Page implements Comparable<Page> {

    /** Ce que la vérification fait quand une table compare deux pages, ou demande le {@code hashCode} de l'une. */
    interface Probe {
        void hashing();

        void comparing();
    }

    private final String name;
    private final int hash;
    private final Probe probe;                                    // null, sauf dans une vérification

    public Page(String name) {
        this(name, name.hashCode(), null);
    }

    Page(String name, int hash, Probe probe) {
        this.name = Objects.requireNonNull(name);
        this.hash = hash;
        this.probe = probe;
    }

    @Override
    public int hashCode() {
        if (probe != null) probe.hashing();
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        if (probe != null) probe.comparing();
        return other instanceof Page page && page.name.equals(name);
    }

    @Override
    public int compareTo(Page other) {
        if (probe != null) probe.comparing();
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
