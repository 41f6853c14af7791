package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Ce qui se vérifie sans Docker ni Binder : des fichiers qu'ils savent lire, et qui ne demandent rien qui n'existe pas. */
@DisplayName("Binder, conteneur, devcontainer")
@DisabledOnOs(OS.WINDOWS)
class FrontDoorsTest {
    private static final Path COURSE = Shell.course();

    @Test
    @DisplayName("environment.yml est du YAML, et demande le JDK du cours")
    void binder() throws Exception {
        var result = Shell.run(COURSE, Map.of(), new Course(COURSE).python().toString(), "-c", """
                import yaml
                print(*yaml.safe_load(open("binder/environment.yml"))["dependencies"])
                """);
        assertEquals(0, result.exitCode(), result.toString());
        var jdk = Files.readString(COURSE.resolve("jbangw")).replaceFirst("(?s).*\nJAVA_MIN=(\\d+).*", "$1");
        assertTrue(List.of(result.out().strip().split(" ")).contains("openjdk=" + jdk), result.out());
    }

    @Test
    @DisplayName("devcontainer.json est du JSON, et désigne une étape du Dockerfile et l'utilisateur qu'elle crée")
    void devcontainer() throws Exception {
        var folder = COURSE.resolve(".devcontainer");
        var container = JsonParser.parseString(Files.readString(folder.resolve("devcontainer.json"))).getAsJsonObject();
        var build = container.getAsJsonObject("build");
        var dockerfile = Files.readString(folder.resolve(build.get("dockerfile").getAsString()));
        assertTrue(dockerfile.contains(" AS " + build.get("target").getAsString() + "\n"), dockerfile);
        assertTrue(dockerfile.contains("USER " + container.get("remoteUser").getAsString() + "\n"), dockerfile);
        assertTrue(Files.isSameFile(COURSE, folder.resolve(build.get("context").getAsString())));
    }

    @TestFactory
    @DisplayName("ce que lancent ces fichiers s'écrit sans faute")
    Stream<DynamicTest> commands() throws Exception {
        var text = Files.readString(COURSE.resolve("Dockerfile")) + Files.readString(COURSE.resolve(".devcontainer/devcontainer.json"));
        var scripts = Stream.of("sh -n binder/postBuild", "test -x binder/postBuild");
        var aliases = Stream.of("lab", "setup", "install-kernel").filter(alias -> text.contains("./jbangw " + alias))
                .map(alias -> "./jbangw " + alias + " --help");
        return Stream.concat(scripts, aliases).map(line -> DynamicTest.dynamicTest(line,
                () -> assertEquals(0, Shell.run(COURSE, Map.of(), line.split(" ")).exitCode())));
    }
}
