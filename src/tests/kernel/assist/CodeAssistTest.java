package kernel.assist;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kernel.KernelClient;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Aide à la saisie")
class CodeAssistTest extends SharedKernel {

    private static List<String> matches(JsonObject reply) {
        return reply.getAsJsonArray("matches").asList().stream().map(match -> match.getAsString()).toList();
    }

    /** La complétion au curseur, marqué par une barre verticale. */
    private static JsonObject completeAt(String marked) throws Exception {
        String before = marked.substring(0, marked.indexOf('|'));
        return kernel.complete(marked.replace("|", ""), before.codePointCount(0, before.length()));
    }

    private static String inspectAt(String marked) throws Exception {
        String before = marked.substring(0, marked.indexOf('|'));
        var reply = kernel.inspect(marked.replace("|", ""), before.codePointCount(0, before.length()));
        assertEquals("ok", reply.get("status").getAsString());
        return reply.get("found").getAsBoolean() ? reply.getAsJsonObject("data").get("text/plain").getAsString() : null;
    }

    /** Ce que devient la cellule quand on choisit la proposition qui commence par {@code start}. */
    private static String chosen(String marked, String start) throws Exception {
        var reply = completeAt(marked);
        String code = marked.replace("|", "");
        String match = matches(reply).stream().filter(m -> m.startsWith(start)).findFirst()
                .orElseThrow(() -> new AssertionError("« " + start + " » manque dans " + reply));
        int from = code.offsetByCodePoints(0, reply.get("cursor_start").getAsInt());
        int to = code.offsetByCodePoints(0, reply.get("cursor_end").getAsInt());
        return code.substring(0, from) + match + code.substring(to);
    }

    @Test
    @DisplayName("un membre, après un point")
    void member() throws Exception {
        assertTrue(chosen("System.out.printl|", "println").startsWith("System.out.println"));
    }

    @Test
    @DisplayName("le tout premier Tab d'un noyau connaît déjà les paquets du JDK")
    void packageAtOnce(@TempDir Path folder) throws Exception {
        try (var fresh = KernelClient.start(folder)) {
            assertTrue(matches(fresh.complete("import java.uti", 15)).stream().anyMatch(match -> match.startsWith("util")));
        }
    }

    @Test
    @DisplayName("la toute première erreur d'un noyau connaît déjà les classes à importer")
    void importAtOnce(@TempDir Path folder) throws Exception {
        try (var fresh = KernelClient.start(folder)) {
            var lines = String.join("\n", fresh.fails("new CRC32().getValue()").traceback());
            assertTrue(lines.contains("import java.util.zip.CRC32;"), lines);
        }
    }

    @Test
    @DisplayName("une variable d'une autre cellule, et les membres de son type")
    void variableAndItsMembers() throws Exception {
        kernel.ok("var shoppingList = List.of(\"pain\");");
        assertEquals("shoppingList", chosen("shopp|", "shoppingList"));
        assertTrue(chosen("shoppingList.getFir|", "getFirst").startsWith("shoppingList.getFirst"));
    }

    @Test
    @DisplayName("au milieu d'une cellule de plusieurs lignes, ce qui suit le curseur est gardé")
    void inTheMiddle() throws Exception {
        String completed = chosen("int a = 1;\nString s = String.valu|;\nint b = 2;", "valueOf");
        assertTrue(completed.startsWith("int a = 1;\nString s = String.valueOf"), completed);
        assertTrue(completed.endsWith(";\nint b = 2;"), completed);
    }

    @Test
    @DisplayName("une variable déclarée plus haut dans la même cellule, pas encore exécutée")
    void declaredAboveInTheSameCell() throws Exception {
        assertTrue(chosen("String unexecuted = \"a\";\nunexecuted.isBla|", "isBlank")
                .startsWith("String unexecuted = \"a\";\nunexecuted.isBlank"));
    }

    @Test
    @DisplayName("après un emoji, les positions comptent des caractères et non des unités UTF-16")
    void afterAnEmoji() throws Exception {
        assertTrue(chosen("var parrot = \"🦜🦜\"; System.out.printl|", "println").startsWith("var parrot = \"🦜🦜\"; System.out.println"));
    }

