package kernel.compile;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Des cellules plus grosses que ce qu'un élève tape, mais non que ce qu'il colle : elles marchent, ou une phrase dit que faire. */
@DisplayName("Grosses cellules")
class LimitsTest extends SharedKernel {
    private static final String LONG = "a".repeat(70_000);
    private static final String NUMBERS = repeated(9_000, "%d, ") + "1";

    private static String repeated(int count, String text) {
        return IntStream.range(0, count).mapToObj(text::formatted).collect(Collectors.joining());
    }

    // --- Beaucoup de lignes ---

    static List<Arguments> manyLines() {
        return List.of(
                Arguments.of("affectations d'un tableau", "int[] many1 = new int[3];\n" + repeated(6_000, "many1[0] = %d;\n") + "many1[0]",
                        "5999"),
                Arguments.of("affectations composées", "int many2 = 0;\n" + repeated(6_000, "many2 += 1;\n") + "many2", "6000"),
                Arguments.of("incréments", "int many3 = 0;\n" + "many3++;\n".repeat(6_000) + "many3", "6000"),
                Arguments.of("affectations après un import", "import java.text.*;\nlong many4 = 0;\n" + repeated(6_000, "many4 = %d;\n")
                        + "many4", "5999"),
                Arguments.of("affectations autour d'une méthode", "int many5 = 0;\n" + repeated(3_000, "many5 = %d;\n")
                        + "int twice(int n) { return 2 * n; }\n" + repeated(3_000, "many5 = %d;\n") + "twice(many5)", "5998"),
                Arguments.of("plus que n'en tient une méthode de la JVM", "int[] many6 = new int[3];\n"
                        + repeated(20_000, "many6[1] = %d;\n") + "many6[1]", "19999"));
    }

    @ParameterizedTest(name = "des milliers de lignes s''exécutent en un bloc : {0}")
    @MethodSource("manyLines")
    void manyLines(String name, String code, String value) throws Exception {
        assertEquals(value, kernel.value(code));
    }

    @Test
    @DisplayName("une faute à la dernière de milliers de lignes est montrée, à sa ligne, avant que les autres s'exécutent")
    void faultAtTheEnd() throws Exception {
        kernel.ok("int untouched = 1;");
        var cell = kernel.fails("int fresh = 2;\n" + repeated(3_000, "untouched = %d;\n") + "unknownAtTheEnd();");
        assertTrue(cell.traceback().getFirst().contains("ligne 3002"), cell.traceback().toString());
        assertEquals("1", kernel.value("untouched"));
    }

    // --- Trop gros pour une classe ---

    static List<Arguments> tooLarge() {
        return List.of(
                Arguments.of("un texte dans une variable", "String large = \"" + LONG + "\";"),
                Arguments.of("un texte dans une instruction", "System.out.println(\"" + LONG + "\");"),
                Arguments.of("un bloc de texte", "String large = \"\"\"\n" + (LONG.substring(0, 100) + "\n").repeat(700) + "\"\"\";"),
                Arguments.of("deux textes réunis par le compilateur",
                        "String large = \"" + LONG.substring(0, 40_000) + "\" + \"" + LONG.substring(0, 40_000) + "\";"),
                Arguments.of("un texte accentué, plus long en octets qu'en lettres", "String large = \"" + "é".repeat(40_000) + "\";"),
                Arguments.of("un texte dans une méthode", "String large() { return \"" + LONG + "\"; }"),
                Arguments.of("un texte dans une classe", "class Large { String text = \"" + LONG + "\"; }"),
                Arguments.of("un texte qui remplace une variable d'avant", "String before = \"" + LONG + "\";"),
                Arguments.of("un tableau", "int[] large = {" + NUMBERS + "};"),
                Arguments.of("un tableau dans une instruction", "System.out.println(new int[] {" + NUMBERS + "}.length);"),
                Arguments.of("une liste", "List<Integer> large = List.of(" + NUMBERS + ");"),
                Arguments.of("un tableau dans un record", "record Large(int x) { static int[] all = {" + NUMBERS + "}; }"));
    }

