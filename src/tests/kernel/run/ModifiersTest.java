package kernel.run;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("volatile et final")
class ModifiersTest extends SharedKernel {

    /** Les mots du champ que la JVM a chargé en dernier pour cette variable. */
    @BeforeAll
    static void declareModifiers() throws Exception {
        kernel.ok("""
                String modifiers(String variable) {
                    String found = "";
                    for (int i = 0; i < 300; i++)
                        for (String version : "-BCDEFGHIJ".split("")) try {
                            Class<?> type = Class.forName("REPL.$JShell$" + i + version.replace("-", ""));
                            found = java.lang.reflect.Modifier.toString(type.getDeclaredField(variable).getModifiers());
                        } catch (ReflectiveOperationException e) { }
                    return found;
                }""");
    }

    @ParameterizedTest(name = "une variable volatile l''est pour la JVM : {0}")
    @CsvSource(delimiter = '|', textBlock = """
            flag1 | volatile boolean flag1;
            flag2 | volatile int flag2 = 3;
            flag3 | static volatile long flag3 = 3, other3 = 4;
            flag4 | private volatile List<String> flag4 = new ArrayList<>();
            flag5 | public static volatile int[] flag5 = {1};
            """)
    void volatileField(String variable, String code) throws Exception {
        kernel.ok(code);
        assertEquals("public static volatile", kernel.value("modifiers(\"" + variable + "\")"));
    }

    @Test
    @DisplayName("elle le reste quand ce dont elle dépend change, et cesse de l'être quand le mot est ôté")
    void volatileFollowsItsText() throws Exception {
        kernel.ok("int limit() { return 1; }");
        kernel.ok("volatile int shared = limit();\nvoid raise() { shared++; }\nraise();");
        kernel.ok("long limit() { return 1; }");
        kernel.ok("int limit() { return 2; }\nvolatile int shared = limit();");
        assertEquals("public static volatile", kernel.value("modifiers(\"shared\")"));
        kernel.ok("raise();");
        assertEquals("3", kernel.value("shared"));
        kernel.ok("int shared = 5;");
        assertEquals("public static", kernel.value("modifiers(\"shared\")"));
        assertEquals("6", kernel.value("raise();\nshared"));
    }

    @ParameterizedTest(name = "donner une autre valeur à une variable finale est refusé, à sa ligne, et rien ne s''exécute : {0}")
    @ValueSource(strings = {
        "IO.print(1);\nMAX = 4;",
        "IO.print(1);\nMAX++;",
        "IO.print(1);\nif (MAX == 3) { MAX += 2; }",
        "IO.print(1);\nfor (MAX = 0; MAX < 2; ) { }",
        "\nint other = MAX = 9;",
        "\nvoid change() { MAX = 4; }",
        "\nRunnable change = () -> MAX = 5;",
        "\nclass Change { void now() { MAX--; } }",
        "\nrecord Change(int x) { Change { new Object() { int y = MAX = 4; }; } }"})
    void finalVariable(String code) throws Exception {
        kernel.ok("final int MAX = 3;");
        var cell = kernel.fails(code);
        assertEquals("", cell.stdout());
        assertTrue(cell.traceback().getFirst().endsWith("ligne 2 : cannot assign a value to final variable MAX"),
                cell.traceback().toString());
        assertTrue(cell.traceback().getLast().contains("« MAX » est final"), cell.traceback().toString());
        assertEquals("3", kernel.value("MAX"));
    }

    @ParameterizedTest(name = "un autre nom, ou un objet que la variable désigne, peut changer : {0}")
    @ValueSource(strings = {
        "{ int SIZE = 1; SIZE = 2; }\nSIZE",
        "class Other { int SIZE; void set() { SIZE = 4; } }\nnew Other().set();\nSIZE",
        "class Other { static int SIZE; }\nOther.SIZE = 4;\nSIZE",
        "void set(int SIZE) { SIZE = 4; }\nset(5);\nSIZE",
        "final int[] cells = {1};\ncells[0] = 3;\ncells[0]",
        "final var items = new ArrayList<String>();\nitems.add(\"a\");\n2 + items.size()",
        "final int later;\nlater = 3;\nlater"})
    void notTheFinalVariable(String code) throws Exception {
        kernel.ok("final int SIZE = 3;");
        assertEquals("3", kernel.value(code));
    }

    @Test
    @DisplayName("déclarée de nouveau, avec ou sans final, elle prend sa nouvelle valeur")
    void declaredAgain() throws Exception {
        assertEquals("3", kernel.value("final int TOP = 3;\nTOP"));
        assertEquals("7", kernel.value("final int TOP = 7;\nTOP"));
        assertEquals("9", kernel.value("int TOP = 8;\nTOP = 9;\nTOP"));
    }

    @Test
    @DisplayName("une déclaration finale refusée ne fige pas la suivante")
    void refusedDeclaration() throws Exception {
        kernel.fails("final int level = \"un\";");
        assertEquals("2", kernel.value("int level = 1;\nlevel = 2;\nlevel"));
    }

    @Test
    @DisplayName("les deux mots ensemble sont refusés, comme par javac")
    void both() throws Exception {
        assertTrue(kernel.fails("final volatile int both = 3;").traceback().getFirst().contains("illegal combination"));
        assertEquals(List.of("stdout:1"), kernel.ok("IO.print(1);").story());
    }
}
