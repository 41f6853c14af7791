package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("pièces")
class RoomsTest {
    private static final Pattern IMPORT = Pattern.compile(
            "(?m)^import (?:static )?(asynchelpers|bench|cli|display|examples|kernel|lessons|tests|tools)\\.");

    @ParameterizedTest(name = "src/{0} ne connaît de src que : {1}")
    @CsvSource({"cli, rien", "tools, cli", "bench, asynchelpers cli tools"})
    void knowsOnlyWhatIsBelow(String room, String below) throws Exception {
        var climbing = new ArrayList<String>();
        try (var files = Files.walk(Shell.course().resolve("src").resolve(room))) {
            for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                IMPORT.matcher(Files.readString(file)).results().map(found -> found.group(1))
                        .filter(other -> !other.equals(room) && !Set.of(below.split(" ")).contains(other))
                        .forEach(other -> climbing.add(file.getFileName() + " -> " + other));
            }
        }
        assertEquals(List.of(), climbing);
    }
}
