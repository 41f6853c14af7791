package lessons;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.Course;

/**
 * Une leçon telle qu'on la voit après l'avoir exécutée, lignes tardives comprises : le notebook, avec ses sorties. Les tests qui
 * exécutent les leçons la gardent dans build/executed ; ceux du navigateur la regardent.
 */
public final class Executed {

    private Executed() {}

    /** Garde ce que montre le premier passage de {@code run}, qui a exécuté toutes les cellules dans l'ordre. */
    static void keep(Lesson lesson, NotebookRun run) throws Exception {
        var root = lesson.root().deepCopy();
        var pass = run.pass(0, lesson.codeCells().size());
        int count = 0;
        for (var element : root.getAsJsonArray("cells")) {
            var cell = element.getAsJsonObject();
            if (!cell.get("cell_type").getAsString().equals("code")) continue;
            cell.addProperty("execution_count", ++count);
            cell.add("outputs", outputs(pass.first(cell.get("id").getAsString()), count));
            cell.getAsJsonObject("metadata").addProperty("scrolled", false);
        }
        Files.createDirectories(file(lesson).getParent());
        Files.writeString(file(lesson), root.toString());
    }

    /** Ce qui a été gardé, ou l'exécution de la leçon si elle a changé depuis. */
    public static String of(Lesson lesson) throws Exception {
        var file = file(lesson);
        var sources = List.of(lesson.notebook(), Course.find().home().resolve("src/lessons"), Course.find().home().resolve("src/display"));
        for (var source : sources)
            if (!Files.exists(file) || newest(source) > Files.getLastModifiedTime(file).toMillis()) {
                keep(lesson, new NotebookRun.Plan(lesson).runAll().execute());
                break;
            }
        return Files.readString(file);
    }

    private static long newest(Path source) throws IOException {
        try (var files = Files.walk(source)) {
            return files.mapToLong(file -> file.toFile().lastModified()).max().orElse(0);
        }
    }

    private static Path file(Lesson lesson) throws Exception {
        return Course.find().build().resolve("executed").resolve(lesson.notebook().getFileName().toString());
    }

    private static JsonArray outputs(NotebookRun.Execution execution, int count) {
        var outputs = new JsonArray();
        for (var output : execution.outputs()) {
            var last = outputs.isEmpty() ? null : outputs.get(outputs.size() - 1).getAsJsonObject();
            switch (output.name()) {
                case "stdout", "stderr" -> {
                    if (last == null || !last.has("name") || !last.get("name").getAsString().equals(output.name()))
                        outputs.add(json(Map.of("output_type", "stream", "name", output.name(), "text", output.text())));
                    else last.addProperty("text", last.get("text").getAsString() + output.text());
                }
                case "error" -> outputs.add(json(Map.of("output_type", "stream", "name", "stderr", "text", output.text())));
                case "update" -> replaceShown(outputs, data(output));
                case "result" -> {
                    var result = shown("execute_result", data(output));
                    result.addProperty("execution_count", count);
                    outputs.add(result);
                }
                default -> outputs.add(shown("display_data", data(output)));
            }
        }
        return outputs;
    }

    /** Un affichage qui en remplace un autre : une leçon n'en a qu'un par cellule. */
    private static void replaceShown(JsonArray outputs, JsonObject data) {
        for (var output : outputs)
            if (output.getAsJsonObject().has("data")) output.getAsJsonObject().add("data", data);
    }

    private static JsonObject shown(String type, JsonObject data) {
        var shown = json(Map.of("output_type", type));
        shown.add("data", data);
        shown.add("metadata", JsonParser.parseString("{}"));
        return shown;
    }

    private static JsonObject data(NotebookRun.Output output) {
        return json(output.data());
    }

    private static JsonObject json(Map<String, String> texts) {
        var object = new JsonObject();
        texts.forEach(object::addProperty);
        return object;
    }
}
