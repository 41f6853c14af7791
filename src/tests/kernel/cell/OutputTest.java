package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kernel.KernelClient;
import kernel.SharedKernel;
import kernel.protocol.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Sorties d'une cellule")
class OutputTest extends SharedKernel {

    @Test
    @DisplayName("une ligne imprimée s'affiche sous sa cellule")
    void printedLine() throws Exception {
        assertEquals(List.of("stdout:Bonjour, é à ç œ\n"), kernel.ok("System.out.println(\"Bonjour, é à ç œ\");").story());
    }

    @Test
    @DisplayName("une ligne sans retour final arrive avant la fin de la cellule")
    void unfinishedLine() throws Exception {
        assertEquals(List.of("stdout:sans fin"), kernel.ok("System.out.print(\"sans fin\");").story());
    }

    @Test
    @DisplayName("IO.println écrit aussi sous la cellule")
    void ioPrintln() throws Exception {
        assertEquals("par IO\n", kernel.ok("IO.println(\"par IO\");").stdout());
    }

    @Test
    @DisplayName("System.out et System.err gardent leur ordre")
    void streamsKeepTheirOrder() throws Exception {
        var cell = kernel.ok("for (int i = 0; i < 3; i++) { System.out.println(\"o\" + i); System.err.println(\"e\" + i); }");
        assertEquals(List.of("stdout:o0\n", "stderr:e0\n", "stdout:o1\n", "stderr:e1\n", "stdout:o2\n", "stderr:e2\n"), cell.story());
    }

    @Test
    @DisplayName("display() au milieu d'une cellule garde sa place entre les lignes")
    void displayKeepsItsPlace() throws Exception {
        var cell = kernel.ok("System.out.println(\"avant\"); display(\"dessin\"); System.out.println(\"après\"); 42");
        assertEquals(List.of("stdout:avant\n", "display:dessin", "stdout:après\n", "result:42"), cell.story());
    }

    @Test
    @DisplayName("les lignes arrivent pendant que la cellule tourne")
    void linesArriveWhileRunning() throws Exception {
        var cell = kernel.execute("System.out.println(\"déjà là\"); Thread.sleep(Long.MAX_VALUE);");
        cell.awaitOutput("déjà là");
        assertNull(cell.reply(), "la cellule devrait encore tourner");
        kernel.interrupt();
        cell.done();
    }

    @Test
    @DisplayName("toutes les lignes d'une cellule arrivent avant son « idle »")
    void idleComesLast() throws Exception {
        var cell = kernel.ok("for (int i = 0; i < 5000; i++) System.out.println(i);\n\"fin\"");
        assertEquals("status", cell.types().getLast());
        assertEquals("execute_result", cell.types().get(cell.types().size() - 2));
        assertTrue(cell.stdout().endsWith("4999\n"));
    }

    @Test
    @DisplayName("un emoji de quatre octets, écrit octet par octet, n'est jamais coupé")
    void emojiWrittenByteByByte() throws Exception {
        var cell = kernel.ok("""
                byte[] emoji = "🦜".getBytes(java.nio.charset.StandardCharsets.UTF_8);
                System.out.write(emoji, 0, 1); System.out.flush(); display("un");
                System.out.write(emoji, 1, 2); System.out.flush(); display("deux");
                System.out.write(emoji, 3, 1); System.out.flush();""");
        assertEquals("🦜", cell.stdout());
    }

    @Test
    @DisplayName("20 000 emojis d'affilée, décalés d'un octet, arrivent entiers")
    void manyEmojis() throws Exception {
        var cell = kernel.ok("System.out.print(\"x\"); for (int i = 0; i < 20_000; i++) System.out.print(\"🦜é\");");
        assertEquals("x" + "🦜é".repeat(20_000), cell.stdout());
    }

    @Test
    @DisplayName("une seule ligne de deux millions de caractères arrive entière")
    void veryLongLine() throws Exception {
        assertEquals(2_000_001, kernel.ok("System.out.println(\"é\".repeat(2_000_000));").stdout().length());
    }

    /** De quoi manquer vite de mémoire si le noyau gardait ce que le client n'a pas encore lu. */
    private static final Map<String, String> LITTLE_MEMORY = Map.of("JDK_JAVA_OPTIONS", "-Xmx128m");

