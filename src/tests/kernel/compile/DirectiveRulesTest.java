package kernel.compile;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ce qui est une directive, ce qui n'en est pas une, et ce que chacune devient : fait, ou dit. */
@DisplayName("Règles des directives")
class DirectiveRulesTest extends SharedKernel {

    @ParameterizedTest(name = "seule sur sa ligne, une directive le dit, et la cellule s''exécute : {0}")
    @ValueSource(strings = {"//DEPS", "//DEPS   ", "//SOURCES", "//REPOS", "//DEPS // plus tard"})
    void alone(String directive) throws Exception {
        var cell = kernel.ok(directive + "\nint alone = 1 + 1;\nalone");
        assertEquals("2", cell.resultText());
        assertTrue(cell.stderr().contains("seul"), cell.toString());
        assertEquals("", cell.stdout());
    }

    @ParameterizedTest(name = "ce n''est pas une directive : {0}")
    @ValueSource(strings = {"String s = \"\"\"\n//DEPS a:b:0\n\"\"\";", "/*\n//DEPS a:b:0\n*/",
        "/**\n//SOURCES absent.java\n*/\nclass Doc { }",
        "  //DEPS a:b:0", "// DEPS a:b:0", "int a = 1; //DEPS a:b:0", "///DEPS a:b:0", "//deps a:b:0", "String s = \"//DEPS a:b:0\";",
        "// Dépendances : a:b:0", "//TODO //DEPS a:b:0"})
    void notADirective(String code) throws Exception {
        assertEquals(List.of(), kernel.ok(code + "\nint after = 1;").story());
    }

    @ParameterizedTest(name = "comme pour jbang, virgules, points-virgules, guillemets et commentaire : {0}")
    @ValueSource(strings = {"//DEPS org.opentest4j:opentest4j:1.3.0, org.apiguardian:apiguardian-api:1.1.2",
        "//DEPS org.opentest4j:opentest4j:1.3.0;org.apiguardian:apiguardian-api:1.1.2",
        "//DEPS \"org.opentest4j:opentest4j:1.3.0\" 'org.apiguardian:apiguardian-api:1.1.2' // deux bibliothèques",
        "//DEPS org.opentest4j:opentest4j:1.3.0 // une\n//DEPS org.apiguardian:apiguardian-api:1.1.2\r\n"})
    void severalWords(String directives) throws Exception {
        assertEquals("vuSTABLE", kernel.value(directives + "\nnew org.opentest4j.AssertionFailedError(\"vu\").getMessage()"
                + " + org.apiguardian.api.API.Status.STABLE"));
    }

    @Test
    @DisplayName("une seconde version d'une bibliothèque : la première reste, c'est dit, et rien n'est cherché")
    void secondVersion() throws Exception {
        String location = "\nnew com.google.gson.Gson().getClass().getProtectionDomain().getCodeSource().getLocation()";
        assertTrue(kernel.value("//DEPS com.google.code.gson:gson:2.8.9" + location).contains("gson-2.8.9"));
        for (int time = 0; time < 2; time++) {
            var cell = kernel.ok("//DEPS com.google.code.gson:gson:2.14.0" + location);
            assertTrue(cell.resultText().contains("gson-2.8.9"), cell.toString());
            assertTrue(cell.stderr().contains("2.8.9 de com.google.code.gson:gson est déjà chargée"), cell.toString());
            assertTrue(cell.stderr().contains("2.14.0") && cell.stderr().contains("redémarrez"), cell.toString());
            assertFalse(cell.stdout().contains("prêt"), cell.toString());
        }
        assertEquals("", kernel.ok("//DEPS com.google.code.gson:gson:2.8.9" + location).stderr());
    }

    @Test
    @DisplayName("//REPOS dans une cellule à lui sert aux suivantes ; un dépôt qui ne répond pas ne gâte pas les suivantes")
    void repositories() throws Exception {
        assertEquals(List.of(), kernel.ok("//REPOS mavencentral").story());
        kernel.fails("//REPOS mort=https://localhost:1/depot\n//DEPS org.opentest4j:absent:9.9.9\n1");
        String code = "//DEPS org.opentest4j:opentest4j:1.3.0\nnew org.opentest4j.AssertionFailedError(\"vu\").getMessage()";
        assertEquals("vu", kernel.value(code));
    }

    static Stream<Arguments> lookalikes() {
        return Stream.of(arguments("// DEPS com.absent:thing:1", "// DEPS com.absent:thing:1"),
                arguments("  //DEPS com.absent:thing:1", "//DEPS com.absent:thing:1"),
                arguments("//deps com.absent:thing:1", "//deps com.absent:thing:1"),
                arguments("//DEP com.absent:thing:1", "//DEP com.absent:thing:1"));
    }

