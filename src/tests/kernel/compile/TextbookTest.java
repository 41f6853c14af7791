package kernel.compile;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ce que les manuels écrivent et que JShell refuse, ou exécute autrement, parce qu'il le met dans une classe à lui. */
@DisplayName("Java des manuels")
class TextbookTest extends SharedKernel {

    static List<Arguments> declarations() {
        return List.of(
                Arguments.of("record qui vérifie ses arguments",
                        "record P1(int x, int y) { P1 { if (x < 0) throw new IllegalArgumentException(); } }\nnew P1(1, 2)",
                        "P1[x=1, y=2]"),
                Arguments.of("record au constructeur écrit en entier",
                        "record P2(int x) {\n    P2(int x) { this.x = x < 0 ? 0 : x; }\n    P2(String s) { this(s.length()); }\n}\n"
                                + "new P2(-1).x() + new P2(\"abc\").x()",
                        "3"),
                Arguments.of("record générique, constructeur annoté",
                        "record P3<T extends Comparable<T>>(T a, T b) { @Deprecated P3 { if (a.compareTo(b) > 0) a = b; } }\n"
                                + "new P3<>(3, 1)",
                        "P3[a=1, b=1]"),
                Arguments.of("record dont le constructeur est déjà public", "record P4(int x) { public P4 { x++; } }\nnew P4(1).x()", "2"),
                Arguments.of("record dans une classe", "class Box5 { record In(int x) { In { x++; } } }\nnew Box5.In(1).x()", "2"),
                Arguments.of("interface scellée, puis ses records", """
                        sealed interface Shape1 { }
                        record Circle1(int r) implements Shape1 { }
                        record Square1(int side) implements Shape1 { Square1 { side++; } }
                        int area1(Shape1 s) { return switch (s) { case Circle1 c -> 3 * c.r(); case Square1 q -> q.side() * 2; }; }
                        area1(new Circle1(1)) + area1(new Square1(1))""", "7"),
                Arguments.of("records, puis leur interface scellée", """
                        record Add2(int n) implements Op2 { }
                        enum Zero2 implements Op2 { ZERO }
                        sealed interface Op2 { }
                        Op2 op2 = new Add2(1);
                        switch (op2) { case Add2 a -> a.n(); case Zero2 z -> 0; }""", "1"),
                Arguments.of("classe scellée générique", """
                        sealed abstract class Node3<T> { abstract int size(); }
                        final class Leaf3<T> extends Node3<T> { int size() { return 1; } }
                        non-sealed class Pair3<T> extends Node3<T> { int size() { return 2; } }
                        new Leaf3<String>().size() + new Pair3<Integer>().size()""", "3"),
                Arguments.of("interface scellée, un record dedans, un autre dehors", """
                        sealed interface Msg4 { record Start() implements Msg4 { } }
                        record Stop4() implements Msg4 { }
                        Msg4 msg4 = new Msg4.Start();
                        switch (msg4) { case Msg4.Start s -> 1; case Stop4 s -> 2; }""", "1"),
                Arguments.of("interface scellée, permits écrit",
                        "sealed interface S5 permits R5 { }\nrecord R5() implements S5 { }\nnew R5()",
                        "R5[]"));
    }

    @ParameterizedTest(name = "accepté, et la même cellule de nouveau : {0}")
    @MethodSource("declarations")
    void declarations(String name, String code, String value) throws Exception {
        assertEquals(value, kernel.value(code));
        var again = kernel.ok(code);
        assertEquals(value, again.resultText());
        assertEquals("", again.stderr());
    }

    @Test
    @DisplayName("un objet anonyme gardé par var s'initialise dans l'ordre de son texte")
    void anonymousInitializers() throws Exception {
        assertEquals("2 2 [2, 2] x2 7", kernel.value("""
                var object = new Object() {
                    int a = 1;
                    { a = 2; }
                    int b = a;
                    int[] c = {a, b};
                    final String text = "x" + a;
                    static int shared = 7;
                    { a = 9; }
                    int sum() { return a + b; }
                };
                object.b + " " + (object.sum() - 9) + " " + Arrays.toString(object.c) + " " + object.text + " " + object.shared"""));
    }

    @Test
    @DisplayName("une faute après les mots ajoutés est montrée dans le texte de l'élève, à sa colonne")
    void columns() throws Exception {
        var lines = kernel.fails("record Bad(int x) { Bad { x++; } int m() { return \"a\"; } }").traceback();
        assertEquals("    record Bad(int x) { Bad { x++; } int m() { return \"a\"; } }", lines.get(1));
        assertEquals(lines.get(1).indexOf("\"a\""), lines.get(2).indexOf('^'));
        assertEquals(lines.get(1).lastIndexOf("a\"") + 1, lines.get(2).lastIndexOf('^'));
    }

    @Test
    @DisplayName("une méthode synchronized au premier niveau n'aurait pas de verrou : l'aide dit que faire")
    void synchronizedMethod() throws Exception {
        String shown = String.join("\n", kernel.fails("synchronized void increment() { }").traceback());
        assertTrue(shown.contains("synchronized (verrou)"), shown);
        assertEquals(List.of("stdout:1"),
                kernel.ok("var verrou = new Object();\nvoid increment() { synchronized (verrou) { IO.print(1); } }\n"
                        + "increment();").story());
    }

    @Test
    @DisplayName("une interface scellée que rien n'étend : l'aide dit que faire")
    void sealedAlone() throws Exception {
        String shown = String.join("\n", kernel.fails("sealed interface Alone { }").traceback());
        assertTrue(shown.contains("dans la même cellule"), shown);
    }
}
