//SOURCES Command.java
package cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Le dernier serveur que l'utilisateur a lancé, pour que son client le retrouve sans qu'on lui donne de port. Sur une machine partagée, le
 * port habituel est souvent celui d'un voisin : son serveur répondrait, et rien ne le dirait.
 *
 * @param name le nom du serveur, et du fichier qui le retient dans le cache de l'utilisateur
 */
public record OwnServer(String name) {

    /** Retient que ce programme sert sur ce port. Dans un dossier où l'on ne peut pas écrire, sans effet : il faudra donner le port. */
    public void announce(int port) {
        try {
            Files.createDirectories(file().getParent());
            Files.writeString(file(), port + " " + ProcessHandle.current().pid() + " " + started(ProcessHandle.current()));
        } catch (IOException _) {
            // le serveur sert quand même
        }
    }

    /**
     * Le port de ce serveur, s'il tourne encore.
     *
     * @param missing ce qui est dit sinon, avec les commandes telles qu'on les tape dans un clone
     */
    public int port(String missing) throws UserError {
        try {
            var words = Files.readString(file()).split(" ");
            var process = ProcessHandle.of(Long.parseLong(words[1]));
            if (process.isPresent() && started(process.get()).equals(words[2])) return Integer.parseInt(words[0]);
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException _) {
            // jamais lancé, ou fichier abîmé : même réponse
        }
        throw UserError.failed(Command.asTyped(missing));
    }

    private Path file() {
        var caches = System.getenv("XDG_CACHE_HOME");
        if (caches == null || caches.isBlank()) caches = Path.of(System.getProperty("user.home"), ".cache").toString();
        return Path.of(caches, "java-asynchrone", name + ".port");
    }

    /** Un numéro de processus sert plusieurs fois : l'heure de naissance dit si c'est bien celui-là. */
    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("?");
    }
}
