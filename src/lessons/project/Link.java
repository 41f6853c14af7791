package lessons.project;

import java.net.URI;

/** L'adresse d'une page. Deux liens vers la même page sont égaux. */
public sealed class Link implements Comparable<Link> permits WatchedLink {

    private final URI uri;

    public Link(URI uri) {
        this.uri = uri;
    }

    /** L'adresse entière, à donner à un client HTTP. */
    public URI uri() {
        return uri;
    }

    /** L'adresse à l'intérieur du site, par exemple {@code /cours}. */
    public String path() {
        return uri.getPath();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Link link && uri.equals(link.uri);
    }

    @Override
    public int hashCode() {
        return uri.hashCode();
    }

    @Override
    public int compareTo(Link other) {
        return uri.compareTo(other.uri);
    }

    @Override
    public String toString() {
        return path();
    }
}
