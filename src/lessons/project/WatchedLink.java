package lessons.project;

import java.net.URI;
import java.util.Set;

/**
 * Un lien que la vérification surveille. Les collections comparent leurs clés : c'est l'occasion de faire s'attendre deux threads, et de
 * voir s'ils sont ensemble dans une collection qui ne le supporte pas. Tous ont le même {@code hashCode} : ils se comparent toujours.
 */
final class WatchedLink extends Link {

    /** Ce qui modifie une collection. */
    private static final Set<String> MUTATORS = Set.of("put", "putIfAbsent", "merge", "compute", "computeIfAbsent", "add", "addAll");

    private static final String LOCKED = "sous le verrou de la collection";

    private final Rendezvous rendezvous;

    WatchedLink(URI uri, Rendezvous rendezvous) {
        super(uri);
        this.rendezvous = rendezvous;
    }

    @Override
    public int hashCode() {
        rendezvous.atLookup(path());
        return 1;
    }

    @Override
    public boolean equals(Object other) {
        compare(other);
        return super.equals(other);
    }

    @Override
    public int compareTo(Link other) {
        compare(other);
        return super.compareTo(other);
    }

    private void compare(Object present) {
        if (present == this || !rendezvous.isArmed()) return;
        var place = place();
        if (place.isEmpty()) rendezvous.atLookup(path());
        else if (!place.equals(LOCKED)) rendezvous.atChange(present, place);
    }

    /** L'endroit du code qui modifie une collection ordinaire, et a mené ici ; vide pour une lecture, ou une collection faite pour cela. */
    private static String place() {
        return StackWalker.getInstance().walk(frames -> {
            var changes = false;                                  // les trois premiers appels sont d'ici
            for (var frame : (Iterable<StackWalker.StackFrame>) frames.skip(3)::iterator) {
                var type = frame.getClassName();
                if (type.startsWith("java.util.concurrent.ConcurrentHashMap")) return LOCKED;
                if (type.startsWith("java.util.concurrent.")) return "";
                if (!type.startsWith("java."))
                    return changes ? type + "." + frame.getMethodName() + ":" + frame.getByteCodeIndex() : "";
                changes |= MUTATORS.contains(frame.getMethodName());
            }
            return "";
        });
    }
}
