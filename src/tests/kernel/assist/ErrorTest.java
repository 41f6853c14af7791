package kernel.assist;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import kernel.Exchange;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Exceptions")
class ErrorTest extends SharedKernel {

    private static void assertFrame(Exchange cell, String frame) {
        assertTrue(cell.traceback().stream().anyMatch(line -> line.strip().equals(frame)),
                () -> "« " + frame + " » manque dans\n" + String.join("\n", cell.traceback()));
    }

    @Test
    @DisplayName("la classe et le message de l'exception, dans l'erreur et dans la réponse")
    void classAndMessage() throws Exception {
        var cell = kernel.fails("throw new IllegalStateException(\"panne d'été\");");
        for (var place : List.of(cell.error(), cell.reply())) {
            assertEquals("java.lang.IllegalStateException", place.get("ename").getAsString());
            assertEquals("panne d'été", place.get("evalue").getAsString());
            assertFalse(place.getAsJsonArray("traceback").isEmpty());
        }
        assertTrue(cell.traceback().getFirst().contains("IllegalStateException"));
        assertTrue(cell.traceback().getFirst().contains("panne d'été"));
    }

    @Test
    @DisplayName("une exception sans message n'affiche pas « null »")
    void withoutMessage() throws Exception {
        assertFalse(String.join("\n", kernel.fails("throw new IllegalStateException();").traceback()).contains("null"));
    }

    @Test
    @DisplayName("ce que la cellule a écrit avant reste affiché, avant l'erreur")
    void outputBeforeTheError() throws Exception {
        assertEquals(List.of("stdout:avant\n", "error:java.lang.ArithmeticException"),
                kernel.fails("System.out.println(\"avant\");\nint zero = 0;\n1 / zero").story());
    }

    @Test
    @DisplayName("la ligne est celle de la cellule, même au milieu d'une instruction de plusieurs lignes")
    void lineInAMultilineCell() throws Exception {
        var cell = kernel.fails("""
                // un commentaire

                int total = 0;
                for (String word : List.of("1", "deux")) {
                    total +=
                        Integer.parseInt(word);
                }""");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 6");
    }

