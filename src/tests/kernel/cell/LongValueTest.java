package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Une valeur se lit, même longue, même faite de tableaux. */
@DisplayName("Valeurs longues, tableaux dans des valeurs")
class LongValueTest extends SharedKernel {

    @ParameterizedTest(name = "un tableau se lit où qu''il soit : {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            List.of(new int[] {1, 2}, new String[] {"a"})                        | [[1, 2], [a]]
            List.of(new int[][] {{1}, {2, 3}}, 4)                                | [[[1], [2, 3]], 4]
            Arrays.asList(new char[] {'x'}, null)                                | [[x], null]
            new ArrayList<>(List.of(new boolean[1]))                             | [[false]]
            Set.of(new double[] {0.5})                                           | [[0.5]]
            new ArrayDeque<>(List.of(new long[] {7}))                            | [[7]]
            new CopyOnWriteArrayList<>(List.of(new int[] {7}))                   | [[7]]
            new LinkedBlockingQueue<>(List.of(new int[] {7}))                    | [[7]]
            Collections.unmodifiableList(List.of(new int[] {7}))                 | [[7]]
            Collections.synchronizedList(new ArrayList<>(List.of(new int[] {7}))) | [[7]]
            new Vector<>(List.of(new int[] {7}))                                 | [[7]]
            Map.of("k", new int[] {1, 2})                                        | {k=[1, 2]}
            new ConcurrentHashMap<>(Map.of("k", new byte[] {3}))                 | {k=[3]}
            new TreeMap<>(Map.of("b", List.of(new int[] {1}), "a", List.of()))   | {a=[], b=[[1]]}
            Map.of("k", new int[] {1}).entrySet()                                | [k=[1]]
            Map.entry("k", new int[] {1})                                        | k=[1]
            Optional.of(new int[] {1, 2})                                        | Optional[[1, 2]]
            Optional.empty()                                                     | Optional.empty
            new AtomicReference<>(new int[] {4})                                 | [4]
            new Object[] {1, List.of(new char[] {'x'}), Optional.of(new int[1])} | [1, [[x]], Optional[[0]]]
            new Pair(1, new int[] {2, 3})                                        | Pair[first=1, second=[2, 3]]
            new Pair(List.of(new int[] {1}), null)                               | Pair[first=[[1]], second=null]
            new Pair(new Pair(1, new int[] {2}), "b")                            | Pair[first=Pair[first=1, second=[2]], second=b]
            Optional.of(new Pair(1, new int[] {2}))                              | Optional[Pair[first=1, second=[2]]]
            new Quiet(new int[] {1})                                             | je me tais
            List.of(new Quiet(new int[] {1}), 2)                                 | [je me tais, 2]
            new Bag()                                                            | un sac
            new Shelf()                                                          | []
            """)
    void arraysInside(String expression, String expected) throws Exception {
        kernel.ok("""
                record Pair(Object first, Object second) { }
                record Quiet(int[] values) {
                    public int[] values() { System.out.println("lu"); return values; }
                    public String toString() { return "je me tais"; }
                }
                class Bag extends ArrayList<int[]> { public String toString() { return "un sac"; } }
                class Shelf extends ArrayList<int[]> { }""");
        var cell = kernel.ok(expression);
        assertEquals(expected, cell.resultText());
        assertEquals("", cell.stdout());
    }

    @ParameterizedTest(name = "un toString() qui rend null se lit : {0}")
    @CsvSource(delimiter = '|', textBlock = """
            new Nobody()                                | null
            List.of(new Nobody(), 1)                    | [null, 1]
            new Object[] {new Nobody()}                 | [null]
            Map.of(1, new Nobody())                     | {1=null}
            Optional.of(new Nobody())                   | Optional[null]
            """)
    void nullText(String expression, String expected) throws Exception {
        kernel.ok("class Nobody { public String toString() { return null; } }");
        assertEquals(expected, kernel.value(expression));
    }

    @Test
    @DisplayName("display() et une table montrent aussi un toString() qui rend null, et un tableau")
    void nullAndArraysInATable() throws Exception {
        kernel.ok("class Nobody { public String toString() { return null; } }\nrecord Line(Nobody who, int[] values) { }");
        assertEquals("who   values\nnull  [1, 2]", kernel.value("List.of(new Line(new Nobody(), new int[] {1, 2}))"));
        assertEquals("display:null", kernel.ok("display(new Nobody());").story().getFirst());
    }

    @ParameterizedTest(name = "coupé, et dit combien et comment voir le reste : {0}")
    @CsvSource(delimiter = '|', textBlock = """
            IntStream.range(0, 300_000).boxed().toList()            | … et 299 000 de plus] | System.out.println(…)
            new ArrayList<>(IntStream.range(0, 5_000).boxed().toList()) | … et 4 000 de plus] | System.out.println(…)
            new TreeSet<>(IntStream.range(0, 5_000).boxed().toList()) | … et 4 000 de plus] | System.out.println(…)
            IntStream.range(0, 5_000).boxed().collect(Collectors.toMap(i -> i, i -> i)) | … et 4 000 de plus} | System.out.println(…)
            new int[300_000]                                        | … et 299 000 de plus] | System.out.println(Arrays.toString(…))
            new String[5_000]                                       | … et 4 000 de plus] | System.out.println(Arrays.deepToString(…))
            new byte[100][2_000]                                    | de plus] | System.out.println(Arrays.deepToString(…))
            "é".repeat(3_000_000)                                   | … et 2 990 000 caractères de plus | System.out.println(…)
            new StringBuilder("x".repeat(30_000))                   | … et 20 000 caractères de plus | System.out.println(…)
            List.of("x".repeat(3_000_000), 2, 3)                    | caractères de plus, … et 2 de plus] | System.out.println(…)
            List.of(IntStream.range(0, 5_000).boxed().toList())     | … et 4 000 de plus] | System.out.println(…)
            List.of(new int[5_000])                                 | … et 4 000 de plus] | montrez-en une partie
            """)
    void cut(String expression, String missing, String how) throws Exception {
        var cell = kernel.ok(expression);
        String text = cell.resultText().replaceAll("\\h", " ");
        assertTrue(text.length() < 15_000, () -> text.length() + " caractères");
        assertTrue(text.contains(missing), () -> "« " + missing + " » manque à la fin de\n" + text.substring(text.length() - 400));
        assertTrue(text.lines().toList().getLast().contains(how), () -> text.lines().toList().getLast());
    }

    @ParameterizedTest(name = "ce qui tient est montré en entier : {0}")
    @ValueSource(
            strings = {"IntStream.range(0, 1_000).boxed().toList()", "\"x\".repeat(10_000)", "new int[1_000]", "\"a\\n\".repeat(1_000)"})
    void whole(String expression) throws Exception {
        assertFalse(kernel.value(expression).contains("…"));
    }

    @Test
    @DisplayName("le conseil dit vrai : System.out.println montre tout")
    void theAdviceIsTrue() throws Exception {
        kernel.ok("var numbers = IntStream.range(0, 20_000).boxed().toList();");
        assertTrue(kernel.value("numbers").contains("coupée"));
        assertTrue(kernel.ok("System.out.println(numbers)").doneAfterFlood().stdout().endsWith(", 19999]\n"));
    }

    @Test
    @DisplayName("un caractère n'est pas coupé en deux")
    void wholeCharacters() throws Exception {
        String text = kernel.value("\"a\" + \"😀\".repeat(20_000)");
        int end = text.indexOf("…");
        assertEquals("😀", text.substring(end - 2, end));
    }

    @Test
    @DisplayName("des collections qui se contiennent l'une l'autre ne bouclent pas")
    void circular() throws Exception {
        assertEquals("{1=[{...}]}", kernel.value("var loop = new HashMap<Object, Object>(); loop.put(1, List.of(loop)); loop"));
        assertEquals("[[...], 1]", kernel.value("var self = new ArrayList<Object>(); self.add(self); self.add(1); self"));
    }

    @Test
    @DisplayName("une case de table trop longue est coupée")
    void longTableCell() throws Exception {
        kernel.ok("record Page(String name, String text) { }");
        var shown = kernel.ok("List.of(new Page(\"a\", \"x\".repeat(500_000)))").result();
        for (String form : new String[] {"text/plain", "text/html"})
            assertTrue(shown.get(form).getAsString().length() < 5_000, () -> form + " : " + shown.get(form).getAsString().length());
    }

    @Test
    @DisplayName("le message d'une exception est coupé aussi")
    void longMessage() throws Exception {
        var cell = kernel.fails("throw new IllegalStateException(\"x\".repeat(3_000_000));");
        assertTrue(cell.error().toString().length() < 50_000);
        assertTrue(String.join("\n", cell.traceback()).contains("de plus"));
    }
}
