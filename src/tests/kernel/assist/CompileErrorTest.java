package kernel.assist;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.Exchange;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Erreurs de compilation")
class CompileErrorTest extends SharedKernel {

    /** Le titre donne la cellule et la ligne, la ligne suivante est celle du code, puis vient un repère sous l'erreur. */
    private static void assertPointsAt(Exchange cell, int line, String source, String underlined) {
        var lines = cell.traceback();
        String text = String.join("\n", lines);
        int title = 0;
        while (title < lines.size() && !lines.get(title).contains("cellule [" + cell.number() + "], ligne " + line)) title++;
        assertTrue(title + 2 < lines.size(), "pas de « cellule [" + cell.number() + "], ligne " + line + " » dans\n" + text);
        int code = title;
        while (code < lines.size() && !lines.get(code).strip().equals(source)) code++;
        assertTrue(code + 1 < lines.size(), "pas la ligne « " + source + " » dans\n" + text);
        int caret = lines.get(code + 1).indexOf('^');
        assertTrue(caret >= 0, "pas de repère dans\n" + text);
        assertTrue(lines.get(code).substring(caret).startsWith(underlined),
                "le repère n'est pas sous « " + underlined + " » dans\n" + text);
    }

    @Test
    @DisplayName("un nom inconnu : cellule, ligne, et repère sous le nom")
    void unknownName() throws Exception {
        assertPointsAt(kernel.fails("int a = 1;\n\na + unknownThing"), 3, "a + unknownThing", "unknownThing");
    }

    @Test
    @DisplayName("une erreur de type au milieu d'une classe de plusieurs lignes")
    void typeErrorInAClass() throws Exception {
        var cell = kernel.fails("int before = 1;\nclass Shop {\n    int count;\n    void open() {\n        count = \"douze\";\n    }\n}");
        assertPointsAt(cell, 5, "count = \"douze\";", "\"douze\"");
    }

    @Test
    @DisplayName("une faute de syntaxe")
    void syntaxError() throws Exception {
        assertPointsAt(kernel.fails("int first = 1;\nint x = = 3;"), 2, "int x = = 3;", "= 3");
    }

    @Test
    @DisplayName("le repère tient compte des emojis et des accents qui précèdent")
    void caretAfterAccents() throws Exception {
        assertPointsAt(kernel.fails("String s = \"été\" + missing;"), 1, "String s = \"été\" + missing;", "missing");
    }

    @Test
    @DisplayName("le nom de l'erreur est en français ; JShell n'y paraît pas")
    void frenchTitle() throws Exception {
        var cell = kernel.fails("List.of(1).nope()");
        assertTrue(cell.traceback().getFirst().startsWith("Erreur de compilation"), cell.traceback().toString());
        assertFalse(cell.error().toString().contains("REPL"));
    }

    @ParameterizedTest(name = "rien ne s''exécute d''une cellule mal écrite plus bas : {0}")
    @ValueSource(strings = {"int x = = 3;", "if (true) {", "void f( { }", "String s = \"ouverte;", "foo bar baz;", "int y = 1 +", ")",
        "class { }"})
    void nothingRunsBeforeASyntaxError(String wrong) throws Exception {
        String before = "before" + Integer.toHexString(wrong.hashCode());
        var cell = kernel.fails("System.out.println(\"exécuté\");\nint " + before + " = 1;\n" + wrong);
        assertEquals("", cell.stdout());
        assertTrue(String.join("\n", cell.traceback()).contains("ligne 3"), cell.traceback().toString());
        kernel.fails(before);
    }

    @Test
    @DisplayName("une cellule inachevée dit qu'il manque quelque chose, à sa dernière ligne")
    void incompleteCell() throws Exception {
        var cell = kernel.fails("for (int i = 0; i < 3; i++) {\n    System.out.println(i);");
        assertEquals("", cell.stdout());
        assertTrue(String.join("\n", cell.traceback()).contains("cellule [" + cell.number() + "], ligne 2"), cell.traceback().toString());
    }

    @Test
    @DisplayName("un point-virgule oublié est montré à sa ligne, et rien ne s'exécute")
    void missingSemicolon() throws Exception {
        var cell = kernel.fails("System.out.println(\"exécuté\")\nint y = 2;");
        assertEquals("", cell.stdout());
        assertTrue(String.join("\n", cell.traceback()).contains("ligne 1"), cell.traceback().toString());
    }

    @Test
    @DisplayName("plusieurs erreurs d'une même méthode sont toutes montrées")
    void severalErrors() throws Exception {
        var cell = kernel.fails("void messy() {\n    int a = \"un\";\n    String b = 2;\n}");
        assertPointsAt(cell, 2, "int a = \"un\";", "\"un\"");
        assertPointsAt(cell, 3, "String b = 2;", "2");
    }

    @Test
    @DisplayName("la réponse porte la même erreur que l'affichage")
    void replyCarriesTheError() throws Exception {
        var cell = kernel.fails("nope");
        assertEquals(cell.error().get("ename"), cell.reply().get("ename"));
        assertEquals(cell.error().get("traceback"), cell.reply().get("traceback"));
    }

    @Test
    @DisplayName("après une erreur, la cellule corrigée s'exécute")
    void correctedCell() throws Exception {
        kernel.fails("int price = \"dix\";");
        assertEquals(List.of("result:10"), kernel.ok("int price = 10;\nprice").story());
    }
}
