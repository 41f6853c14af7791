package tools;

import cli.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Le Python du PATH, qu'un environnement actif (venv, conda) met en premier.
 *
 * @param prefix     la racine de son installation, le sys.prefix de Python
 * @param executable son programme
 */
record ActivePython(Path prefix, Path executable) {
    private static final String QUESTION = """
            import sys, importlib.util
            if importlib.util.find_spec("jupyter_client"): print(sys.prefix, sys.executable, sep="\\n")
            """;

    /** @throws UserError si aucun Python du PATH n'a Jupyter */
    static ActivePython find() throws UserError {
        for (var name : List.of("python", "python3")) {
            var answer = ask(name);
            if (answer.size() == 2) return new ActivePython(Path.of(answer.getFirst()), Path.of(answer.getLast()));
        }
        throw UserError.failed("Le Python du PATH n'a pas Jupyter : activez l'environnement où il est, puis relancez la commande.");
    }

    private static List<String> ask(String python) {
        try {
            var process = new ProcessBuilder(python, "-I", "-c", QUESTION).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes()).lines().toList();
        } catch (IOException _) {
            return List.of();                                                    // pas de Python de ce nom
        }
    }
}