    @Test
    @DisplayName("une cellule de plusieurs fragments montre la ligne de l'appel et celle de la méthode")
    void severalSnippets() throws Exception {
        var cell = kernel.fails("""
                int divide(int a, int b) {
                    return a / b;
                }
                int six = 6;

                divide(six, 0)""");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 2, dans divide");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 6");
    }

    @Test
    @DisplayName("une méthode d'une autre cellule est située dans cette autre cellule")
    void framesOfTwoCells() throws Exception {
        int defining = kernel.ok("\n\nvoid explode() {\n    throw new UnsupportedOperationException(\"boum\");\n}").number();
        var cell = kernel.fails("int ready = 1;\nexplode();");
        assertFrame(cell, "cellule [" + defining + "], ligne 4, dans explode");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 2");
    }

    @Test
    @DisplayName("deux fragments sur la même ligne sont tous deux à cette ligne")
    void twoSnippetsOnALine() throws Exception {
        var cell = kernel.fails("int a = 1; int b = a / 0;");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 1");
    }

    @Test
    @DisplayName("une erreur dans une lambda est située à la bonne ligne, sans nom inventé par le compilateur")
    void lambdaFrames() throws Exception {
        var cell = kernel.fails("""
                List.of(1, 2).forEach(n -> {
                    if (n == 2)
                        throw new IllegalArgumentException("deux");
                });""");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 3");
        assertFalse(String.join("\n", cell.traceback()).contains("lambda$"));
    }

    @Test
    @DisplayName("une classe de la cellule : méthode et constructeur sont nommés")
    void classFrames() throws Exception {
        var cell = kernel.fails("""
                class Account {
                    Account(int balance) {
                        withdraw(balance);
                    }
                    void withdraw(int amount) {
                        throw new IllegalArgumentException("solde");
                    }
                }
                new Account(3)""");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 6, dans Account.withdraw");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 3, dans new Account");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 9");
    }

    @Test
    @DisplayName("une méthode redéfinie est située dans sa nouvelle cellule")
    void redefinedMethod() throws Exception {
        kernel.ok("int risky(int n) { return 1 / n; }");
        int latest = kernel.ok("\nint risky(int n) {\n    return 2 / n;\n}").number();
        assertFrame(kernel.fails("risky(0)"), "cellule [" + latest + "], ligne 3, dans risky");
    }

    @Test
    @DisplayName("aucun appel du JDK, de JShell ni du noyau n'est montré")
    void onlyTheUsersFrames() throws Exception {
        String traceback = String.join("\n", kernel.fails("Integer.parseInt(\"douze\")").traceback());
        for (String foreign : List.of("java.base", "Integer.parseInt", "REPL", "do_it$", "kernel.", "jdk."))
            assertFalse(traceback.contains(foreign), traceback);
        assertTrue(traceback.contains("NumberFormatException"), traceback);
    }

    static Stream<Arguments> unnamedClasses() {
        String body = " { public void run() { throw new IllegalStateException(\"sans nom\"); } }";
        return Stream.of(arguments("var task = new Runnable()" + body + ";\ntask.run();", "dans run"),
                arguments("var task = new Object()" + body + ";\ntask.run();", "dans run"),
                arguments("class Holder { Runnable task = new Runnable()" + body + "; }\nnew Holder().task.run();", "dans run"),
                arguments("void work() { class Job" + body + " new Job().run(); }\nwork();", "dans Job.run"),
                arguments("class Outer { static class Inner" + body + " }\nnew Outer.Inner().run();", "dans Outer.Inner.run"));
    }

    @ParameterizedTest(name = "une classe sans nom n''en reçoit pas un que l''élève n''a pas écrit : {0}")
    @MethodSource
    void unnamedClasses(String code, String place) throws Exception {
        var cell = kernel.fails(code);
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 1, " + place);
        assertFalse(String.join("\n", cell.traceback()).contains("JShell"), cell.traceback().toString());
    }

    static Stream<Arguments> innerWords() {
        return Stream.of(
                arguments("var pool = Executors.newFixedThreadPool(1);\npool.shutdown();\npool.submit(() -> 3);", "rejected from"),
                arguments("Object o = (Runnable) () -> { };\n(String) o", "class lambda cannot be cast to class java.lang.String"),
                arguments("class Stone { }\nObject o = new Stone();\n(String) o", "class Stone cannot be cast to class java.lang.String"),
                arguments("for (int i = 0; i < 3; i++) { int i = 2; }", "variable i is already defined"),
                arguments("{ String s = \"\"; Runnable s = null; }", "variable s is already defined"),
                arguments("int n = null;", "<null> cannot be converted to int"),
                arguments("record Disc(int r) { }\nvoid show() { var disc = new Disc(2); disc.area() + 1; }", "not a statement"),
                arguments("{ record Disc(int r) { } var disc = new Disc(2); disc.area(); }", "variable disc of type Disc"));
    }

    @ParameterizedTest(name = "les mots du noyau et de JShell ne paraissent pas : {0}")
    @MethodSource
    void innerWords(String code, String words) throws Exception {
        var cell = kernel.fails(code);
        for (String text : List.of(String.join("\n", cell.traceback()), cell.error().get("evalue").getAsString())) {
            assertTrue(text.contains(words), text);
            for (String inner : List.of("kernel.", "TaskContext", "REPL", "JShell", "do_it$", "$Lambda", "loader", "module", "nulltype"))
                assertFalse(text.contains(inner), text);
        }
    }

    @Test
    @DisplayName("les causes sont montrées l'une après l'autre, chacune avec sa ligne")
    void nestedCauses() throws Exception {
        var cell = kernel.fails("""
                void low() {
                    throw new IllegalArgumentException("fond");
                }
                void middle() {
                    try { low(); }
                    catch (RuntimeException e) { throw new IllegalStateException("milieu", e); }
                }
                try { middle(); }
                catch (RuntimeException e) { throw new java.io.IOException("haut", e); }""");
        String traceback = String.join("\n", cell.traceback());
        assertTrue(traceback.matches(
                "(?s).*IOException\\h:\\hhaut.*Causée par\\h:\\h.*IllegalStateException\\h:\\hmilieu.*Causée "
                        + "par\\h:\\h.*IllegalArgumentException\\h:\\hfond.*"),
                traceback);
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 6, dans middle");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 2, dans low");
    }

    @Test
    @DisplayName("une exception qui est sa propre cause ne boucle pas")
    void circularCause() throws Exception {
        var cell = kernel.fails("""
                var outer = new RuntimeException("un");
                var inner = new RuntimeException("deux", outer);
                outer.initCause(inner);
                throw outer;""");
        assertTrue(cell.traceback().size() < 10, cell.traceback().toString());
    }

    @Test
    @DisplayName("l'échec d'une tâche montre la cellule et la ligne de la tâche")
    void failedFuture() throws Exception {
        int submitting = kernel.ok("""
                var pool = Executors.newVirtualThreadPerTaskExecutor();
                var future = pool.submit(() -> {
                    if (true) throw new java.io.IOException("disque plein");
                    return 1;
                });""").number();
        var cell = kernel.fails("future.get()");
        assertEquals("java.util.concurrent.ExecutionException", cell.error().get("ename").getAsString());
        assertTrue(String.join("\n", cell.traceback()).contains("disque plein"));
        assertFrame(cell, "cellule [" + submitting + "], ligne 3");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 1");
    }

    @Test
    @DisplayName("une récursion sans fin tient en quelques lignes, et la cellule suivante s'exécute")
    void stackOverflow() throws Exception {
        var cell = kernel.fails("int deeper(int n) {\n    return deeper(n + 1) + 1;\n}\ndeeper(0)");
        assertEquals("java.lang.StackOverflowError", cell.error().get("ename").getAsString());
        assertTrue(cell.traceback().size() <= 20, cell.traceback().toString());
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 2, dans deeper");
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("une mémoire épuisée est une erreur de la cellule, et la suivante s'exécute")
    void outOfMemory() throws Exception {
        var cell = kernel.fails("long[] tooBig = new long[Integer.MAX_VALUE];");
        assertEquals("java.lang.OutOfMemoryError", cell.error().get("ename").getAsString());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("une exception déclarée dans une cellule garde son nom")
    void ownException() throws Exception {
        var cell = kernel.fails(
                "class ShopClosedException extends Exception { ShopClosedException() { super(\"fermé\"); } }\n"
                        + "throw new ShopClosedException();");
        assertTrue(cell.traceback().getFirst().startsWith("ShopClosedException"), cell.traceback().toString());
        assertFalse(cell.error().get("ename").getAsString().contains("REPL"), cell.error().toString());
    }

    @Test
    @DisplayName("une initialisation de classe qui échoue montre sa ligne")
    void staticInitializer() throws Exception {
        var cell = kernel.fails("class Config {\n    static int port = Integer.parseInt(\"abc\");\n}\nConfig.port");
        assertFrame(cell, "cellule [" + cell.number() + "], ligne 2, dans Config");
    }

    @Test
    @DisplayName("un message qui lance lui-même une exception ne tue pas le noyau")
    void failingMessage() throws Exception {
        kernel.fails("throw new RuntimeException() { @Override public String getMessage() { throw new IllegalStateException(); } };");
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("ce qui précède l'erreur est gardé : variables et déclarations")
    void whatPrecedesIsKept() throws Exception {
        kernel.fails("int before = 7;\nint oops = before / 0;\nint after = 8;");
        assertEquals("7", kernel.value("before"));
    }

    @ParameterizedTest(name = "une fin demandée par le code est refusée en français, et le noyau vit : {0}")
    @ValueSource(strings = {"System.exit(3);", "Runtime.getRuntime().exit(3);", "Runtime.getRuntime().halt(3);",
        "Runnable quit = () -> System.exit(0); quit.run();"})
    void exitIsRefused(String code) throws Exception {
        kernel.ok("int alive = 5;");
        assertTrue(String.join(" ", kernel.fails(code).traceback()).contains("noyau"));
        assertEquals("5", kernel.value("alive"));
    }
}
