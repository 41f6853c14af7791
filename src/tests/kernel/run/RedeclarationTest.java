package kernel.run;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ce que deviennent les variables quand ce dont elles dépendent change : elles gardent leur valeur, ou leur perte est dite. */
@DisplayName("Déclarations reprises")
class RedeclarationTest extends SharedKernel {

    @ParameterizedTest(name = "une variable vidée parce que sa classe a un membre de plus est nommée par la cellule qui l''a fait : {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bank1 | record Bank1(String name) { } | var bank1 = new Bank1("Zoé"); | record Bank1(String name) { int size() { return 1; } }
            cat2 | class Cat2 { } | Cat2 cat2 = new Cat2(); | class Cat2 { int age; }
            day3 | enum Day3 { LUNDI } | Day3 day3 = Day3.LUNDI; | enum Day3 { LUNDI, MARDI }
            bird4 | interface Bird4 { } | Bird4 bird4 = new Bird4() { }; | interface Bird4 { default int wings() { return 2; } }
            all5 | record Item5(int x) { } | Item5[] all5 = {new Item5(1)}; | record Item5(int x) { int twice() { return 2 * x; } }
            var6 | record Item6(int x) { } | var var6 = new Item6(1); | record Item6(int x) { int y() { return x; } }
            """)
    void emptied(String variable, String before, String declaration, String after) throws Exception {
        kernel.ok(before);
        kernel.ok(declaration);
        var cell = kernel.ok(after);
        assertTrue(cell.stderr().contains("« " + variable + " »"), cell.toString());
        assertTrue(cell.stderr().contains("Exécutez de nouveau la cellule qui la déclare"), cell.toString());
        assertEquals("", kernel.ok(declaration).stderr());
        assertEquals("true", kernel.value(variable + " != null"));
    }

    @ParameterizedTest(name = "rien n''est perdu si la même cellule déclare de nouveau la variable, ou si elle valait null : {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            record P1(int x) { } var point1 = new P1(2); | record P1(int x) { int y() { return x; } } var point1 = new P1(2);
            class Dog2 { } Dog2 dog2 = new Dog2(); | class Dog2 { int age; } Dog2 dog2 = new Dog2();
            enum Day4 { A } var days4 = new ArrayList<Day4>(); | enum Day4 { A, B } var days4 = new ArrayList<Day4>();
            record Nothing4(int x) { } Nothing4 nothing4; | record Nothing4(int x) { int y() { return x; } }
            int size5() { return 1; } int kept5 = size5(); | int size5() { return 2; }
            """)
    void nothingLost(String before, String after) throws Exception {
        kernel.ok(before);
        assertEquals("", kernel.ok(after).stderr());
        assertEquals("", kernel.ok(after).stderr());
    }

    @Test
    @DisplayName("une cellule qui échoue avant de déclarer de nouveau la variable dit qu'elle est perdue")
    void lostBeforeAnError() throws Exception {
        kernel.ok("record Half(int x) { }\nvar half = new Half(2);");
        var cell = kernel.fails("record Half(int x) { int y() { return x; } }\nint z = 1 / 0;\nvar half = new Half(2);");
        assertTrue(cell.stderr().contains("« half »"), cell.toString());
    }

