package tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ce que l'on projette : une copie des leçons, dans {@code build/}, d'où {@code ../src} et {@code ../media} désignent les mêmes
 * fichiers, et des réglages de JupyterLab à part. Ni les leçons ni les réglages de tous les jours ne changent.
 */
final class Projection {
    private static final DateTimeFormatter CLASS_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HH'h'mm-ss");

    /** Par greffon de JupyterLab. Tout le notebook est dans la page : l'écran va d'une cellule à l'autre sans à-coup. */
    private static final Map<String, String> SETTINGS = Map.of(
            "cours/plugin", "{\"projector\": true, \"band\": true}",
            "@jupyterlab/notebook-extension/tracker", "{\"windowingMode\": \"none\", \"scrollPastEnd\": true}",
            "@jupyterlab/statusbar-extension/plugin", "{\"visible\": false}");

    private final Course course;

    Projection(Course course) {
        this.course = course;
    }

    /**
     * Copie les leçons, et ce notebook s'il n'en est pas une. Ce qu'un cours d'avant a écrit dans une copie est gardé, sous un autre nom.
     *
     * @return la copie de ce notebook, sans sorties repliées
     */
    Path copy(Path notebook) throws IOException {
        Files.createDirectories(course.build());
        try (var lessons = Files.list(course.home().resolve("notebooks"))) {
            for (var lesson : lessons.filter(file -> file.toString().endsWith(".ipynb")).toList()) copyOne(lesson);
        }
        return notebook.getParent().equals(course.build()) ? notebook : copyOne(notebook);
    }

    private Path copyOne(Path lesson) throws IOException {
        var copy = course.build().resolve(lesson.getFileName().toString());
        var text = Files.readString(lesson).replace("\"scrolled\": true", "\"scrolled\": false");
        if (Files.exists(copy) && !Files.readString(copy).equals(text)) Files.move(copy, copy.resolveSibling(nameOfClass(copy)));
        Files.writeString(copy, text);
        return copy;
    }

    /** Le même nom, suivi du moment où l'on y a écrit pour la dernière fois. */
    private static String nameOfClass(Path copy) throws IOException {
        var time = LocalDateTime.ofInstant(Files.getLastModifiedTime(copy).toInstant(), ZoneId.systemDefault());
        return copy.getFileName().toString().replace(".ipynb", "-" + CLASS_TIME.format(time) + ".ipynb");
    }

    /** Le dossier des réglages ; ce que l'on y a changé, la taille des caractères par exemple, reste d'un cours à l'autre. */
    Path settings(boolean slides) throws IOException {
        var folder = course.venv().resolve(slides ? "jupyter/slides" : "jupyter/projector");
        var settings = new TreeMap<>(SETTINGS);
        if (slides) {
            settings.put("cours/plugin", "{\"projector\": true, \"band\": true, \"slides\": true}");
            settings.put("@jupyterlab/notebook-extension/tracker", "{\"windowingMode\": \"none\", \"scrollPastEnd\": false}");
        }
        for (var setting : settings.entrySet()) {
            var file = folder.resolve(setting.getKey() + ".jupyterlab-settings");
            if (Files.exists(file)) continue;
            Files.createDirectories(file.getParent());
            Files.writeString(file, setting.getValue());
        }
        return folder;
    }
}
