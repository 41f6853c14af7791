package kernel.assist;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import kernel.Exchange;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ce qui s'écrit dans un autre langage ou pour un autre noyau : fait quand c'est possible, sinon une phrase dit quoi écrire ici. */
@DisplayName("Habitudes d'ailleurs")
class HabitsTest extends SharedKernel {

    private static String text(Exchange cell) {
        return String.join("\n", cell.traceback());
    }

    // --- Fait ---

    @ParameterizedTest(name = "une bibliothèque, comme pour un autre noyau : {0}")
    @ValueSource(strings = {"%maven org.opentest4j:opentest4j:1.3.0", "  %maven org.opentest4j:opentest4j:1.3.0",
        "// d'abord\n%maven org.opentest4j:opentest4j:1.3.0\n", "int before = 1;\n%maven org.opentest4j:opentest4j:1.3.0",
        "%dependency /add org.opentest4j:opentest4j:1.3.0\n%dependency /resolve"})
    void library(String magic) throws Exception {
        var cell = kernel.ok(magic + "\nimport org.opentest4j.*;\nnew AssertionFailedError(\"vu\").getMessage()");
        assertEquals("vu", cell.resultText());
        assertTrue(cell.stdout().contains("//DEPS org.opentest4j:opentest4j:1.3.0"), cell.toString());
    }

    @Test
    @DisplayName("%mavenRepo vaut //REPOS")
    void repository() throws Exception {
        assertTrue(kernel.ok("%mavenRepo essai https://localhost:1/depot").stdout().contains("//REPOS essai=https://localhost:1/depot"));
        renewKernel();
    }

