package notebooks;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.Course;

/**
 * Ce que chaque cellule a affiché pendant un passage de {@code run_notebook.py}, dans l'ordre des exécutions.
 *
 * @param strays ce que le noyau n'a attribué à aucune cellule exécutée
 * @param missing les lignes attendues qui ne sont pas venues
 * @param failure ce qui a arrêté le passage avant sa fin, ou null
 */
record NotebookRun(List<Execution> executions, List<String> strays, List<String> missing, String failure) {

    /** @param late vrai si le noyau avait déjà déclaré la cellule finie */
    record Output(String name, String text, boolean late) {}

    record Execution(String cell, String status, List<Output> outputs) {

        /** Les lignes de la sortie ordinaire. */
        List<String> lines() {
            return lines(output -> true);
        }

        List<String> lines(String containing) {
            return lines().stream().filter(line -> line.contains(containing)).toList();
        }

        List<String> lateLines() {
            return lines(Output::late);
        }

        private List<String> lines(Predicate<Output> chosen) {
            return outputs.stream().filter(output -> output.name().equals("stdout")).filter(chosen)
                    .map(Output::text).collect(Collectors.joining()).lines().toList();
        }

        String errors() {
            return outputs.stream().filter(output -> output.name().equals("error") || output.name().equals("stderr"))
                    .map(Output::text).collect(Collectors.joining("\n"));
        }
    }

    /** Un passage à composer : les étapes, puis {@link #execute}. */
    static final class Plan {
        private final Lesson lesson;
        private final List<Map<String, Object>> steps = new ArrayList<>();
        private int port = -1;
        private String kernel = "java";
        private Path kernels;
        private Map<String, String> environment = Map.of();

        Plan(Lesson lesson) {
            this.lesson = lesson;
        }

        Plan runAll() {
            return add(Map.of("run", "*"));
        }

        Plan run(String... cells) {
            return run(List.of(cells));
        }

        Plan run(List<String> cells) {
            return add(Map.of("run", cells));
        }

        /** Exécute la cellule comme si on en avait ôté la marque de commentaire. */
        Plan runUncommented(String cell) {
            return add(Map.of("uncomment", cell));
        }

        Plan restart() {
            return add(Map.of("restart", true));
        }

        /** Attend que la dernière exécution de cette cellule montre tant de lignes qui contiennent ce texte. */
        Plan await(String cell, int count, String text) {
            return add(Map.of("await", cell, "line", text, "count", count));
        }

        /** Le serveur de la leçon écoutera ce port. */
        Plan port(int number) {
            port = number;
            return this;
        }

        /** Un autre noyau que le nôtre, rangé dans ce dossier de noyaux. */
        Plan kernel(String name, Path folder, Map<String, String> variables) {
            kernel = name;
            kernels = folder;
            environment = variables;
            return this;
        }

        private Plan add(Map<String, Object> step) {
            steps.add(step);
            return this;
        }

        /** Démarre un noyau, suit les étapes, arrête le noyau. Bloque jusqu'à la fin ; interrompu, arrête tout. */
        NotebookRun execute() throws Exception {
            var course = Course.find();
            var folder = Files.createDirectories(course.build().resolve("notebooks"));
            var request = Files.createTempFile(folder, "request", ".json");
            var report = Files.createTempFile(folder, "report", ".json");
            var log = Files.createTempFile(folder, "run", ".log");
            try {
                Files.writeString(request, new Gson().toJson(request(course)));
                run(course, request, report, log);
                var text = Files.readString(report);
                if (text.isEmpty()) fail("run_notebook.py n'a rien rendu :\n" + Files.readString(log));
                return new Gson().fromJson(text, NotebookRun.class);
            } finally {
                Files.delete(request);
                Files.delete(report);
                Files.delete(log);
            }
        }

        private Map<String, Object> request(Course course) throws IOException {
            var folder = kernels != null ? kernels : course.kernelspec(kernel).getParent();
            return Map.of("notebook", lesson.notebook().toString(), "kernel", kernel,
                    "kernel_dirs", List.of(folder.toString()), "steps", steps,
                    "replace", Lesson.withPort(port >= 0 ? port : Lesson.freePort()));
        }

        private void run(Course course, Path request, Path report, Path log) throws IOException, InterruptedException {
            var script = course.home().resolve("src/tests/notebooks/run_notebook.py");
            var builder = new ProcessBuilder(course.python().toString(), "-I", script.toString(), request.toString(), report.toString())
                    .redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            var process = builder.start();
            try {
                process.waitFor();
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /** @return la dernière exécution de cette cellule */
    Execution last(String cell) {
        return executions.stream().filter(execution -> execution.cell().equals(cell)).reduce((_, second) -> second)
                .orElseThrow(() -> new AssertionError("La cellule " + cell + " n'a pas été exécutée. " + failure));
    }

    /** @return les exécutions d'un passage entier de la leçon parmi plusieurs, le premier ayant le numéro 0 */
    NotebookRun pass(int number, int cells) {
        var first = Math.min(number * cells, executions.size());
        var last = Math.min(first + cells, executions.size());
        return new NotebookRun(executions.subList(first, last), strays, missing, failure);
    }

    /** Le passage est allé au bout, tout ce qui était attendu est venu, aucune cellule n'a montré d'erreur. */
    void assertClean() {
        assertNull(failure, "le passage s'est arrêté");
        var bad = new HashMap<String, String>();
        for (var e : executions) if (!e.status().equals("ok") || !e.errors().isEmpty()) bad.put(e.cell(), e.status() + " " + e.errors());
        assertEquals(Map.of(), bad, "cellules en erreur");
        assertEquals(List.of(), missing, "lignes qui ne sont pas venues");
        assertEquals(List.of(), strays, "sorties sans cellule");
    }
}
