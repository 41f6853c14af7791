package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ce que dit une commande qui a besoin du clone et ne le trouve pas ; NoCloneTest l'éprouve avec un vrai jbang. */
@DisplayName("le clone manque")
class OriginTest {
    private static final String WHAT = "Cette commande travaille dans le dossier du cours, et il n'est pas ici : ";

    @TempDir
    Path jbang;

    private String advice() {
        return Origin.of(Map.of("JBANG_DIR", jbang.toString())).advice();
    }

    @Test
    @DisplayName("aucun catalogue connu de jbang n'a donné ce programme : une phrase sans adresse")
    void unknown() throws Exception {
        var sentence = WHAT + "placez-vous dedans, ou clonez-le d'abord, puis lancez-y ./jbangw lab.";
        assertEquals(sentence, advice());
        Files.writeString(jbang.resolve("jbang-catalog.json"),
                "{\"catalogs\": {\"autre\": {\"catalog-ref\": \"https://github.com/un/autre/blob/HEAD/jbang-catalog.json\"}}}");
        assertEquals(sentence, advice());
    }

    @Test
    @DisplayName("le catalogue est sur GitHub : la commande qui clone")
    void github() throws Exception {
        Files.writeString(jbang.resolve("implicit-catalog.json"),
                "{\"catalogs\": {\"ecole/cours\": {\"catalog-ref\": \"https://github.com/ecole/cours/blob/HEAD/jbang-catalog.json\"}}}");
        // le nom que jbang donne au fichier pris à https://raw.githubusercontent.com/ecole/cours/HEAD/src/tools/Course.java
        Files.createDirectories(jbang.resolve("cache/urls/e632215a02a1d67d42ddc032ea9068f6c2fa047f8e873c421d1a17111f2ffff7"));
        assertEquals(WHAT + "clonez-le par « git clone https://github.com/ecole/cours », puis lancez-y ./jbangw lab.", advice());
    }
}
