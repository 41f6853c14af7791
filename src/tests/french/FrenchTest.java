package french;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.Course;

/** LanguageTool relit toute la prose du cours, et celui qui la relit est lui-même vérifié. */
@DisplayName("français")
@Timeout(600)
class FrenchTest {

    /** Deux relecteurs : LanguageTool n'en sert qu'un à la fois, et les documents se relisent deux par deux. */
    private static final BlockingQueue<FrenchChecker> CHECKERS = new LinkedBlockingQueue<>();

    @BeforeAll
    @Timeout(300)
    static void prepare() throws Exception {
        for (var i = 0; i < 2; i++) CHECKERS.add(new FrenchChecker(Course.find().home().resolve("src/tests/french")));
    }

    /** LanguageTool tient beaucoup de mémoire : les tests suivants n'en ont plus besoin. */
    @AfterAll
    static void forget() {
        CHECKERS.clear();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    @DisplayName("rien à redire")
    Stream<DynamicTest> everyDocument() throws Exception {
        return Document.all().stream().filter(document -> !document.passages().isEmpty())
                .map(document -> DynamicTest.dynamicTest(document.name(), () -> assertGood(document.passages())));
    }

    private static List<FrenchChecker.Finding> check(List<Passage> passages) throws IOException, InterruptedException {
        var checker = CHECKERS.take();
        try {
            return checker.check(passages);
        } finally {
            CHECKERS.add(checker);
        }
    }

    private static void assertGood(List<Passage> passages) throws IOException, InterruptedException {
        var findings = check(passages);
        assertTrue(findings.isEmpty(), () -> findings.size() + " remarques :\n"
                + findings.stream().map(Object::toString).collect(Collectors.joining("\n")));
    }

    @Test
    @DisplayName("une faute d'accord et une faute d'orthographe sont trouvées, avec leur ligne et une proposition")
    void mistakesAreFound() throws Exception {
        var findings = check(Markdown.passages("Tout va bien.\n\nDeux fichier sont lus.\nLe thread attand la fin.\n"));
        assertEquals(List.of(3, 4), findings.stream().map(FrenchTest::line).toList(), findings::toString);
        assertTrue(findings.getFirst().suggestions().contains("Deux fichiers"), findings::toString);
        assertTrue(findings.getLast().phrase().contains("⟦attand⟧"), findings::toString);
        assertTrue(findings.getLast().suggestions().contains("attend"), findings::toString);
    }

    private static int line(FrenchChecker.Finding finding) {
        return Integer.parseInt(finding.where().replaceFirst(".*ligne ", ""));
    }

    @Test
    @DisplayName("le code, les adresses, les balises et les mots dits anglais d'un texte ne sont pas relus")
    void codeIsIgnored() throws Exception {
        var text = """
                Regardez le `finaly` : il est <b class="vert foncée">toujours</b> exécuté.
                Voyez la [documentation](https://exemple.org/les_chien).
                En anglais, une file se dit <i lang="en">queue</i>, et un verrou, <i lang="en">lock</i>.

                ```java
                var deux_fichier = "Deux fichier sont lus";
                ```

                | besoin | avec quoi |
                |:--|:--|
                | lire | `attand(xyz)` |
                """;
        assertEquals(List.of(), check(Markdown.passages(text)));
    }

    @Test
    @DisplayName("dans un fichier Java, les commentaires et les messages sont relus, pas le reste")
    void javaProse() throws Exception {
        var source = """
                //DEPS un.groupe:des_chose:1.0
                /** Deux fichier sont lus. {@code attand} convient. */
                void attand() {
                    var x = "SELECT * FROM les_chien";
                    // il faut attandre la fin
                    throw new Oups("Le serveur " + x + " ne répont pas : " + y);
                }
                """;
        var findings = check(JavaSource.passages(source));
        assertEquals(List.of(2, 5, 6), findings.stream().map(FrenchTest::line).toList(), findings::toString);
    }

    @Test
    @DisplayName("chaque règle mise de côté a sa raison, et chaque mot permis n'est écrit qu'une fois")
    void listsAreTidy() throws Exception {
        var folder = Course.find().home().resolve("src/tests/french");
        for (var rule : FrenchChecker.Entry.read(folder.resolve("disabled-rules.txt"))) assertFalse(rule.text().isBlank(), rule.rule());
        var words = FrenchChecker.lines(folder.resolve("allowed-words.txt"));
        assertEquals(words.stream().distinct().toList(), words);
    }
}