    @Test
    @DisplayName("%jars et %classpath ajoutent au classpath")
    void classpath() throws Exception {
        var folder = Files.createDirectories(kernel.workingFolder().resolve("lib"));
        try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve("essai.jar")))) {
            jar.putNextEntry(new ZipEntry("essai.txt"));
            jar.write("vu".getBytes());
        }
        Files.writeString(folder.resolve("autre.txt"), "vu aussi");
        String read = "\nnew String(Thread.currentThread().getContextClassLoader().getResourceAsStream(\"%s\").readAllBytes())";
        assertEquals("vu", kernel.ok("%jars lib/*.jar" + read.formatted("essai.txt")).resultText());
        assertEquals("vu aussi", kernel.ok("%classpath lib" + read.formatted("autre.txt")).resultText());
        assertTrue(text(kernel.fails("%jars absent/*.jar")).contains("absent/*.jar"));
    }

    @Test
    @DisplayName("%load exécute un fichier ; la suite de la cellule garde ses numéros de ligne")
    void load() throws Exception {
        Files.writeString(kernel.workingFolder().resolve("load.java"), "int loaded = 4;\nint twice(int n) { return 2 * n; }\n");
        assertEquals("8", kernel.ok("%load load.java\ntwice(loaded)").resultText());
        assertTrue(text(kernel.fails("%load load.java\nint n = 1;\nn / 0")).contains("ligne 3"));
        assertTrue(text(kernel.fails("%load absent.java")).contains("absent.java"));
    }

    @ParameterizedTest(name = "une durée : {0}")
    @ValueSource(strings = {"%%time\nint n = 3;\nn", "%time 1 + 2"})
    void time(String code) throws Exception {
        var cell = kernel.ok(code);
        assertEquals("3", cell.resultText());
        assertTrue(cell.stdout().matches("Durée : \\d+ ms.*System.nanoTime\\(\\).*\\n"), cell.toString());
    }

    @Test
    @DisplayName("une durée est dite aussi quand la cellule échoue")
    void timeOfAFailure() throws Exception {
        var cell = kernel.fails("%%time\nint zero = 0;\n1 / zero");
        assertTrue(cell.stdout().startsWith("Durée"), cell.toString());
        assertTrue(text(cell).contains("ligne 3"), text(cell));
    }

    // --- Dit ---

    static Stream<Arguments> said() {
        return Stream.of(arguments("%%bash\nls", "ProcessBuilder"), arguments("%%writefile a.txt\nbonjour", "Files.writeString"),
                arguments("%%html\n<b>a</b>", "Markdown"), arguments("%matplotlib inline", "ôtez cette ligne"),
                arguments("%pip install a", "//DEPS"), arguments("!ls", "ProcessBuilder"), arguments("!ls -l", "ProcessBuilder"),
                arguments("/vars", "son nom seul"), arguments("/list", "son nom seul"), arguments("/exit", "redémarrez"),
                arguments("/env -class-path a", "//DEPS"), arguments("/open a.jsh", "//SOURCES"),
                arguments("package cours;\npublic class Chat { }", "ôtez la ligne package"),
                arguments("print(\"a\");", "System.out.println"),
                arguments("println(\"a\")", "System.out.println"), arguments("print \"a\"", "System.out.println"),
                arguments("println \"a\";", "System.out.println"), arguments("console.log(\"a\");", "System.out.println"),
                arguments("Console.WriteLine(\"a\");", "System.out.println"), arguments("printf(\"%d\", 3);", "System.out.printf"),
                arguments("string s = \"a\";", "String"), arguments("bool b = true;", "boolean"), arguments("let x = 3;", "var x"),
                arguments("val x = 3;", "var x"), arguments("def x = 3", "var x"), arguments("const x = 3;", "var x"),
                arguments("val x: Int = 3", "var x"), arguments("def f(x):\n    return x", "int twice(int x)"),
                arguments("fun f(x: Int): Int { return x }", "int twice(int x)"),
                arguments("function f(x) { return x; }", "int twice(int x)"),
                arguments("await f();", "join()"), arguments("var r = await f();", "join()"),
                arguments("async void f() { }", "supplyAsync"),
                arguments("using (var x = f()) { }", "try (var x"), arguments("@file:DependsOn(\"a:b:1\")", "//DEPS"),
                arguments("from java.util import List", "import java.util.List;"), arguments("String? s = null;", "Optional<String>"),
                arguments("var n = None;", "null"), arguments("boolean b = True;", "true"), arguments("input(\"nom ?\")", "IO.readln"),
                arguments("import lombok.Data;", "record"));
    }

    @ParameterizedTest(name = "{0} → {1}")
    @MethodSource
    void said(String code, String sentence) throws Exception {
        assertTrue(text(kernel.fails(code)).contains(sentence), () -> code);
    }

    @ParameterizedTest(name = "dit aussi d''une déclaration que JShell accepte en attendant : {0}")
    @ValueSource(strings = {"using System;", "string later;", "@Data class Person { String nom; }", "void show() { println(\"a\"); }"})
    void saidOfADeclaration(String code) throws Exception {
        String errors = kernel.ok(code).stderr();
        assertTrue(errors.contains("crivez"), errors);
    }

    @ParameterizedTest(name = "une fenêtre : {0}")
    @ValueSource(strings = {"new javax.swing.JFrame(\"a\");", "javax.swing.JOptionPane.showInputDialog(\"a\")"})
    void window(String code) throws Exception {
        assumeTrue(kernel.value("java.awt.GraphicsEnvironment.isHeadless()").equals("true"), "cette machine a un écran");
        assertTrue(text(kernel.fails(code)).contains("pas d’écran"));
    }

    @Test
    @DisplayName("assert : dit une fois qu'il n'est pas vérifié, et comment qu'il le soit")
    void assertion() throws Exception {
        renewKernel();
        assertEquals("", kernel.ok("// assert 1 > 2;\nString s = \"assert 1 > 2\"; void assertAll() { }").stderr());
        assertTrue(kernel.ok("assert 1 > 2;").stderr().contains("//RUNTIME_OPTIONS -ea"));
        assertEquals("", kernel.ok("assert 1 > 2;").stderr());
        renewKernel();
        assertEquals("", kernel.ok("//RUNTIME_OPTIONS -ea\nassert 1 < 2;").stderr());
    }

    // --- À l'élève ---

    @ParameterizedTest(name = "des noms à lui : {0}")
    @ValueSource(
            strings = {"void print(String s) { System.out.print(s); }\nprint(\"\");", "int val = 3, let = 4, await = 5;\nval + let * await",
                "String string = \"a\";\nstring", "class console { static void log(String s) { } }\nconsole.log(\"a\");",
                "boolean ls = false;\n!ls", "int time = 4;\nint r = 7\n% time;\nr",
                "String.format(\"\"\"\n%d\n%time\n\"\"\".replace(\"%time\", \"\"), 3)",
                "class val { }\nval v = new val();", "int using(int a) { return a; }\nusing(3)", "interface async { }\nasync a = null;",
                "/* %maven a:b:c */ 3", "\"\"\"\n%maven a:b:c\n\"\"\"", "// /vars\n3"})
    void ownNames(String code) throws Exception {
        var cell = kernel.ok(code);
        forget(code);
        assertEquals("", cell.stderr());
        assertEquals("", cell.stdout());
    }

    /** Ce nom, une fois à l'élève, l'est dans les cellules suivantes aussi. */
    private static void forget(String code) throws Exception {
        if (code.contains(" print")) renewKernel();
    }

    @ParameterizedTest(name = "des noms à lui, et une faute d''un autre genre : {0}")
    @ValueSource(strings = {"void print(int n) { }\nprint(\"a\");", "int val = 3;\nval = \"a\";", "int await = 3;\nawait = = 4;",
        "class Printer { void print(String s) { } }\nprint(\"a\");", "boolean done = true;\n!donne",
        "int using(int a) { return a; }\nusing(3 4);",
        "record Row(int n) { void println() { } }\nprintln();"})
    void otherFaults(String code) throws Exception {
        String text = text(kernel.fails(code));
        forget(code);
        for (String sentence : List.of("System.out.println", "ProcessBuilder", "join()", "var x", "try (var"))
            assertFalse(text.contains(sentence), text);
    }
}