    @Test
    @DisplayName("rien à proposer : une liste vide et un intervalle vide ou le mot lui-même")
    void nothingToPropose() throws Exception {
        var reply = completeAt("zzzzNothing|");
        assertEquals("ok", reply.get("status").getAsString());
        assertEquals(List.of(), matches(reply));
        assertTrue(reply.get("cursor_start").getAsInt() <= reply.get("cursor_end").getAsInt());
    }

    @ParameterizedTest(name = "rien dans un commentaire ni dans un texte : {0}")
    @ValueSource(strings = {"// Str|", "// |", "int a = 1; // Str|", "/* Str|", "/* Str| */", "/** Str| */ class A { }",
        "// un\n// Str|\nint b = 2;", "String s = \"Str|\"", "String s = \"Str|", "String s = \"Str|\n", "String s = \"a \\\" Str|\";",
        "char c = 'S|';", "String s = \"\"\"\n  Str|\n  \"\"\";", "String s = \"// \" + \"Str|\";"})
    void nothingInACommentOrAText(String marked) throws Exception {
        assertEquals(List.of(), matches(completeAt(marked)));
    }

    @ParameterizedTest(name = "mais après, ou dans ce qui n''en a que l''air : {0}")
    @ValueSource(strings = {"// un commentaire\nStrin|", "/* un */ Strin|", "String s = \"// \" + Strin|", "char c = '\"'; Strin|",
        "String s = \"\"\"\n \"a\" // \n\"\"\" + Strin|", "Strin| // un commentaire"})
    void afterACommentOrAText(String marked) throws Exception {
        assertTrue(matches(completeAt(marked)).contains("String"), marked);
    }

    @ParameterizedTest(name = "le noyau ne se propose pas : {0}")
    @ValueSource(strings = {"import |", "import ker|", "kernel.|", "import kernel.|", "kernel.cell.|", "import kernel.cell.CellV|", "ker|"})
    void kernelIsNotOffered(String marked) throws Exception {
        var matches = matches(completeAt(marked));
        assertTrue(matches.stream().noneMatch(match -> match.startsWith("kernel") || match.startsWith("cell") || match.startsWith("Cell")),
                matches.toString());
    }

    @Test
    @DisplayName("une variable de l'élève peut s'appeler kernel")
    void ownKernel() throws Exception {
        kernel.ok("String kernel = \"a\";");
        assertTrue(chosen("kernel.isBla|", "isBlank").startsWith("kernel.isBlank"));
        kernel.ok("int kernel = 0;");
    }

    @ParameterizedTest(name = "une annotation : {0}")
    @ValueSource(strings = {"@Over|", "class A { @Over|", "class A {\n    @Over|\n    public String toString() { return \"\"; }\n}"})
    void annotation(String marked) throws Exception {
        assertEquals(marked.replace("|", "ride"), chosen(marked, "Override"));
        assertEquals(List.of("Override"), matches(completeAt(marked)));
    }

    @Test
    @DisplayName("une annotation que déclare une cellule")
    void ownAnnotation() throws Exception {
        kernel.ok("@interface Overdue { }");
        assertEquals(List.of("Overdue", "Override"), matches(completeAt("@Over|")));
    }

    @ParameterizedTest(name = "une position hors du texte n''arrête rien : {0}")
    @ValueSource(ints = {-5, 1000})
    void cursorOutside(int cursor) throws Exception {
        assertEquals("ok", kernel.complete("System.ou", cursor).get("status").getAsString());
        assertEquals("ok", kernel.inspect("System.out", cursor).get("status").getAsString());
    }

    @Test
    @DisplayName("la documentation d'une méthode donne ses signatures")
    void signatures() throws Exception {
        String text = inspectAt("String.valueO|f");
        assertTrue(text.contains("valueOf(int"), text);
        assertTrue(text.contains("valueOf(char[]"), text);
    }

