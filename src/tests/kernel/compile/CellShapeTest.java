package kernel.compile;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Le noyau découpe une cellule avant de la compiler : quelle que soit sa forme, tout s'exécute, une fois, dans l'ordre. */
@DisplayName("Formes de cellules")
class CellShapeTest extends SharedKernel {

    private static Arguments shape(String name, String code, String... story) {
        return Arguments.of(name, code, List.of(story));
    }

    static List<Arguments> shapes() {
        return List.of(
                shape("instructions puis expression", "IO.print(1); IO.print(2);\nIO.print(3);\n4", "stdout:123", "result:4"),
                shape("déclaration entre deux instructions", "IO.print(1);\nint inBetween = 2;\nIO.print(inBetween);\ninBetween + 1",
                        "stdout:12", "result:3"),
                shape("import au milieu",
                        "IO.print(1);\nimport java.text.NumberFormat;\nIO.print(NumberFormat.getIntegerInstance(Locale.ROOT).format(2));",
                        "stdout:12"),
                shape("imports sur une ligne", "import java.text.*; import java.util.zip.*; IO.print(new CRC32().getValue());", "stdout:0"),
                shape("import sur deux lignes", "import\n    java.text.Normalizer;\nIO.print(Normalizer.Form.NFC);", "stdout:NFC"),
                shape("commentaire puis import", "// note\nimport java.text.Collator;\nIO.print(1);\n2", "stdout:1", "result:2"),
                shape("commentaire de bloc puis import", "/* note\n sur deux lignes */ import java.text.Collator;\nIO.print(1);",
                        "stdout:1"),
                shape("import puis commentaire", "import java.text.Collator; // trier\nIO.print(1);", "stdout:1"),
                shape("points-virgules seuls", "IO.print(1);;;\n;\nIO.print(2);", "stdout:12"),
                shape("bloc", "{ int local = 1; IO.print(local); }\n{ int local = 2; IO.print(local); }", "stdout:12"),
                shape("if else", "if (1 > 2) IO.print(1);\nelse IO.print(2);", "stdout:2"),
                shape("if else avec accolades",
                        "if (1 > 2) {\n    IO.print(1);\n} else if (2 > 3) {\n    IO.print(2);\n} else {\n    IO.print(3);\n}\n"
                                + "IO.print(4);",
                        "stdout:34"),
                shape("if suivi d'une expression", "if (2 > 1) { IO.print(1); }\n5", "stdout:1", "result:5"),
                shape("boucle étiquetée",
                        "outer:\nfor (int i = 0; i < 3; i++) {\n    for (int j = 0; j < 3; j++) {\n        if (j == 1) continue outer;\n"
                                + "        IO.print(i);\n    }\n}",
                        "stdout:012"),
                shape("do while", "int turns = 0;\ndo {\n    turns++;\n} while (turns < 3);\nturns", "result:3"),
                shape("switch",
                        "switch (2) {\n    case 1 -> IO.print(\"un\");\n    case 2 -> IO.print(\"deux\");\n    default -> { }\n}\n"
                                + "IO.print(\"!\");",
                        "stdout:deux!"),
                shape("switch expression", "String word = switch (1) {\n    case 1 -> \"un\";\n    default -> \"?\";\n};\nword",
                        "result:un"),
                shape("try catch finally",
                        "try {\n    IO.print(1 / (2 - 2));\n} catch (ArithmeticException e) {\n    IO.print(\"zéro\");\n} finally {\n"
                                + "    IO.print(\"!\");\n}\nIO.print(\"?\");",
                        "stdout:zéro!?"),
                shape("try avec ressource", "try (var reader = new StringReader(\"a\")) { IO.print((char) reader.read()); }", "stdout:a"),
                shape("synchronized", "Object monitor = new Object();\nsynchronized (monitor) { IO.print(1); }\nIO.print(2);", "stdout:12"),
                shape("deux variables d'un coup", "int left = 1, right = 2;\nleft + right", "result:3"),
                shape("modificateurs",
                        "public static final int LIMIT = 3;\nprivate static int under(int n) { return Math.min(n, LIMIT); }\nunder(9)",
                        "result:3"),
                shape("méthode générique à points de suspension", "<T> int count(T... items) { return items.length; }\ncount(1, 2, 3)",
                        "result:3"),
                shape("classe abstraite et sous-classe anonyme",
                        "abstract class Animal { abstract String cry(); }\nnew Animal() { String cry() { return \"miaou\"; } }.cry()",
                        "result:miaou"),
                shape("interface, record et énumération",
                        "interface Named { String name(); }\nrecord Person(String name) implements Named { }\nenum Level { LOW, HIGH }\n"
                                + "new Person(\"Ada\").name() + Level.values().length",
                        "result:Ada2"),
                shape("annotation", "@interface Marked { }\n@Marked class Tagged { }\n1", "result:1"),
                shape("affectation", "int assigned;\nassigned = 5", "result:5"),
                shape("incrément", "int steps = 1;\nsteps++;\n++steps;\nsteps += 2;\nsteps", "result:5"),
                shape("condition et transtypage", "(long) (true ? 1 : 2)", "result:1"),
                shape("lambda et référence de méthode",
                        "Function<Integer, Integer> plus = n -> {\n    return n + 1;\n};\n"
                                + "List.of(1, 2).stream().map(plus).map(String::valueOf).toList()",
                        "result:[2, 3]"),
                shape("appels enchaînés sur plusieurs lignes",
                        "Stream.of(3, 1, 2)\n    .sorted()\n    // un commentaire au milieu\n    .map(n -> n * 2)\n    .toList()",
                        "result:[2, 4, 6]"),
                shape("bloc de texte plein de pièges",
                        "String tricky = \"\"\"\n    // pas un commentaire; }\n    //SOURCES absent.java\n    import rien;\n    \"\"\";\n"
                                + "tricky.lines().count()",
                        "result:3"),
                shape("chaînes pleines de pièges", "IO.print(\"}; // /* \\\" \");\nIO.print('\"');\nIO.print('\\'');",
                        "stdout:}; // /* \" \"'"),
                shape("retours chariot de Windows", "IO.print(1);\r\nint crlf = 2;\r\ncrlf", "stdout:1", "result:2"),
                shape("tabulations et lignes vides", "\n\n\tIO.print(1);\n\t\n\n\t2\n\n", "stdout:1", "result:2"),
                shape("même nom dans deux blocs de suite",
                        "for (int i = 0; i < 2; i++) IO.print(i);\nfor (int i = 2; i < 4; i++) IO.print(i);", "stdout:0123"),
                shape("variable lue et changée par une lambda",
                        "int shared = 1;\nRunnable bump = () -> shared++;\nbump.run();\nbump.run();\nshared", "result:3"),
                shape("appel d'une méthode sans valeur en dernier", "void quiet() { IO.print(1); }\nquiet()", "stdout:1"),
                shape("après un bloc qui ne rend jamais la main au compilateur",
                        "int once = 0;\nwhile (true) { if (++once == 3) break; }\nonce", "result:3"),
                shape("emojis et accents", "String été = \"🦜\";\nIO.print(été);\nété.codePointCount(0, été.length())", "stdout:🦜",
                        "result:1"));
    }

