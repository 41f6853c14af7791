package lessons.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Le gardien d'un serveur embarqué : un petit processus qui attend la fin de la JVM, même tuée, puis arrête le serveur et efface son
 * dossier. Il est écrit pour {@code sh}, que Windows n'a pas.
 */
final class Guardian {

    private static final int PATIENCE = 60;              // secondes

    /**
     * Le gardien du dossier ($0). Chaque ligne qu'il lit est le numéro du serveur, ou « stop » : il l'arrête alors. À la fin de la JVM, la
     * lecture finit : il confie l'arrêt et l'effacement à un processus détaché, que personne n'interrompt en chemin.
     */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            stop() {
                [ -n "$server" ] || return
                kill -INT "$server"
                turns=200
                while [ -e "$0/data/postmaster.pid" ] && kill -0 "$server" && [ $turns -gt 0 ]; do sleep 0.05; turns=$((turns - 1)); done
                server=
            }
            server=
            while read -r line; do
                case $line in stop) stop ;; *) server=$line ;; esac
            done
            { stop; rm -rf "$0"; } &
            """;

    private final Path folder;
    private final Process process;

    /** Lance le gardien de ce dossier. */
    Guardian(Path folder) throws IOException {
        this.folder = folder;
        process = new ProcessBuilder("sh", "-c", SCRIPT, folder.toString()).directory(folder.getParent().toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** Désormais, il garde aussi ce serveur. */
    void watch(Process server) throws IOException {
        tell(String.valueOf(server.pid()));
    }

    /** Lui fait arrêter le serveur qu'il garde ; n'attend pas. */
    void stopServer() throws IOException {
        tell("stop");
    }

    private void tell(String line) throws IOException {
        var input = process.getOutputStream();
        input.write((line + "\n").getBytes());
        input.flush();
    }

    /** Le congédie, et attend que le serveur soit arrêté et le dossier effacé ; une minute au plus. */
    void dismiss() throws IOException, InterruptedException {
        process.getOutputStream().close();
        for (int i = 0; i < 20 * PATIENCE && Files.exists(folder); i++) Thread.sleep(50);
    }
}
