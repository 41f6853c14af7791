package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.JsonObject;
import java.util.List;
import kernel.Exchange;
import kernel.SharedKernel;
import kernel.protocol.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Saisie au clavier")
class StdinTest extends SharedKernel {
    private static final JsonObject WITH_STDIN = Json.object("allow_stdin", true);

    /** Exécute une cellule en lui donnant ces lignes, l'une après l'autre, chacune quand elle la demande. */
    private static Exchange runWith(String code, String... lines) throws Exception {
        var cell = kernel.execute(code, WITH_STDIN);
        for (int i = 0; i < lines.length; i++) kernel.answer(cell, i + 1, lines[i]);
        cell.done();
        assertEquals("ok", cell.status(), cell::toString);
        return cell;
    }

    @ParameterizedTest(name = "lit une ligne, accents compris : {0}")
    @CsvSource(delimiter = '|', textBlock = """
            Scanner          | new Scanner(System.in).nextLine()
            BufferedReader   | new BufferedReader(new InputStreamReader(System.in)).readLine()
            IO.readln        | IO.readln()
            IO.readln, texte | IO.readln("Ton nom ? ")
            """)
    void readsALine(String name, String expression) throws Exception {
        assertEquals("Zoé, l'œuvre 🦜", runWith(expression, "Zoé, l'œuvre 🦜").resultText());
    }

    @Test
    @DisplayName("le texte de IO.readln est affiché avant que la ligne soit demandée")
    void promptComesFirst() throws Exception {
        var cell = runWith("IO.readln(\"Ton âge ? \")", "7");
        var asked = cell.messages("input_request").getFirst().content();
        assertTrue(cell.stdout().contains("Ton âge ? ") || asked.get("prompt").getAsString().contains("Ton âge ? "), cell.toString());
    }

    @Test
    @DisplayName("ce que la cellule a écrit est affiché avant que la ligne soit demandée")
    void outputComesFirst() throws Exception {
        var cell = kernel.execute("System.out.print(\"Nombre : \"); int n = new Scanner(System.in).nextInt(); n * 2", WITH_STDIN);
        cell.await("la demande", e -> !e.messages("input_request").isEmpty()).awaitOutput("Nombre : ");
        kernel.answer(cell, 1, "21");
        assertEquals("42", cell.done().resultText());
    }

    @Test
    @DisplayName("plusieurs lignes de suite")
    void severalLines() throws Exception {
        assertEquals("[un, deux, trois]",
                runWith("var in = new Scanner(System.in);\nvar lines = List.of(in.nextLine(), in.nextLine(), in.nextLine());\nlines", "un",
                        "deux", "trois").resultText());
    }

    @Test
    @DisplayName("une ligne vide est une ligne vide")
    void emptyLine() throws Exception {
        assertEquals("0", runWith("IO.readln().length()", "").resultText());
    }

    @Test
    @DisplayName("System.in.read() rend les octets de la ligne et de sa fin")
    void bytes() throws Exception {
        assertEquals("[-61, -87, 10]",
                runWith("byte[] read = {(byte) System.in.read(), (byte) System.in.read(), (byte) System.in.read()};\nread", "é")
                        .resultText());
    }

    @Test
    @DisplayName("chaque cellule lit ses propres lignes, avec un nouveau lecteur")
    void nextCellReadsAgain() throws Exception {
        assertEquals("a", runWith("new Scanner(System.in).nextLine()", "a").resultText());
        assertEquals("b", runWith("new Scanner(System.in).nextLine()", "b").resultText());
        assertEquals("c", runWith("IO.readln()", "c").resultText());
        assertEquals("d", runWith("IO.readln()", "d").resultText());
    }

    @Test
    @DisplayName("la demande s'adresse au client de la cellule, et s'y rapporte")
    void requestBelongsToTheCell() throws Exception {
        var cell = runWith("IO.readln()", "x");
        assertEquals(1, cell.messages("input_request").size());
        assertFalse(cell.messages("input_request").getFirst().content().get("password").getAsBoolean());
        assertEquals(List.of("result:x"), cell.story());
    }

    @ParameterizedTest(name = "sans saisie possible, une phrase le dit en français : {0}")
    @ValueSource(strings = {"new Scanner(System.in).nextLine()", "new BufferedReader(new InputStreamReader(System.in)).readLine()",
        "IO.readln()", "System.in.read()"})
    void withoutStdin(String expression) throws Exception {
        var cell = kernel.fails(expression);
        assertTrue(String.join("\n", cell.traceback()).contains("saisie"), cell.toString());
        assertEquals("2", kernel.value("1 + 1"));
    }
}
