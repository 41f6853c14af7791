package lessons;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.*;

import bench.JjavaInstall;
import cli.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.Course;
import tools.Setup;

/**
 * La leçon va au bout, sans une erreur, sur les noyaux Java des autres, tels que publiés. Les lignes tardives s'y
 * perdent : rien n'est donc dit ici de ce qui s'affiche.
 */
@DisplayName("leçon 2, sur d'autres noyaux")
class StockKernelsTest {

    @Test
    @Timeout(900)
    @DisplayName("IJava 1.3.0")
    void ijava() throws Exception {
        var course = Course.find();
        try {
            Setup.prepareIjava(course);
        } catch (UserError e) {
            assumeFalse(e.getMessage().contains("connexion"), e.getMessage());
            throw e;
        }
        assertRuns("ijava", course.kernelspec("ijava").getParent(), Map.of());
    }

    /** JJava se déclare sous le nom de notre noyau, {@code java} : il est donc installé hors de .venv. */
    @Test
    @Timeout(900)
    @DisplayName("JJava 1.0a8")
    void jjava() throws Exception {
        var course = Course.find();
        Path kernels;
        try {
            kernels = JjavaInstall.prepare(course);
        } catch (UserError e) {
            assumeFalse(e.getMessage().contains("connexion"), e.getMessage());
            throw e;
        }
        var bin = Path.of(System.getProperty("java.home"), "bin");
        assertRuns("java", kernels, Map.of(
                "JJAVA_CLASSPATH", compileHelpers(course, course.build().resolve("jjava")).toString(),
                "PATH", bin + File.pathSeparator + System.getenv("PATH")));
    }

    private static void assertRuns(String kernel, Path kernels, Map<String, String> environment) throws Exception {
        var lesson = Lesson.mirror();
        var run = new NotebookRun.Plan(lesson).kernel(kernel, kernels, environment).runAll().execute();
        run.assertClean();
        assertEquals(lesson.codeCells(), run.executions().stream().map(NotebookRun.Execution::cell).toList(), "cellules exécutées");
    }

    private static Path compileHelpers(Course course, Path folder) throws IOException {
        var classes = folder.resolve("helpers");
        var command = new ArrayList<>(List.of("-d", classes.toString(), "-encoding", "UTF-8"));
        for (var room : List.of("asynchelpers", "display"))
            try (var sources = Files.list(course.home().resolve("src").resolve(room))) {
                sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(command::add);
            }
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new)), "javac");
        return classes;
    }
}
