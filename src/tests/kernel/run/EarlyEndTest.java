package kernel.run;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import kernel.protocol.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ce qui finit une cellule avant sa dernière ligne. */
@DisplayName("Fin avant la fin")
class EarlyEndTest extends SharedKernel {

    @ParameterizedTest(name = "return finit la cellule, déclarations comprises : {0}")
    @ValueSource(strings = {
        "if (true) return; int z = 4; IO.print(\"suite\");",
        "int z = 1;\nif (z == 1) return;\nIO.print(\"suite\");\nz",
        "int z = 1;\nif (z == 1) return;\nelse IO.print(\"sinon\");\nString suite = \"suite\";\nIO.print(suite);",
        "int z = 1;\nif (z == 1) { if (z > 0) return; } else return;\nIO.print(\"suite\");",
        "int z = 0;\nfor (;; z++) { if (z == 3) return; }",
        "int z = 0;\nwhile (true) {\n    if (z++ == 3) return;\n}",
        "int half() { return 2; }\nif (half() == 2) return;\nint z = half();\nIO.print(\"suite\");\nz",
        "int z = 2;\ntry { return; } finally { z = 3; }",
        "int z = 2;\nreturn;"})
    void returnEndsTheCell(String code) throws Exception {
        assertEquals(List.of(), kernel.ok(code).story());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("le return d'une lambda, d'une méthode ou d'une classe anonyme n'est pas celui de la cellule")
    void returnOfSomethingElse() throws Exception {
        assertEquals(List.of("stdout:suite", "result:7"), kernel.ok("""
                int four() { return 4; }
                Runnable nothing = () -> { return; };
                nothing.run();
                new Thread() { public void run() { return; } }.run();
                IntSupplier three = () -> { return 3; };
                IO.print("suite");
                three.getAsInt() + four()""").story());
    }

    @ParameterizedTest(name = "return avec une valeur est refusé, et rien ne s''exécute : {0}")
    @ValueSource(strings = {"IO.print(1);\nreturn 5;", "int w = 1;\nIO.print(1);\nif (w == 1) return w;", "return \"a\";"})
    void returnWithAValue(String code) throws Exception {
        var cell = kernel.fails(code);
        assertEquals("", cell.stdout());
        assertTrue(cell.traceback().getFirst().contains("return ne rend pas de valeur"), cell.traceback().toString());
    }

    @ParameterizedTest(name = "ce qui suit une boucle sans fin est refusé, et rien ne s''exécute : {0}")
    @ValueSource(strings = {
        "for (;;) { }\nint after = 3;",
        "while (true) { }\nunknownAfter();",
        "IO.print(1);\nfor (;;) { unknownInside(); }\nIO.print(1);",
        "int spin = 0;\nIO.print(1);\ndo { spin++; } while (true);\nString after = \"a\";",
        "for (;;) { }\nvoid after() { }",
        "outer: while (true) { while (true) { continue outer; } }\nint after = 1;",
        "try { while (true) { } } finally { IO.print(1); }\nint after = 1;",
        "{ for (;;) { } }\nimport java.text.*;",
        "if (1 > 0) while (true) { } else for (;;) { }\nint after = 1;"})
    void unreachable(String code) throws Exception {
        var cell = kernel.fails(code);
        assertEquals("", cell.stdout());
        assertTrue(cell.traceback().getFirst().contains("rien ne s’exécutera jamais"), cell.traceback().toString());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @ParameterizedTest(name = "une boucle dont on sort laisse passer à la suite : {0}")
    @ValueSource(strings = {
        "int turn = 0;\nwhile (true) { if (turn++ == 3) break; }\nint after = turn;\nafter",
        "int turn = 0;\nouter: while (true) { while (true) { if (++turn == 4) break outer; } }\nint after = turn;\nafter",
        "int turn = 0;\nfor (;;) { switch (turn) { case 1: break; default: } if (++turn == 4) break; }\nint after = turn;\nafter",
        "int turn = 0;\ndo { turn++; if (turn == 4) break; } while (true);\nint after = turn;\nafter",
        "int turn = 4;\nwhile (turn < 0) { }\nint after = turn;\nafter"})
    void reachable(String code) throws Exception {
        assertEquals("4", kernel.value(code));
    }

    static List<Arguments> inputs() {
        return List.of(
                Arguments.of("tant qu'il y a un nombre",
                        "var in = new Scanner(System.in);\nwhile (in.hasNextInt()) IO.print(in.nextInt());"),
                Arguments.of("une ligne, ou rien",
                        "var in = new Scanner(System.in);\nString line = in.hasNextLine() ? in.nextLine() : \"rien\";"),
                Arguments.of("un nombre", "new Scanner(System.in).nextInt()"),
                Arguments.of("une exception rattrapée", "try { System.in.read(); } catch (Exception e) { IO.print(\"rattrapée\"); }"),
                Arguments.of("readln", "String line = IO.readln();"));
    }

    @ParameterizedTest(name = "une cellule dont l''interruption a coupé la saisie n''a pas réussi : {0}")
    @MethodSource("inputs")
    void interruptedInput(String name, String code) throws Exception {
        var cell = kernel.request("execute_request", Json.object("code", code, "allow_stdin", true));
        cell.await("la demande de saisie", e -> !e.messages("input_request").isEmpty());
        kernel.interrupt();
        assertEquals("error", cell.done().status(), cell::toString);
        assertTrue(cell.traceback().getFirst().contains("interrompue"), cell.toString());
        assertEquals("2", kernel.value("int next = 2;\nnext"));
    }
}
