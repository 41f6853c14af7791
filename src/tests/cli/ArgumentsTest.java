package cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("arguments d'une commande")
class ArgumentsTest {

    private static Arguments arguments(String... words) {
        return new Arguments("Usage : ./jbangw essai [mot]...\n\nEssaie.\n", words);
    }

    private static void assertMisuse(String sentence, Executable reading) {
        var error = assertThrows(UserError.class, reading);
        assertEquals(sentence + " Voyez ./jbangw essai --help.", error.getMessage());
        assertEquals(2, error.exitCode());
    }

    @Test
    @DisplayName("les textes sont pris dans l'ordre, et chacun a une valeur quand il manque")
    void texts() throws Exception {
        var arguments = arguments("un", "");
        assertEquals("un", arguments.text("rien"));
        assertEquals("", arguments.text("rien"));
        assertEquals("rien", arguments.text("rien"));
        assertEquals(Optional.empty(), arguments.text());
    }

    @Test
    @DisplayName("un nombre va d'une borne à l'autre, comprises")
    void numbers() throws Exception {
        var arguments = arguments("1", "8", "-3");
        assertEquals(1, arguments.number("Places", 1, 8, 5));
        assertEquals(8, arguments.number("Places", 1, 8, 5));
        assertEquals(-3, arguments.number("Décalage", -5, 5, 0));
        assertEquals(5, arguments.number("Places", 1, 8, 5));
    }

    @ParameterizedTest(name = "« {0} » n''est pas un nombre de 1 à 8 : la phrase le montre")
    @ValueSource(strings = {"0", "9", "-1", "huit", "", "1.5", "99999999999"})
    void notANumber(String word) {
        assertMisuse("Places : il faut un nombre entier de 1 à 8, et non « " + word + " ».",
                () -> arguments(word).number("Places", 1, 8, 5));
    }

    @Test
    @DisplayName("une adresse est http ou https, avec une machine")
    void addresses() throws Exception {
        var arguments = arguments("https://exemple.org/page");
        assertEquals(Optional.of(URI.create("https://exemple.org/page")), arguments.address());
        assertEquals(Optional.empty(), arguments.address());
    }

    @ParameterizedTest(name = "« {0} » n''est pas une adresse : la phrase le montre")
    @ValueSource(strings = {"ftp://exemple.org", "http://", "exemple.org", "http://a b"})
    void notAnAddress(String word) {
        assertMisuse("Il faut une adresse qui commence par http:// ou https://, et non « " + word + " ».", () -> arguments(word).address());
    }

    @Test
    @DisplayName("une option sans valeur est trouvée où qu'elle soit, une seule fois")
    void flags() throws Exception {
        var arguments = arguments("un", "--vite", "deux");
        assertTrue(arguments.flag("--vite"));
        assertFalse(arguments.flag("--vite"));
        assertEquals(List.of("un", "deux"), arguments.rest());
    }

    @ParameterizedTest(name = "la valeur d''une option : {0}")
    @ValueSource(strings = {"un --nom valeur", "--nom=valeur un", "--nom premier --nom=valeur un"})
    void options(String line) throws Exception {
        var arguments = arguments(line.split(" "));
        assertEquals(Optional.of("valeur"), arguments.option("--nom"));
        assertEquals(List.of("un"), arguments.rest());
    }

    @Test
    @DisplayName("la valeur d'une option peut être un nombre, entre deux bornes")
    void numberOptions() throws Exception {
        assertEquals(3, arguments("--tours", "3").numberOption("--tours", 1, 9, 5));
        assertEquals(5, arguments().numberOption("--tours", 1, 9, 5));
        assertMisuse("--tours : il faut un nombre entier de 1 à 9, et non « dix ».",
                () -> arguments("--tours=dix").numberOption("--tours", 1, 9, 5));
    }

    @Test
    @DisplayName("une option sans sa valeur le dit")
    void optionWithoutValue() {
        assertMisuse("Après --nom, il faut une valeur.", () -> arguments("un", "--nom").option("--nom"));
    }

    @ParameterizedTest(name = "une option que personne n''a demandée n''est pas un texte : {0}")
    @ValueSource(strings = {"--vite", "-v", "--nom=valeur"})
    void unknownOption(String word) {
        assertMisuse("Option inconnue : « " + word + " ».", () -> arguments(word).text());
        assertMisuse("Option inconnue : « " + word + " ».", () -> arguments(word).end());
        assertMisuse("Option inconnue : « " + word + " ».", () -> arguments("un", word).rest());
    }

    @Test
    @DisplayName("après deux tirets seuls, tout est texte")
    void everythingIsTextAfterTwoDashes() throws Exception {
        var arguments = arguments("un", "--", "--vite", "--");
        assertFalse(arguments.flag("--vite"));
        assertEquals(List.of("un", "--vite", "--"), arguments.rest());
    }

    @Test
    @DisplayName("un tiret seul est un texte")
    void oneDashIsText() throws Exception {
        assertEquals("-", arguments("-").text("rien"));
    }

    @Test
    @DisplayName("ce qui reste à la fin est en trop")
    void tooMany() throws Exception {
        arguments().end();
        assertMisuse("Argument en trop : « deux ».", () -> {
            var arguments = arguments("un", "deux");
            arguments.text();
            arguments.end();
        });
    }

    @Test
    @DisplayName("s'il faut au moins un texte, la phrase dit lequel")
    void nothingLeft() throws Exception {
        assertEquals(List.of("un", "deux"), arguments("un", "deux").rest("Donnez un mot."));
        assertEquals(List.of(), arguments().rest());
        assertMisuse("Donnez un mot.", () -> arguments().rest("Donnez un mot."));
    }
}
