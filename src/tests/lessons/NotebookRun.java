package lessons;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.Course;

/**
 * Ce que chaque cellule a affiché pendant un passage de {@code run_notebook.py}, dans l'ordre des exécutions.
 *
 * @param strays ce que le noyau n'a attribué à aucune cellule exécutée
 * @param missing les lignes attendues qui ne sont pas venues
 * @param failure ce qui a arrêté le passage avant sa fin, ou null
 * @param survivors les programmes que la leçon a lancés et qui tournent encore après l'arrêt du noyau
 */
public record NotebookRun(List<Execution> executions, List<String> strays, List<String> missing, String failure, List<String> survivors) {

    /** Le temps laissé aux programmes de la leçon pour finir, une fois le noyau arrêté. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /**
     * @param name {@code stdout}, {@code stderr}, {@code error}, {@code result} (la valeur de la cellule), {@code display} ou
     *         {@code update} (ce qui remplace un affichage)
     * @param data ce qui est affiché, par type MIME ; null pour une sortie ordinaire
     * @param late vrai si le noyau avait déjà déclaré la cellule finie
     */
    record Output(String name, String text, Map<String, String> data, boolean late) {}

    /**
     * @param label ce que l'étape disait d'elle-même, ou null
     * @param seconds la durée de la cellule, sans ce qui arrive en retard
     */
    public record Execution(String cell, String status, String label, double seconds, List<Output> outputs) {

        /** Les lignes de la sortie ordinaire. */
        public List<String> lines() {
            return lines(output -> true);
        }

        public List<String> lines(String containing) {
            return lines().stream().filter(line -> line.contains(containing)).toList();
        }

        public List<String> lateLines() {
            return lines(Output::late);
        }

        private List<String> lines(Predicate<Output> chosen) {
            return outputs.stream().filter(output -> output.name().equals("stdout")).filter(chosen)
                    .map(Output::text).collect(Collectors.joining()).lines().toList();
        }

        /** Le texte de la valeur de la cellule ; vide si elle n'en montre pas. */
        public String result() {
            return outputs.stream().filter(output -> output.name().equals("result")).map(Output::text).collect(Collectors.joining("\n"));
        }

        /** Le HTML de tout ce que la cellule montre, dans l'ordre. */
        public String html() {
            return data("text/html");
        }

        /** Les dessins que la cellule montre, dans l'ordre. */
        public String svg() {
            return data("image/svg+xml");
        }

        /** Un par un : un dessin qui grandit en a plusieurs, du premier au dernier état. */
        public List<String> drawings() {
            return each("image/svg+xml").toList();
        }

        private String data(String mime) {
            return each(mime).collect(Collectors.joining("\n"));
        }

        private Stream<String> each(String mime) {
            return outputs.stream().filter(output -> output.data() != null && output.data().containsKey(mime))
                    .map(output -> output.data().get(mime));
        }

        /** Tout ce que la cellule montre à un lecteur : ses lignes, puis le texte de ses valeurs et de ses affichages. */
        public String text() {
            var shown = outputs.stream().filter(output -> output.data() != null).map(Output::text);
            return Stream.concat(lines().stream(), shown).collect(Collectors.joining("\n"));
        }

        public String errors() {
            return outputs.stream().filter(output -> output.name().equals("error") || output.name().equals("stderr"))
                    .map(Output::text).collect(Collectors.joining("\n"));
        }
    }

    /** Un passage à composer : les étapes, puis {@link #execute}. */
    public static final class Plan {
        private final Lesson lesson;
        private final List<Map<String, Object>> steps = new ArrayList<>();
        private Map<String, String> replaced = Map.of();
        private String kernel = "java";
        private Path kernels;
        private Map<String, String> environment = Map.of();

        public Plan(Lesson lesson) {
            this.lesson = lesson;
        }

        public Plan runAll() {
            return add(Map.of("run", "*"));
        }

        public Plan run(String... cells) {
            return run(List.of(cells));
        }

        public Plan run(List<String> cells) {
            return add(Map.of("run", cells));
        }

        /** Exécute toutes les cellules de code jusqu'à celle-ci, comprise. */
        public Plan runUntil(String cell) {
            return run(lesson.codeCells().subList(0, lesson.codeCells().indexOf(lesson.cell(cell).id()) + 1));
        }

        /** Exécute la cellule après en avoir remplacé le texte, comme le fait un élève. */
        public Plan runAs(String cell, String source) {
            return add(Map.of("run", List.of(lesson.cell(cell).id()), "source", source));
        }

