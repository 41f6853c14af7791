package kernel;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.Course;

/** Pour Java, un paquet n'en contient pas d'autres : ce test est le mur entre les pièces du noyau, et entre lui et le reste. */
@DisplayName("Pièces du noyau")
class RoomsTest {
    /** Du bas vers le haut. */
    private static final List<String> ROOMS =
            List.of("display", "kernel.support", "kernel.protocol", "kernel.cell", "kernel.run", "kernel.compile",
                    "kernel.assist", "kernel");
    private static final Pattern IMPORT = Pattern
            .compile("^import (?:static )?((?:kernel|display|asynchelpers|lessons|cli|tools|bench)[a-z.]*)\\.[A-Z*]", Pattern.MULTILINE);

    @Test
    @DisplayName("une pièce n'importe que celles d'en dessous")
    void importsGoDown() throws Exception {
        Path sources = Course.find().home().resolve("src");
        try (var files = Files.walk(sources.resolve("kernel"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
                String room = sources.relativize(file.getParent()).toString().replace(file.getFileSystem().getSeparator(), ".");
                IMPORT.matcher(Files.readString(file)).results().map(found -> found.group(1))
                        .forEach(imported -> assertTrue(ROOMS.contains(imported) && ROOMS.indexOf(imported) < ROOMS.indexOf(room),
                                file + " importe " + imported));
            }
        }
    }
}
