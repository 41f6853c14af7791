package cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Les phrases et le code de sortie d'une commande ; les tests des outils et des exemples voient ces codes du dehors. */
@DisplayName("commande")
class CommandTest {
    private static final String HELP = "Usage : ./jbangw essai\n";

    private final PrintStream[] usual = {System.out, System.err};
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(usual[0]);
        System.setErr(usual[1]);
    }

    private static int run(Command.Body body, String... args) {
        return Command.exitCode(HELP, args, body);
    }

    private void assertEnds(int code, String sentence, Exception error) {
        assertEquals(code, run(_ -> {
            throw error;
        }));
        assertEquals(sentence + "\n", err.toString(UTF_8).replace("\r", ""));
        assertEquals("", out.toString(UTF_8));
    }

    @Test
    @DisplayName("sans erreur : le code 0, et rien n'est écrit")
    void success() {
        assertEquals(0, run(arguments -> assertEquals(List.of("un"), arguments.rest()), "un"));
        assertEquals("", out.toString(UTF_8) + err.toString(UTF_8));
    }

    @ParameterizedTest(name = "{0}, où qu''il soit, montre l''aide à la place du travail")
    @ValueSource(strings = {"--help", "-h"})
    void help(String word) {
        assertEquals(0, run(_ -> {
            throw new AssertionError("rien ne doit être fait");
        }, "un", word));
        assertEquals("Usage\u00a0: ./jbangw essai\n", out.toString(UTF_8));
    }

    @Test
    @DisplayName("une commande mal écrite : la phrase, et le code 2")
    void misuse() {
        assertEnds(2, "Choisissez\u00a0!", UserError.usage("Choisissez !"));
    }

    @Test
    @DisplayName("un échec prévu : la phrase, et le code 1")
    void failure() {
        assertEnds(1, "Il manque «\u00a0tout\u00a0».", UserError.failed("Il manque « tout »."));
    }

    @Test
    @DisplayName("une interruption : le code 130")
    void interrupted() {
        assertEnds(130, "Interrompu.", new InterruptedException());
    }

    @Test
    @DisplayName("l'échec d'une tâche est l'échec lui-même")
    void failedTask() {
        assertEnds(1, "La machine ne répond pas.", new ExecutionException(new IOException("La machine ne répond pas.")));
    }

    @Test
    @DisplayName("ce que dit le JDK est mis dans une phrase")
    void wordsOfTheJdk() {
        assertEnds(1, "Une lecture ou une écriture a échoué\u00a0: absent.txt.", new NoSuchFileException("absent.txt"));
    }

    @Test
    @DisplayName("un disque plein, un droit qui manque : quoi faire")
    void diskAndRights() {
        assertEnds(1, "Le disque est plein\u00a0: libérez de la place, puis relancez la commande.",
                new IOException("No space left on device"));
        err.reset();
        assertEnds(1, "Vous n'avez pas le droit d'ouvrir ou d'écrire «\u00a0build\u00a0»\u00a0: donnez-vous ce droit ou, "
                + "si c'est dans le dossier du cours, copiez le cours ailleurs.", new AccessDeniedException("build"));
    }

    @Test
    @DisplayName("une erreur que personne n'a prévue est nommée, sans pile d'appels")
    void unexpected() {
        var error = new IllegalStateException("oups");
        assertEnds(1, "Erreur imprévue, merci de la signaler\u00a0: " + error, error);
    }
}