    @ParameterizedTest(name = "« {0} » n''est pas suivi : dit quand la bibliothèque manque, dans cette cellule ou dans la suivante")
    @MethodSource
    void lookalikes(String line, String said) throws Exception {
        try {
            for (String cell : List.of(line + "\nimport com.absent.Thing;", "import com.absent.Thing;")) {
                String text = String.join("\n", kernel.fails(cell).traceback());
                assertTrue(text.contains("« " + said + " » n’a pas été suivie"), text);
                assertFalse(text.contains("par une ligne //DEPS"), text);
            }
        } finally {
            renewKernel();
        }
    }

    @ParameterizedTest(name = "un commentaire qui cite un fichier ne se dit pas : {0}")
    @ValueSource(strings = {"// Source : Race.java", "// sources : lib/Near.java", "// dépendances : voir a:b:1"})
    void ordinaryComment(String line) throws Exception {
        renewKernel();                                                           // une ligne d'un autre test serait citée
        String text = String.join("\n", kernel.fails(line + "\nimport com.absent.Thing;").traceback());
        assertFalse(text.contains("n’a pas été suivie"), text);
    }

    static Stream<Arguments> said() {
        return Stream.of(arguments("//RUNTIME_OPTIONS -Xmx1g", "-Xmx1g"), arguments("//JAVA_OPTIONS -XX:+UseZGC", "-XX:+UseZGC"),
                arguments("//RUNTIME_OPTIONS --add-opens java.base/java.lang=ALL-UNNAMED", "--add-opens"),
                arguments("//RUNTIME_OPTIONS -Djdk.virtualThreadScheduler.parallelism=1", "virtualThreadScheduler"),
                arguments("//JAVAC_OPTIONS -Xlint:all", "-Xlint:all"), arguments("//COMPILE_OPTIONS --release 17", "--release 17"),
                arguments("//FILES data.txt", "chemin"), arguments("//JAVAAGENT", "agent"), arguments("//JAVA 99+", "99"));
    }

    @ParameterizedTest(name = "ce qui ne peut pas se faire est dit, et la cellule s''exécute : {0}")
    @MethodSource
    void said(String directive, String sentence) throws Exception {
        var cell = kernel.ok(directive + "\n1 + 1");
        assertEquals("2", cell.resultText());
        assertTrue(cell.stderr().contains("n’est pas suivi") && cell.stderr().contains(sentence), cell.toString());
    }

    @ParameterizedTest(name = "ce qui est déjà vrai ne se dit pas : {0}")
    @ValueSource(strings = {"//JAVA 21+", "//JAVA 25", "//PREVIEW", "//RUNTIME_OPTIONS --enable-preview", "//DESCRIPTION Un essai",
        "//COMPILE_OPTIONS --enable-preview --release 25 -parameters", "//MAIN Essai", "//GAV fr.essai:essai:1", "//TODO plus tard",
        "//RUNTIME_OPTIONS -Dcourse.color=bleu"})
    void alreadyTrue(String directive) throws Exception {
        assertEquals(List.of("result:2"), kernel.ok(directive + "\n1 + 1").story());
    }

    @Test
    @DisplayName("//RUNTIME_OPTIONS -Dnom=valeur est fait")
    void property() throws Exception {
        String options = "//RUNTIME_OPTIONS -Dcourse.shade=gris \"-Dcourse.tint=bleu vert\"\n";
        assertEquals("gris", kernel.value(options + "System.getProperty(\"course.shade\")"));
        assertEquals("bleu vert", kernel.value(options + "System.getProperty(\"course.tint\")"));
    }

    @ParameterizedTest(name = "//RUNTIME_OPTIONS -ea est fait, et -da le défait : {0}")
    @ValueSource(strings = {"assert 1 > 2 : \"faux\";", "void check() { assert 1 > 2 : \"faux\"; }\ncheck();",
        "class Checked { Checked() { assert 1 > 2 : \"faux\"; } }\nnew Checked();"})
    void assertions(String code) throws Exception {
        kernel.ok("//RUNTIME_OPTIONS -da\n" + code);
        assertEquals("java.lang.AssertionError",
                kernel.fails("//RUNTIME_OPTIONS -ea\n// vérifiés\n" + code.replace("heck", "heck2")).error().get("ename").getAsString());
        kernel.ok("//RUNTIME_OPTIONS -da\n" + code.replace("heck", "heck3"));
    }
}
