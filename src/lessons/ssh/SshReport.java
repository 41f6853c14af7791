package lessons.ssh;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ce que sont devenues les copies d'un fichier, machine par machine. <strong>N'est pas fait pour plusieurs threads</strong> : deux appels à
 * {@link #add} ne doivent jamais se croiser, comme deux appels à {@code HashMap.put}.
 */
public class SshReport {

    private final Map<String, Boolean> copies = new LinkedHashMap<>();

    /** Note la copie de cette machine : bonne, ou non. */
    public void add(String host, boolean good) {
        copies.put(host, good);
    }

    /** Ce qui a été noté, dans l'ordre. */
    public Map<String, Boolean> copies() {
        return new LinkedHashMap<>(copies);
    }

    @Override
    public String toString() {
        return copies.toString();
    }
}
