package lessons.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/** Une commande en cours, telle que MINA la demande : un thread virtuel, interrompu si le client ferme le canal. */
final class SshCommand implements Command {

    /** Ce que fait une commande : écrit sa réponse et ses erreurs, puis rend son code de sortie ; null, si la machine a disparu. */
    @FunctionalInterface
    interface Body {
        Integer run(OutputStream out, OutputStream err) throws IOException, InterruptedException;
    }

    private final String threadName;
    private final Body body;
    private OutputStream out;
    private OutputStream err;
    private ExitCallback exit;
    private Thread thread;

    SshCommand(String threadName, Body body) {
        this.threadName = threadName;
        this.body = body;
    }

    @Override
    public void setInputStream(InputStream in) {
        // ces commandes ne lisent rien
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback exit) {
        this.exit = exit;
    }

    @Override
    public void start(ChannelSession channel, Environment env) {
        thread = Thread.ofVirtual().name(threadName).start(this::run);
    }

    @Override
    public void destroy(ChannelSession channel) {
        if (thread != null) thread.interrupt();
    }

    private void run() {
        try {
            var code = body.run(out, err);
            if (code == null) return;
            out.flush();
            err.flush();
            exit.onExit(code);
        } catch (InterruptedException | IOException e) {
            exit.onExit(130);      // comme un shell, après une interruption ; le client n'est plus là pour le lire
        }
    }
}
