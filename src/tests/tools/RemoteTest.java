package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("la page du cours, d'après le dépôt dont vient le clone")
class RemoteTest {

    @ParameterizedTest(name = "{0} : {1}")
    @CsvSource({"https://git.example.org/ecole/cours.git, https://git.example.org/ecole/cours",
        "https://jeton:secret@git.example.org/ecole/cours, https://git.example.org/ecole/cours",
        "git@git.example.org:ecole/cours.git, https://git.example.org/ecole/cours",
        "ssh://git@git.example.org:2222/ecole/cours.git, https://git.example.org/ecole/cours",
        "/srv/cours.git, ''", "../cours, ''", "http://localhost/cours, ''", "'', ''"})
    void page(String remote, String page) {
        assertEquals(page, Remote.page(remote).orElse(""));
    }
}
