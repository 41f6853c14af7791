package tools;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** La page où l'on lit le cours en ligne, d'après le dépôt dont vient ce clone. Jamais devinée : sans dépôt, il n'y en a pas. */
final class Remote {
    /** {@code https://hôte/chemin.git}, {@code ssh://git@hôte/chemin.git} ou {@code git@hôte:chemin.git}. */
    private static final Pattern ADDRESS =
            Pattern.compile(
                    "(?:https://(?:[^/@]*@)?|ssh://(?:[^/@]*@)?|[\\w.-]+@)([\\w.-]+\\.\\w+)(?::\\d+)?[:/]([\\w./~-]+?)(?:\\.git)?/?");

    private Remote() {}

    static Optional<String> page(Course course) throws IOException {
        try {
            var git = new ProcessBuilder("git", "-C", course.home().toString(), "config", "--get", "remote.origin.url")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            git.getOutputStream().close();
            return page(new String(git.getInputStream().readAllBytes()).strip());
        } catch (IOException _) {
            return Optional.empty();                                             // pas de git ici
        }
    }

    static Optional<String> page(String remote) {
        var address = ADDRESS.matcher(remote);
        return address.matches() ? Optional.of("https://" + address.group(1) + "/" + address.group(2)) : Optional.empty();
    }
}