        /** Exécute la cellule, et garde ce nom avec ce qu'elle montre. */
        Plan runLabelled(String cell, String label) {
            return add(Map.of("run", List.of(lesson.cell(cell).id()), "label", label));
        }

        /** Exécute la cellule comme si on en avait ôté la marque de commentaire. */
        Plan runUncommented(String cell) {
            return add(Map.of("uncomment", cell));
        }

        Plan restart() {
            return add(Map.of("restart", true));
        }

        /** Attend que la dernière exécution de cette cellule montre tant de lignes où se trouve cette expression régulière. */
        public Plan await(String cell, int count, String line) {
            return add(Map.of("await", cell, "line", line, "count", count));
        }

        /** Le serveur de la leçon demandera ce port, et aucun autre. */
        Plan port(int number) {
            replaced = Lesson.withPort(number);
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
        public NotebookRun execute() throws Exception {
            var course = Course.find();
            var folder = Files.createDirectories(course.build().resolve("notebooks"));
            var request = Files.createTempFile(folder, "request", ".json");
            var report = Files.createTempFile(folder, "report", ".json");
            var log = Files.createTempFile(folder, "run", ".log");
            try {
                Files.writeString(request, new Gson().toJson(request(course)));
                var family = new Family();
                run(course, request, report, log, family);
                var text = Files.readString(report);
                if (text.isEmpty()) fail("run_notebook.py n'a rien rendu :\n" + Files.readString(log));
                return new Gson().fromJson(text, NotebookRun.class).with(family.stopSurvivors(GRACE));
            } finally {
                Files.delete(request);
                Files.delete(report);
                Files.delete(log);
            }
        }

        private Map<String, Object> request(Course course) {
            var folder = kernels != null ? kernels : course.kernelspec(kernel).getParent();
            return Map.of("notebook", lesson.notebook().toString(), "kernel", kernel,
                    "kernel_dirs", List.of(folder.toString()), "steps", steps,
                    "replace", replaced);
        }

        private void run(Course course, Path request, Path report, Path log, Family family) throws IOException, InterruptedException {
            var script = course.home().resolve("src/tests/lessons/run_notebook.py");
            var builder = new ProcessBuilder(course.python().toString(), "-I", script.toString(), request.toString(), report.toString())
                    .redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            family.mark(builder);
            var process = builder.start();
            try {
                process.waitFor();
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private NotebookRun with(List<String> survivors) {
        return new NotebookRun(executions, strays, missing, failure, survivors);
    }

    /** @return les exécutions de cette cellule, dans l'ordre : une au moins */
    public List<Execution> all(String cell) {
        var found = executions.stream().filter(execution -> execution.cell().equals(cell)).toList();
        if (found.isEmpty()) fail("La cellule " + cell + " n'a pas été exécutée. " + failure);
        return found;
    }

    public Execution first(String cell) {
        return all(cell).getFirst();
    }

    public Execution last(String cell) {
        return all(cell).getLast();
    }

    /** @return l'exécution qui porte ce nom */
    Execution labelled(String label) {
        return executions.stream().filter(execution -> label.equals(execution.label())).findFirst()
                .orElseThrow(() -> new AssertionError("Rien n'a été exécuté sous le nom « " + label + " ». " + failure));
    }

    /** @return les exécutions d'un passage entier de la leçon parmi plusieurs, le premier ayant le numéro 0 */
    NotebookRun pass(int number, int cells) {
        var first = Math.min(number * cells, executions.size());
        var last = Math.min(first + cells, executions.size());
        return new NotebookRun(executions.subList(first, last), strays, missing, failure, survivors);
    }

    /** Le passage est allé au bout, tout ce qui était attendu est venu, aucune cellule n'a montré d'erreur, rien ne tourne plus. */
    public void assertClean() {
        assertNull(failure, "le passage s'est arrêté");
        var bad = new HashMap<String, String>();
        for (var e : executions) if (!e.status().equals("ok") || !e.errors().isEmpty()) bad.put(e.cell(), e.status() + " " + e.errors());
        assertEquals(Map.of(), bad, "cellules en erreur");
        assertEquals(List.of(), missing, "lignes qui ne sont pas venues");
        assertEquals(List.of(), strays, "sorties sans cellule");
        assertEquals(List.of(), survivors, "programmes qui survivent au noyau");
    }
}
