package french;

import cli.UserError;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lessons.Lesson;
import tools.Course;

/** Un fichier du cours, et la prose qu'il contient. */
record Document(String name, List<Passage> passages) {

    private static final Pattern SVG_TEXT = Pattern.compile("(?s)<(text|title|desc)\\b(?![^>]*monospace)[^>]*>(.*?)</\\1>");
    private static final Pattern SVG_CODE = Pattern.compile("<tspan[^>]*monospace[^>]*>.*?</tspan>");
    private static final List<String> SCRIPTS =
            List.of("jbangw", "jbangw.cmd", "requirements.in", ".gitignore", ".gitattributes", ".editorconfig");
    private static final String WITH_MISTAKES = "FrenchTest.java";    // des fautes, exprès
    private static final String ENGLISH = "## In English";

    /** Tout ce que quelqu'un lira. */
    static List<Document> all() throws IOException, UserError {
        var documents = new ArrayList<Document>();
        for (var lesson : Lesson.chosen()) documents.add(notebook(lesson));
        if (!System.getProperty("course.lesson", "").isEmpty()) return documents;

        var home = Course.find().home();
        for (var page : List.of("README.md", "ENSEIGNER.md", "ADMINISTRER.md", "AILLEURS.md"))
            documents.add(markdown(home, home.resolve(page)));
        documents.add(catalog(home.resolve("jbang-catalog.json")));
        for (var file : files(home.resolve("src"), ".md")) documents.add(markdown(home, file));
        for (var name : SCRIPTS) documents.add(script(home, home.resolve(name)));
        for (var file : files(home.resolve("src"), ".py")) documents.add(script(home, file));
        var sources = files(home.resolve("src"), ".java");
        var known = sources.stream().map(file -> file.getFileName().toString().replace(".java", "")).collect(Collectors.toSet());
        for (var lesson : Lesson.all()) known.addAll(names(lesson));
        for (var file : files(home.resolve("media"), ".svg")) documents.add(picture(home, file, known));
        sources.removeIf(file -> file.endsWith(WITH_MISTAKES));
        for (var file : sources) documents.add(java(home, file, known));
        return documents;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private static Document of(String name, Stream<Passage> passages) {
        return new Document(name,
                passages.map(passage -> passage.place().isEmpty() ? passage.at(name) : passage).filter(Passage::hasWords).toList());
    }

    private static Document notebook(Lesson lesson) {
        var name = "notebooks/" + lesson.notebook().getFileName();
        var names = names(lesson);
        return of(name, lesson.cells().stream().flatMap(cell -> passages(cell, names).stream()
                .map(passage -> passage.at(name + ", cellule " + cell.id()))));
    }

    /** Les mots du code d'une leçon. */
    private static Set<String> names(Lesson lesson) {
        return lesson.cells().stream().filter(Lesson.Cell::isCode).flatMap(cell -> JavaSource.names(cell.source()).stream())
                .collect(Collectors.toSet());
    }

    private static List<Passage> passages(Lesson.Cell cell, Set<String> names) {
        if (cell.isCode()) return among(names, JavaSource.passages(cell.source()));
        var all = new ArrayList<>(Markdown.passages(cell.source()));
        for (var block : cell.javaBlocks()) all.addAll(among(names, JavaSource.passages(block)));
        return all;
    }

    private static List<Passage> among(Set<String> names, List<Passage> passages) {
        return passages.stream().map(passage -> passage.among(names)).toList();
    }

    private static Document markdown(Path home, Path file) throws IOException {
        var text = Files.readString(file);
        var english = text.indexOf(ENGLISH);
        return of(Passage.relative(home, file), Markdown.passages(english < 0 ? text : text.substring(0, english)).stream());
    }

    private static Document catalog(Path file) throws IOException {
        var aliases = JsonParser.parseString(Files.readString(file)).getAsJsonObject().getAsJsonObject("aliases");
        return of(file.getFileName().toString(), aliases.entrySet().stream()
                .map(alias -> new Passage(1, Passage.plain(sentence(alias.getValue().getAsJsonObject().get("description").getAsString())))
                        .at(file.getFileName() + ", alias " + alias.getKey())));
    }

    /** Sans l'exemple qui finit la description : c'est une commande. */
    private static String sentence(String description) {
        return description.split(" Exemple\u00a0: ")[0];
    }

    private static Document script(Path home, Path file) throws IOException {
        return of(Passage.relative(home, file), ScriptSource.passages(Files.readString(file)).stream());
    }

    private static Document picture(Path home, Path file, Set<String> known) throws IOException {
        var text = Files.readString(file);
        return of(Passage.relative(home, file),
                SVG_TEXT.matcher(text).results().map(match -> new Passage(1 + (int) text.substring(0, match.start()).lines().count(),
                        Passage.plain(SVG_CODE.matcher(match.group(2)).replaceAll(Passage.NAME))).among(known)));
    }

    /** Un commentaire ou un message peut nommer une autre classe du cours, ou ce qui est dans une leçon. */
    private static Document java(Path home, Path file, Set<String> known) throws IOException {
        var passages = JavaSource.passages(Files.readString(file));
        return of(Passage.relative(home, file), passages.stream().map(passage -> passage.among(union(passage.names(), known))));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        var all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }
}
