package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayInputStream;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Résultats")
class ResultTest extends SharedKernel {

    @ParameterizedTest(name = "se lit comme une personne l''écrirait : {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1 + 1                                               | 2
            "été " + 2                                          | été 2
            'c'                                                 | c
            (Object) null                                       | null
            List.of(1, 2, 3)                                    | [1, 2, 3]
            new int[] {1, 2, 3}                                 | [1, 2, 3]
            new int[0]                                          | []
            new double[][] {{1, 2}, {3}}                        | [[1.0, 2.0], [3.0]]
            new String[] {"a", null}                            | [a, null]
            new Object[] {1, new char[] {'x'}, List.of(2)}      | [1, [x], [2]]
            new boolean[] {true}                                | [true]
            Optional.of("x")                                    | Optional[x]
            java.time.Duration.ofMinutes(3)                     | PT3M
            """)
    void readable(String expression, String expected) throws Exception {
        assertEquals(expected, kernel.value(expression));
    }

    @Test
    @DisplayName("un record s'affiche sous son nom et ses composants")
    void recordValue() throws Exception {
        assertEquals("Point[x=3, y=4]", kernel.value("record Point(int x, int y) { }\nnew Point(3, 4)"));
    }

    @Test
    @DisplayName("un objet sans toString montre le nom de sa classe, sans ceux que JShell lui ajoute")
    void plainObject() throws Exception {
        assertTrue(kernel.value("class Plain { }\nnew Plain()").startsWith("Plain@"));
    }

    @Test
    @DisplayName("un tableau qui se contient lui-même ne boucle pas")
    void selfContainingArray() throws Exception {
        assertEquals("[[...]]", kernel.value("Object[] loop = {null}; loop[0] = loop; loop"));
    }

    @Test
    @DisplayName("seule la valeur de la dernière ligne est montrée")
    void onlyTheLastValue() throws Exception {
        assertEquals(List.of("result:3"), kernel.ok("1;\n2;\n3").story());
    }

    @ParameterizedTest(name = "rien n''est montré après : {0}")
    @ValueSource(strings = {"1 + 1;", "int declared = 5;", "void nothing() { }", "System.out.print(\"\")", "import java.util.stream.*;",
        "// un commentaire", "", "  \n "})
    void nothingShown(String code) throws Exception {
        assertEquals(List.of(), kernel.ok(code).messages("execute_result"));
    }

    @Test
    @DisplayName("le nom d'une variable montre sa valeur")
    void variable() throws Exception {
        assertEquals("12", kernel.value("int months = 12;\nmonths"));
    }

    @Test
    @DisplayName("une expression suivie d'un commentaire est montrée")
    void expressionThenComment() throws Exception {
        assertEquals("2", kernel.value("1 + 1 // deux"));
    }

    @Test
    @DisplayName("le numéro du résultat est celui de la cellule")
    void executionCount() throws Exception {
        var cell = kernel.ok("1");
        assertEquals(cell.number(), cell.messages("execute_result").getFirst().content().get("execution_count").getAsInt());
        assertEquals(cell.number() + 1, kernel.ok("2").number());
    }

    @Test
    @DisplayName("html() donne une page, et un texte de repli")
    void html() throws Exception {
        var data = kernel.ok("display.Display.html(\"<b>gras</b>\")").result();
        assertEquals("<b>gras</b>", data.get("text/html").getAsString());
        assertTrue(data.has("text/plain"));
    }

    @Test
    @DisplayName("svg() donne un dessin")
    void svg() throws Exception {
        assertEquals("<svg/>", kernel.ok("svg(\"<svg/>\")").result().get("image/svg+xml").getAsString());
    }

    @Test
    @DisplayName("markdown() donne du Markdown")
    void markdown() throws Exception {
        assertEquals("**é**", kernel.ok("markdown(\"**é**\")").result().get("text/markdown").getAsString());
    }

    @Test
    @DisplayName("png() donne les octets de l'image, en base64")
    void png() throws Exception {
        var data = kernel.ok("png(new byte[] {1, 2, -1})").result();
        assertArrayEquals(new byte[] {1, 2, -1}, Base64.getDecoder().decode(data.get("image/png").getAsString()));
    }

    @Test
    @DisplayName("une image Java devient un PNG de même taille et de mêmes couleurs")
    void bufferedImage() throws Exception {
        var data = kernel.ok("""
                import java.awt.image.BufferedImage;
                var image = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
                image.setRGB(6, 4, 0xFF8000);
                image""").result();
        var image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data.get("image/png").getAsString())));
        assertEquals(7, image.getWidth());
        assertEquals(5, image.getHeight());
        assertEquals(0xFF8000, image.getRGB(6, 4) & 0xFFFFFF);
    }

    @Test
    @DisplayName("display() montre les mêmes formes qu'un résultat")
    void displayRich() throws Exception {
        var data = kernel.ok("display(svg(\"<svg/>\"));").messages("display_data").getFirst().content().getAsJsonObject("data");
        assertEquals("<svg/>", data.get("image/svg+xml").getAsString());
    }

    @Test
    @DisplayName("display(null) et display d'un tableau se lisent")
    void displayPlain() throws Exception {
        assertEquals(List.of("display:null", "display:[1, 2]"), kernel.ok("display(null); display(new int[] {1, 2});").story());
    }

    @Test
    @DisplayName("un objet de l'élève peut se montrer lui-même : Rich")
    void ownRich() throws Exception {
        var data = kernel.ok("""
                record Bold(String text) implements display.Rich {
                    public Map<String, String> forms() { return Map.of("text/html", "<b>" + text + "</b>", "text/plain", text); }
                }
                new Bold("moi")""").result();
        assertEquals("<b>moi</b>", data.get("text/html").getAsString());
    }

    @Test
    @DisplayName("un toString() qui lance une exception est une erreur de la cellule, avec sa ligne")
    void failingToString() throws Exception {
        var cell = kernel.fails("""
                class Grumpy {
                    public String toString() { throw new IllegalStateException("pas envie"); }
                }
                new Grumpy()""");
        assertEquals("java.lang.IllegalStateException", cell.error().get("ename").getAsString());
        assertTrue(String.join("\n", cell.traceback()).contains("ligne 2"), cell.traceback().toString());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("la valeur d'une cellule garde son type dans la suivante")
    void typedAcrossCells() throws Exception {
        kernel.ok("var names = List.of(\"Ada\", \"Bob\");");
        assertEquals("3", kernel.value("names.getFirst().length()"));
    }
}
