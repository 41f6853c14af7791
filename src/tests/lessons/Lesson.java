package lessons;

import cli.UserError;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.Course;

/**
 * Un notebook du cours, vu par les tests.
 *
 * @param notebook le fichier
 * @param root tout son contenu
 * @param cells ses cellules, dans l'ordre
 */
public record Lesson(Path notebook, JsonObject root, List<Cell> cells) {

    private static final String MIRROR = "02-les-librairies";

    private static final Pattern NOT_PROSE = Pattern.compile("(?s)```.*?```|`[^`]*`|<[^>]+>|\\]\\([^)]*\\)");
    private static final Pattern JAVA_BLOCK = Pattern.compile("(?ms)^```java\\R(.*?)^```\\s*$");

    public record Cell(String id, String type, String source, JsonObject json) {

        private static Cell of(JsonObject json) {
            return new Cell(json.get("id").getAsString(), json.get("cell_type").getAsString(), text(json.get("source")), json);
        }

        /** Le format permet un seul texte, ou une liste de lignes. */
        private static String text(JsonElement source) {
            if (!source.isJsonArray()) return source.getAsString();
            return source.getAsJsonArray().asList().stream().map(JsonElement::getAsString).collect(Collectors.joining());
        }

        public boolean isCode() {
            return type.equals("code");
        }

        public JsonObject metadata() {
            return json.getAsJsonObject("metadata");
        }

        /** Le numéro de la ligne du plan de la leçon 2, ou -1 pour une cellule ajoutée. */
        public int row() {
            return metadata().has("lesson") ? metadata().getAsJsonObject("lesson").get("cell").getAsInt() : -1;
        }

        public boolean hasTag(String tag) {
            var tags = metadata().getAsJsonArray("tags");
            return tags != null && tags.asList().stream().anyMatch(element -> element.getAsString().equals(tag));
        }

        /** Le texte sans le code, les balises ni les adresses. */
        public String prose() {
            return NOT_PROSE.matcher(source).replaceAll("");
        }

        /** Les blocs de code Java d'une cellule de texte. */
        public List<String> javaBlocks() {
            return JAVA_BLOCK.matcher(source).results().map(block -> block.group(1)).toList();
        }
    }

    public static Lesson read(Path notebook) throws IOException {
        var root = JsonParser.parseString(Files.readString(notebook)).getAsJsonObject();
        var cells = new ArrayList<Cell>();
        for (var cell : root.getAsJsonArray("cells")) cells.add(Cell.of(cell.getAsJsonObject()));
        return new Lesson(notebook, root, List.copyOf(cells));
    }

    /** @param name le nom du fichier sans {@code .ipynb}, par exemple {@code 05-fichiers} */
    public static Lesson of(String name) throws IOException, UserError {
        return read(folder().resolve(name + ".ipynb"));
    }

    public static Lesson mirror() throws IOException, UserError {
        return of(MIRROR);
    }

    /** Vrai pour celle qui suit, cellule par cellule, le plan d'une leçon de Python. */
    public boolean isMirror() {
        return name().equals(MIRROR);
    }

    /** @return tous les notebooks du cours, dans l'ordre de lecture */
    public static List<Lesson> all() throws IOException, UserError {
        var lessons = new ArrayList<Lesson>();
        try (var files = Files.list(folder())) {
            for (var file : files.filter(f -> f.getFileName().toString().matches("\\d\\d-.*\\.ipynb")).sorted().toList())
                lessons.add(read(file));
        }
        return lessons;
    }

    /** @return ceux que {@code ./jbangw test --lesson} demande, ou tous */
    public static List<Lesson> chosen() throws IOException, UserError {
        var prefix = System.getProperty("course.lesson", "");
        return all().stream().filter(lesson -> lesson.name().startsWith(prefix)).toList();
    }

    private static Path folder() throws UserError {
        return Course.find().home().resolve("notebooks");
    }

    public String name() {
        return notebook.getFileName().toString().replaceFirst("\\.ipynb$", "");
    }

    /** @return 0 pour le sommaire, 1 pour la première leçon */
    public int number() {
        return Integer.parseInt(name().substring(0, 2));
    }

    /** @return les identifiants des cellules de code, dans l'ordre */
    public List<String> codeCells() {
        return cells.stream().filter(Cell::isCode).map(Cell::id).toList();
    }

    public boolean has(String id) {
        return cells.stream().anyMatch(cell -> cell.id().equals(id));
    }

    public Cell cell(String id) {
        return cells.stream().filter(cell -> cell.id().equals(id)).findFirst()
                .orElseThrow(() -> new NoSuchElementException(name() + " n'a pas de cellule « " + id + " »."));
    }

    /** @return l'identifiant de la cellule de cette ligne du plan de la leçon 2 */
    public String row(int number) {
        return cells.stream().filter(cell -> cell.row() == number).findFirst()
                .orElseThrow(() -> new NoSuchElementException("La leçon n'a pas de ligne " + number + ".")).id();
    }

    /** @return la place de cette cellule dans le notebook, à partir de 0 */
    public int position(String id) {
        return cells.indexOf(cell(id));
    }

    /** @return la réponse repliée sous cet exercice : ce qui remplace la cellule à trou */
    public String solution(int exercise) {
        var blocks = cell("solution-" + exercise).javaBlocks();
        if (blocks.size() != 1) throw new NoSuchElementException("solution-" + exercise + " : un seul bloc ```java attendu");
        return blocks.getFirst();
    }

    /** Ce qu'il faut changer dans le texte de la leçon 2 pour que son serveur demande ce port, et aucun autre. */
    public static Map<String, String> withPort(int port) {
        return Map.of("reservePort(8080)", String.valueOf(port));
    }
}