    @ParameterizedTest(name = "tout s''exécute, dans l''ordre : {0}")
    @MethodSource("shapes")
    void everythingRuns(String name, String code, List<String> story) throws Exception {
        assertEquals(story, kernel.ok(code).story());
    }

    @Test
    @DisplayName("une variable nommée comme un paquet du noyau n'empêche rien")
    void variableNamedLikeThePackage() throws Exception {
        kernel.ok("var kernel = 1;\nvar display = 2;");
        assertEquals("3", kernel.value("kernel + display"));
        assertEquals(List.of("display:4"), kernel.ok("display(4);").story());
    }

    @Test
    @DisplayName("une méthode et une variable du même nom cohabitent")
    void methodAndVariableOfTheSameName() throws Exception {
        kernel.ok("int twin = 1;\nint twin() { return 2; }\nint twin(int n) { return n; }");
        assertEquals("6", kernel.value("twin + twin() + twin(3)"));
    }

    @Test
    @DisplayName("une classe de la cellule l'emporte sur une classe importée du même nom")
    void ownClassWins() throws Exception {
        kernel.ok("class Scanner { String scan() { return \"à moi\"; } }");
        assertEquals("à moi", kernel.value("new Scanner().scan()"));
        assertEquals("à moi", kernel.value("Scanner mine = new Scanner();\nmine.scan()"));
        kernel.ok("class Scanner { String scan() { return \"encore à moi\"; } }");
        assertEquals("encore à moi", kernel.value("new Scanner().scan()"));
    }

    @Test
    @DisplayName("un bloc voit la dernière version de chaque déclaration")
    void latestDeclarations() throws Exception {
        for (int version = 1; version <= 4; version++) {
            kernel.ok("class Versioned { int version() { return " + version + "; } " + (version % 2 == 0 ? "int even() { return 0; } " : "")
                    + "}\n"
                    + (version % 2 == 0 ? "int" : "long") + " versionOf(Versioned v) { return v.version(); }");
            assertEquals(List.of("stdout:" + version, "result:" + version),
                    kernel.ok("IO.print(versionOf(new Versioned()));\nversionOf(new Versioned())").story());
        }
    }

    @Test
    @DisplayName("une instruction qui ne compile pas n'empêche pas celles d'avant de s'exécuter une seule fois")
    void runOnceBeforeAnError() throws Exception {
        kernel.ok("int runs = 0;");
        kernel.fails("runs++;\nIO.print(runs);\nIO.print(unknownHere);");
        assertTrue(Integer.parseInt(kernel.value("runs")) <= 1);
    }

    @Test
    @DisplayName("les lignes des erreurs restent justes après un import commenté sur plusieurs lignes")
    void linesAfterACommentedImport() throws Exception {
        kernel.ok("// un\n// deux\nimport java.text.\n    DecimalFormat;");
        var cell = kernel.fails("IO.print(1);\nIO.print(2);\nIO.print(1 / (1 - 1));");
        assertTrue(cell.traceback().stream().anyMatch(line -> line.endsWith("cellule [" + cell.number() + "], ligne 3")),
                cell.traceback().toString());
    }

    @Test
    @DisplayName("une classe anonyme ne montre pas le nom que le noyau lui donne")
    void anonymousClassName() throws Exception {
        String shown = kernel.value("new Object() { }");
        assertFalse(shown.contains("REPL") || shown.contains("Block"), shown);
    }

    @Test
    @DisplayName("seize cellules mêlant déclarations et instructions comptent juste")
    void manyMixedCells() throws Exception {
        kernel.ok("int mixed = 0;");
        for (int i = 0; i < 16; i++) {
            String method = "step" + i % 8;
            kernel.ok(i % 4 == 0 ? "int " + method + "() { return " + i + "; }\nmixed += " + method + "();" : "mixed++;\nMath.abs(mixed)");
        }
        assertEquals(String.valueOf(12 + (4 + 8 + 12)), kernel.value("mixed"));
    }
}
