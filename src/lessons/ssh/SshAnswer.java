package lessons.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.sshd.client.channel.ClientChannel;

/**
 * Ce qu'une machine a répondu à une commande.
 *
 * @param host le nom de la machine
 * @param code le code de sortie ; null si la machine ne l'a pas donné
 * @param out ce que la commande a écrit sur sa sortie
 * @param err ce qu'elle a écrit sur sa sortie d'erreur ; ou, sans code, pourquoi il n'y a pas de réponse
 */
public record SshAnswer(String host, Integer code, String out, String err) {

    /** La réponse lue sur un canal : finie, pas finie à temps, ou rompue. N'attend pas. */
    public static SshAnswer of(String host, ClientChannel channel, OutputStream out, OutputStream err) {
        var code = channel.getExitStatus();
        if (code != null) return new SshAnswer(host, code, out.toString().strip(), err.toString().strip());
        var why = channel.isOpen() ? "pas fini à temps" : "connexion rompue avant la fin";
        return new SshAnswer(host, null, out.toString().strip(), why);
    }

    /** Pas de réponse : le temps est passé. */
    public static SshAnswer late(String host) {
        return new SshAnswer(host, null, "", "pas fini à temps");
    }

    /**
     * Les réponses de ces tâches, dans l'ordre. Attend la fin de chacune ; l'exception d'une tâche est relancée, dans une
     * {@link ExecutionException}.
     */
    public static List<SshAnswer> all(List<Future<SshAnswer>> tasks) throws ExecutionException, InterruptedException {
        var answers = new ArrayList<SshAnswer>();
        for (var task : tasks) answers.add(task.get());
        return answers;
    }

    /** Pas de réponse : la connexion a échoué. */
    public static SshAnswer failed(String host, IOException failure) {
        return new SshAnswer(host, null, "", SshFolder.explain(failure));
    }
}