    @Test
    @DisplayName("un million de lignes arrivent toutes, dans l'ordre, d'un noyau qui a peu de mémoire")
    void millionLines(@TempDir Path folder) throws Exception {
        try (var small = KernelClient.start(folder, LITTLE_MEMORY)) {
            var cell = small.execute("for (int i = 0; i < 1_000_000; i++) System.out.println(i);").doneAfterFlood();
            assertEquals("ok", cell.status());
            assertEquals(IntStream.range(0, 1_000_000).mapToObj(String::valueOf).collect(Collectors.joining("\n", "", "\n")),
                    cell.stdout());
        }
    }

    @Test
    @DisplayName("huit threads d'arrière-plan écrivent chacun 100 000 lignes : toutes arrivent, chacun dans son ordre")
    void floodFromTheBackground(@TempDir Path folder) throws Exception {
        try (var small = KernelClient.start(folder, LITTLE_MEMORY)) {
            var cell = small.ok("""
                    var floods = new ArrayList<Thread>();
                    for (int t = 0; t < 8; t++) {
                        int thread = t;
                        floods.add(Thread.startVirtualThread(() -> {
                        for (int i = 0; i < 100_000; i++) System.out.println(thread + " " + i);
                    }));
                    }""");
            small.execute("for (var flood : floods) flood.join();").doneAfterFlood();
            // les dernières lignes attendent d'autres lignes avec qui voyager : la réponse d'une autre cellule peut les devancer
            cell.await("huit fois 100 000 lignes", e -> e.stdout().lines().count() == 800_000);
            var next = new int[8];
            for (String line : cell.stdout().lines().toList()) {
                int thread = line.charAt(0) - '0';
                assertEquals(thread + " " + next[thread]++, line);
            }
            assertArrayEquals(new int[] {100_000, 100_000, 100_000, 100_000, 100_000, 100_000, 100_000, 100_000}, next);
        }
    }

    @Test
    @DisplayName("les lignes de huit threads ne se perdent ni ne se coupent")
    void linesOfEightThreads() throws Exception {
        var cell = kernel.ok("""
                var threads = new ArrayList<Thread>();
                for (int t = 0; t < 8; t++) {
                    String name = "thread " + t + " : ";
                    threads.add(Thread.ofPlatform().start(() -> { for (int i = 0; i < 2000; i++) System.out.println(name + i + " é!"); }));
                }
                for (var thread : threads) thread.join();""");
        var lines = cell.stdout().lines().toList();
        assertEquals(16_000, lines.size());
        for (int t = 0; t < 8; t++) {
            String name = "thread " + t + " : ";
            var expected = IntStream.range(0, 2000).mapToObj(i -> name + i + " é!").toList();
            assertEquals(expected, lines.stream().filter(line -> line.startsWith(name)).toList());
        }
    }

    @Test
    @DisplayName("un message sur iopub ne se rapporte qu'à sa cellule")
    void eachCellItsOwn() throws Exception {
        var first = kernel.execute("System.out.println(\"un\");");
        var second = kernel.execute("System.out.println(\"deux\");");
        second.done();
        assertEquals("un\n", first.stdout());
        assertEquals("deux\n", second.stdout());
    }

    @Test
    @DisplayName("une cellule qui ferme System.out n'en prive pas les suivantes")
    void closedOutput() throws Exception {
        kernel.ok("System.out.println(\"dernière\"); System.out.close(); System.err.close();");
        assertEquals(List.of("stdout:encore\n", "stderr:aussi\n"),
                kernel.ok("System.out.println(\"encore\"); System.err.println(\"aussi\");").story());
    }

    @Test
    @DisplayName("une cellule peut remplacer System.out puis le remettre")
    void replacedOutput() throws Exception {
        var cell = kernel.ok("""
                var normal = System.out;
                var captured = new ByteArrayOutputStream();
                System.setOut(new PrintStream(captured, true));
                System.out.print("capturé");
                System.setOut(normal);
                System.out.println("remis");
                captured.toString()""");
        assertEquals(List.of("stdout:remis\n", "result:capturé"), cell.story());
    }

    @Test
    @DisplayName("les accents passent même quand la machine est réglée sur l'ASCII (LC_ALL=C)")
    void accentsOnAnAsciiMachine() throws Exception {
        try (var ascii = KernelClient.start(kernel.workingFolder(), Map.of("LC_ALL", "C"))) {
            var cell = ascii.execute("System.out.println(\"été\"); System.err.println(\"œuf\"); IO.readln()",
                    Json.object("allow_stdin", true));
            ascii.answer(cell, 1, "Zoé 🦜");
            assertEquals(List.of("stdout:été\n", "stderr:œuf\n", "result:Zoé 🦜"), cell.done().story());
        }
    }
}
