package browser;

import static org.junit.jupiter.api.Assertions.*;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import tools.Course;

/** La vraie commande « ./jbangw lab --no-browser », lancée comme le ferait un élève. */
final class LabProcess implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/\\S+");

    private static final String PORT = "18888";      // s'il est pris, la commande passe au suivant

    private final Process process;
    private final URI address;

    private LabProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Démarre la commande et attend qu'elle donne l'adresse à ouvrir.
     *
     * @param arguments ceux de {@code ./jbangw lab}
     */
    static LabProcess start(Course course, String... arguments) throws IOException {
        // Une commande lancée en tâche de fond ignore Ctrl-C, et ce qu'elle lance aussi : on remet le signal à son état d'origine.
        var command = new ArrayList<>(List.of(course.python().toString(), "-c",
                "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
                course.jbangw().toString(), "lab", "--no-browser", "--port", PORT));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .directory(course.home().toFile()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var lines = process.inputReader();
        var address = awaitAddress(lines);
        Thread.startVirtualThread(() -> lines.lines().forEach(_ -> {}));  // la suite est lue, pour ne jamais bloquer la commande
        return new LabProcess(process, address);
    }

    private static URI awaitAddress(BufferedReader lines) throws IOException {
        var seen = new ArrayList<String>();
        for (String line; (line = lines.readLine()) != null; seen.add(line)) {
            var matcher = ADDRESS.matcher(line);
            if (matcher.find()) return URI.create(matcher.group());
        }
        return fail("./jbangw lab a fini sans donner d'adresse : " + seen);
    }

    /** L'adresse affichée, jeton compris. */
    URI address() {
        return address;
    }

    /**
     * L'adresse d'un autre notebook du clone, dans une disposition de fenêtres à part : celle de l'utilisateur reste
     * comme elle est.
     */
    URI address(String notebook) {
        return address.resolve("/lab/workspaces/essais/tree/" + notebook + "?" + address.getQuery() + "&reset");
    }

    /** L'adresse d'un autre notebook, projeté. */
    URI projected(String notebook) {
        return address.resolve("/doc/tree/" + notebook + "?" + address.getQuery());
    }

    /** Les processus de la commande : elle-même, JupyterLab, les noyaux. */
    List<ProcessHandle> family() {
        var family = new ArrayList<>(List.of(process.toHandle()));
        process.descendants().forEach(family::add);
        return family;
    }

    /** Ctrl-C, puis attend la fin de la commande. */
    void interrupt() throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor(), "kill -INT");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "./jbangw lab tourne encore une minute après Ctrl-C");
    }

    @Override
    public void close() {
        family().reversed().forEach(ProcessHandle::destroyForcibly);
    }
}
