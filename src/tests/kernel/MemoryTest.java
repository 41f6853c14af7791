package kernel;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Une cellule prend toute la mémoire, et la garde : le noyau le dit et continue. Sa mémoire est ici petite, pour la remplir vite. */
@DisplayName("Mémoire pleine")
class MemoryTest {
    private static final Map<String, String> SMALL = Map.of("JDK_JAVA_OPTIONS", "-Xmx160m");

    @TempDir
    Path folder;

    @Test
    @DisplayName("une variable remplit la mémoire : l'erreur le dit, les variables restent, une cellule peut en libérer")
    void aVariableFillsTheHeap() throws Exception {
        try (var kernel = KernelClient.start(folder, SMALL)) {
            kernel.ok("int before = 5;");
            var cell = kernel.fails("var hog = new ArrayList<long[]>();\nwhile (true) hog.add(new long[10]);");
            assertEquals("java.lang.OutOfMemoryError", cell.error().get("ename").getAsString());
            assertTrue(String.join("\n", cell.traceback()).contains("La mémoire est pleine"), cell.traceback().toString());
            assertTrue(String.join("\n", cell.traceback()).contains("JDK_JAVA_OPTIONS=-Xmx2g"), cell.traceback().toString());
            assertEquals("5", kernel.value("before"));
            assertEquals("true", kernel.value("hog.size() > 100_000"));
            kernel.ok("hog = null;");
            assertEquals("10000000", kernel.value("new byte[10_000_000].length"));
        }
    }

    @Test
    @DisplayName("sur le serveur d'une classe, c'est l'administrateur qui en décide : on ne dit pas à l'élève de régler une variable")
    void heapOfAClass() throws Exception {
        try (var kernel = KernelClient.start(folder, Map.of("JUPYTERHUB_USER", "ada"))) {
            var shown = String.join("\n", kernel.fails("new byte[1 << 30]").traceback());
            assertTrue(shown.contains("voyez qui tient ce serveur") && !shown.contains("JDK_JAVA_OPTIONS"), shown);
        }
    }

    @ParameterizedTest(name = "un noyau a droit à un gigaoctet au plus, ou à ce que dit JDK_JAVA_OPTIONS : « {0} »")
    @CsvSource({"'', 0, 1024", "-Xmx1500m, 1400, 1500"})
    void heapLimit(String options, long least, long most) throws Exception {
        try (var kernel = KernelClient.start(folder, options.isEmpty() ? Map.of() : Map.of("JDK_JAVA_OPTIONS", options))) {
            long mebibytes = Long.parseLong(kernel.value("Runtime.getRuntime().maxMemory() >> 20"));
            assertTrue(least <= mebibytes && mebibytes <= most, mebibytes + " Mo");
        }
    }

    @Test
    @DisplayName("un thread d'arrière-plan remplit la mémoire : sa cellule le dit, les suivantes s'exécutent")
    void aBackgroundThreadFillsTheHeap() throws Exception {
        try (var kernel = KernelClient.start(folder, SMALL)) {
            var cell = kernel
                    .ok("Thread.startVirtualThread(() -> { var hog = new ArrayList<long[]>(); while (true) hog.add(new long[10]); });");
            cell.awaitErrors("java.lang.OutOfMemoryError");
            assertEquals("2", kernel.value("1 + 1"));
        }
    }

    @Test
    @DisplayName("un thread que le système refuse est une erreur de la cellule")
    void noMoreThreads() throws Exception {
        try (var kernel = KernelClient.start(folder)) {
            var cell = kernel.fails("new Thread(null, () -> { }, \"pile immense\", 1L << 46).start();");
            assertEquals("java.lang.OutOfMemoryError", cell.error().get("ename").getAsString());
            assertTrue(String.join("\n", cell.traceback()).contains("refuse un thread"), cell.traceback().toString());
            assertEquals("2", kernel.value("1 + 1"));
        }
    }
}