    @ParameterizedTest(name = "une nouvelle déclaration refusée ne fait rien perdre de celle d''avant : {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            int r1 = 1; r1 = 5; | int r1 = "un"; | r1 | 5
            int r2 = 1; | int r2 = unknown; | ++r2 | 2
            var r3 = List.of("a"); | var r3 = List.of(unknown); | r3 | [a]
            List<String> r4 = new ArrayList<>(List.of("a")); | List<String> r4 = List.of(1); | r4 | [a]
            int r5() { return 1; } int kept5 = r5() + 4; | int r5() { return "x"; } | r5() + kept5 | 6
            class R6 { int x = 5; } var r6 = new R6(); r6.x = 7; | class R6 { int x = "s"; } | r6.x | 7
            record R7(int x) { } var all7 = List.of(new R7(3)); | record R7(int x) { int y() { return "y"; } } | all7.get(0).x() | 3
            enum R8 { A } R8 r8 = R8.A; | enum R8 { A; int x = "s"; } | r8 == R8.A | true
            interface R9 { int one(); } R9 r9 = () -> 1; | interface R9 { int one() { return "x"; } } | r9.one() | 1
            int[] r10 = {1, 2}; int twice10() { return 2 * r10[1]; } | int[] r10 = {1, "b"}; | twice10() | 4
            """)
    void refused(String before, String refused, String use, String value) throws Exception {
        kernel.ok(before);
        var cell = kernel.fails(refused);
        assertFalse(cell.stderr().contains("perdu"), cell.toString());
        assertEquals(value, kernel.value(use));
    }

    @Test
    @DisplayName("après un refus, une variable garde ses mots, et une erreur dans ce qui est resté dit encore sa cellule")
    void refusedKeepsItsWords() throws Exception {
        kernel.ok("final int MOST = 3;");
        kernel.fails("final int MOST = \"trois\";");
        kernel.fails("MOST = 4;");
        assertEquals("3", kernel.value("MOST"));
        int cell = kernel.ok("int read12(String text) {\n    return Integer.parseInt(text);\n}").number();
        kernel.fails("\n\n\nint read12(String text) {\n    return text;\n}");
        String shown = String.join("\n", kernel.fails("read12(\"a\")").traceback());
        assertTrue(shown.contains("cellule [" + cell + "], ligne 2, dans read12"), shown);
    }

    @ParameterizedTest(name = "un objet d''une version d''avant, resté dans une collection, a sa propre phrase : {0}")
    @ValueSource(strings = {"old.get(0).name()", "for (Old o : old) IO.print(o);", "((Old) any).name()", "maker.get().name()"})
    void formerObject(String use) throws Exception {
        kernel.ok("record Old(String name) { }\nList<Old> old = new ArrayList<>(List.of(new Old(\"a\")));\nObject any = old.get(0);\n"
                + "Old first = old.get(0);\nSupplier<Old> maker = () -> (Old) any;");
        kernel.ok("record Old(String name) { int size() { return name.length(); } }");
        var cell = kernel.fails(use);
        assertTrue(cell.traceback().getLast().matches(".*version d’avant d.* classe, déclarée de nouveau.*"), cell.traceback().toString());
        assertEquals("1", kernel.value("old = new ArrayList<>(List.of(new Old(\"b\")));\nold.get(0).size()"));
    }

    @Test
    @DisplayName("un import qui rend un type ambigu ne perd aucune variable ; l'aide dit quel import ajouter, et il suffit")
    void ambiguousImport() throws Exception {
        kernel.ok("""
                List<String> names = new ArrayList<>(List.of("Zoé"));
                Map<String, List<Integer>> byName = Map.of("a", List.of(1));
                List<? extends Number> numbers = List.of(3);
                record Pair(int x) { }
                List<Pair> pairs = List.of(new Pair(1));
                List<String>[] array = null;
                int size(List<String> list) { return list.size(); }""");
        var imported = kernel.ok("import java.awt.*;");
        assertFalse(imported.stderr().contains("perdue"), imported.stderr());
        assertTrue(imported.stderr().contains("« size »") && imported.stderr().contains("import java.util.List;"), imported.stderr());
        assertEquals("[Zoé, Léo]", kernel.value("names.add(\"Léo\");\nnames"));
        assertEquals("5", kernel.value("byName.get(\"a\").get(0) + numbers.get(0).intValue() + pairs.get(0).x()"));
        String shown = String.join("\n", kernel.fails("List<String> others = List.of();").traceback());
        assertTrue(shown.contains("import java.util.List;") && shown.contains("import java.awt.List;"), shown);
        assertEquals("", kernel.ok("import java.util.List;").stderr());
        assertEquals(List.of("result:[x] 2"), kernel.ok("List<String> others = List.of(\"x\");\nothers + \" \" + size(names)").story());
    }

    @ParameterizedTest(name = "un nom ambigu dit quel import ajouter : {0}")
    @CsvSource(delimiter = '|', textBlock = """
            Date | import java.sql.*; | import java.util.Date; | Date date = new Date(0);
            Timer | import javax.swing.*; | import java.util.Timer; | Timer timer = new Timer(true);
            """)
    void ambiguousName(String name, String imports, String missing, String use) throws Exception {
        kernel.ok(imports);
        String shown = String.join("\n", kernel.fails(use).traceback());
        assertTrue(shown.contains("« " + name + " » existe dans") && shown.contains(missing), shown);
        kernel.ok(missing + "\n" + use);
    }
}