    @Test
    @DisplayName("et sa Javadoc, quand le JDK a ses sources")
    void javadoc() throws Exception {
        String home = kernel.value("System.getProperty(\"java.home\")");
        assumeTrue(Files.exists(Path.of(home, "lib", "src.zip")), "ce JDK n'a pas ses sources (lib/src.zip)");
        String text = inspectAt("\"abc\".isBlan|k()");
        assertTrue(text.contains("white space"), text);
        assertFalse(text.contains("{@"), text);
        assertFalse(text.contains("<"), text);
    }

    @Test
    @DisplayName("la documentation d'une méthode de l'élève donne sa signature")
    void ownMethod() throws Exception {
        kernel.ok("int multiply(int left, int right) { return left * right; }");
        String text = inspectAt("multipl|y(2, 3)");
        assertTrue(text.contains("int multiply(int left, int right)"), text);
    }

    @Test
    @DisplayName("une nouvelle déclaration change la documentation déjà donnée")
    void redeclaredIsAskedAgain() throws Exception {
        kernel.ok("int measured(int width) { return width; }");
        assertTrue(inspectAt("measure|d(2)").contains("int measured(int width)"));
        assertEquals(inspectAt("measure|d(2)"), inspectAt("measure|d(2)"));
        kernel.ok("int measured(int height) { return height; }");
        assertTrue(inspectAt("measure|d(2)").contains("int measured(int height)"));
    }

    @Test
    @DisplayName("à l'intérieur des parenthèses, on lit la méthode appelée")
    void insideTheParentheses() throws Exception {
        String text = inspectAt("Math.max(1, |)");
        assertNotNull(text);
        assertTrue(text.contains("max(int"), text);
    }

    @Test
    @DisplayName("une variable montre son type")
    void variableType() throws Exception {
        kernel.ok("var inspected = new java.util.concurrent.ArrayBlockingQueue<String>(3);");
        String text = inspectAt("inspecte|d");
        assertTrue(text.matches("(?s).*ArrayBlockingQueue<.*String>.*"), text);
    }

    @Test
    @DisplayName("après un emoji, la documentation est celle du mot sous le curseur")
    void documentationAfterAnEmoji() throws Exception {
        assertTrue(inspectAt("var p = \"🦜🦜🦜\"; Math.ab|s(-1);").contains("abs(int"));
    }

    @Test
    @DisplayName("un nom inconnu n'a pas de documentation")
    void unknownName() throws Exception {
        assertNull(inspectAt("zzzzNothin|g"));
    }

    @ParameterizedTest(name = "complète : {0}")
    @ValueSource(strings = {"int x = 1;", "1 + 1", "int f() {\n    return 1;\n}", "for (int i = 0; i < 2; i++) { }", "",
        "// un commentaire", "int a = 1;\nint b = 2;", "import java.util.*;"})
    void complete(String code) throws Exception {
        assertEquals("complete", kernel.isComplete(code));
    }

    @ParameterizedTest(name = "inachevée : {0}")
    @ValueSource(strings = {"int f() {", "List.of(", "int a = 1;\nif (a > 0) {\n    a++;", "String s = \"\"\"\n    texte", "int x =",
        "/* un commentaire", "class A {\n    void f() { }", "@Override", "@FunctionalInterface\n", "@SuppressWarnings(\"unchecked\")",
        "int a = 1;\n@Deprecated", "@Deprecated @SafeVarargs", "@java.lang.Override"})
    void incomplete(String code) throws Exception {
        assertEquals("incomplete", kernel.isComplete(code));
    }

    @ParameterizedTest(name = "fausse : {0}")
    @ValueSource(strings = {"int x = = 3;", ")", "int a = 1;\n}", "String s = \"ouverte;", "// @Override\n)", "@Override )"})
    void invalid(String code) throws Exception {
        assertEquals("invalid", kernel.isComplete(code));
    }

    @Test
    @DisplayName("une cellule inachevée propose un retrait pour la ligne suivante")
    void indent() throws Exception {
        var reply = kernel.ask("is_complete_request", "code", "int f() {");
        assertTrue(reply.get("indent").getAsString().isBlank());
    }
}