    @ParameterizedTest(name = "une phrase dit que faire, rien ne s''exécute, et la cellule suivante marche : {0}")
    @MethodSource("tooLarge")
    void tooLarge(String name, String code) throws Exception {
        kernel.ok("String before = \"avant\";");
        var cell = kernel.fails(code);
        assertTrue(cell.traceback().getFirst().contains("trop gros pour une classe Java"), cell.traceback().toString());
        assertTrue(cell.traceback().getLast().contains("Files.readString"), cell.traceback().toString());
        assertEquals("", cell.stdout() + cell.stderr());
        assertEquals(List.of("stdout:3", "result:4"), kernel.ok("int next = 3;\nIO.print(next);\nnext + 1").story());
        assertEquals(List.of("stdout:5\n"), kernel.ok("System.out.println(5);").story());
        assertEquals("6", kernel.value("class Next { int n = 6; }\nnew Next().n"));
    }

    // --- Trop imbriqué pour le compilateur ---

    @ParameterizedTest(name = "des centaines d''appels à la chaîne marchent : {0}")
    @MethodSource("chains")
    void chain(String name, String code, String value) throws Exception {
        assertEquals(value, kernel.value(code));
    }

    static List<Arguments> chains() {
        String appends = ".append(1)".repeat(800);
        return List.of(Arguments.of("dans une variable", "var chain = new StringBuilder()" + appends + ";\nchain.length()", "800"),
                Arguments.of("dans une expression", "new StringBuilder()" + appends + ".length()", "800"),
                Arguments.of("dans une méthode", "int chained() { return new StringBuilder()" + appends + ".length(); }\nchained()", "800"),
                Arguments.of("une somme", "int one = 1;\nint sum = 0" + " + one".repeat(800) + ";\nsum", "800"));
    }

    static List<Arguments> tooDeep() {
        return List.of(Arguments.of("des appels, dans une variable", "var deep = new StringBuilder()" + ".append(1)".repeat(30_000) + ";"),
                Arguments.of("des appels, dans une instruction", "new StringBuilder()" + ".append(1)".repeat(30_000) + ";"),
                Arguments.of("une somme", "int deep = 1" + " + before.length()".repeat(30_000) + ";"),
                Arguments.of("des parenthèses", "int deep = " + "(".repeat(30_000) + "1" + ")".repeat(30_000) + ";"));
    }

    @ParameterizedTest(name = "des dizaines de milliers ont une phrase, sans la pile du compilateur, et la cellule suivante marche : {0}")
    @MethodSource("tooDeep")
    void tooDeep(String name, String code) throws Exception {
        kernel.ok("String before = \"avant\";");
        var cell = kernel.fails(code);
        assertTrue(cell.traceback().getFirst().contains("trop longue pour le compilateur"), cell.traceback().toString());
        assertEquals("", cell.stdout() + cell.stderr());
        assertEquals("5", kernel.value("int next = before.length();\nnext"));
    }

    // --- Ce qui n'a pas été exécuté n'est pas réussi ---

    @Test
    @DisplayName("JDK-8340840 : une classe interne qui devient statique n'écrit pas la pile du compilateur")
    void innerClassBecomesStatic() throws Exception {
        kernel.ok("class Outer { class Inner { } }\nvar inner = new Outer().new Inner();");
        assertFalse(kernel.run("class Outer { static class Inner { } }").stderr().contains("javac"));
        assertEquals("3", kernel.value("int next = 3;\nnext"));
    }

    @Test
    @DisplayName("une variable dont la classe n'existe pas encore n'a pas reçu sa valeur : c'est une erreur")
    void variableOfAnUnknownClass() throws Exception {
        var cell = kernel.fails("NotYet early = new NotYet();");
        assertTrue(cell.traceback().getFirst().contains("cannot find symbol"), cell.traceback().toString());
        kernel.ok("class NotYet { int n = 4; }");
        assertEquals("4", kernel.value("NotYet early = new NotYet();\nearly.n"));
    }

    @Test
    @DisplayName("déclarée sans valeur, elle attend sa classe")
    void variableWithoutValueWaits() throws Exception {
        assertTrue(kernel.ok("Later waiting;").stderr().contains("Later"));
        kernel.ok("class Later { }");
        assertEquals("true", kernel.value("waiting == null"));
    }
}
