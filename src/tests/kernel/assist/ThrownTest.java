package kernel.assist;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.Exchange;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Toute exception, d'où qu'elle vienne, est montrée pour ce qu'elle est : rien ne l'avale, rien ne prend sa place. */
@DisplayName("Exceptions de toute sorte")
class ThrownTest extends SharedKernel {

    private static String text(Exchange cell) {
        return String.join("\n", cell.traceback());
    }

    /** Une exception : ce qui la prépare, l'expression qui la lance, sa classe, et ce que l'élève doit lire. */
    static List<Arguments> kinds() {
        return List.of(
                Arguments.of("var cf = new CompletableFuture<Integer>();\ncf.cancel(true);", "cf.join()",
                        "java.util.concurrent.CancellationException", "CancellationException"),
                Arguments.of("var cf = new CompletableFuture<Integer>();\ncf.cancel(true);", "cf.get()",
                        "java.util.concurrent.CancellationException", "CancellationException"),
                Arguments.of("var task = new FutureTask<Integer>(() -> 1);\ntask.cancel(true);", "task.get()",
                        "java.util.concurrent.CancellationException", "CancellationException"),
                Arguments.of("var cf = CompletableFuture.supplyAsync(() -> Integer.parseInt(\"x\"));", "cf.join()",
                        "java.util.concurrent.CompletionException", "Causée par : java.lang.NumberFormatException : For input string"),
                Arguments.of("var cf = CompletableFuture.supplyAsync(() -> Integer.parseInt(\"x\"));", "cf.get()",
                        "java.util.concurrent.ExecutionException", "Causée par : java.lang.NumberFormatException : For input string"),
                Arguments.of("", "CompletableFuture.<Integer>failedFuture(new IOException(\"disque\")).join()",
                        "java.util.concurrent.CompletionException", "Causée par : java.io.IOException : disque"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }", "fail(new CompletionException(\"nue\", null))",
                        "java.util.concurrent.CompletionException", "nue"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }",
                        "fail(new java.lang.reflect.InvocationTargetException(new IOException(\"cible\")))",
                        "java.lang.reflect.InvocationTargetException", "Causée par : java.io.IOException : cible"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }", "fail(new Throwable(\"ni Exception ni Error\"))",
                        "java.lang.Throwable", "ni Exception ni Error"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }", "fail(new InterruptedException(\"réveil\"))",
                        "java.lang.InterruptedException", "réveil"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }", "fail(new AssertionError(\"promesse\"))",
                        "java.lang.AssertionError", "promesse"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }", "fail(new TimeoutException())",
                        "java.util.concurrent.TimeoutException", "TimeoutException"),
                Arguments.of("<T> T fail(Throwable t) throws Throwable { throw t; }",
                        "fail(new RuntimeException(new ExecutionException(new IOException(\"fond\"))))", "java.lang.RuntimeException",
                        "Causée par : java.io.IOException : fond"),
                Arguments.of("class Odd extends Throwable { public Throwable getCause() { throw new IllegalStateException(); } }\n"
                        + "<T> T fail(Throwable t) throws Throwable { throw t; }", "fail(new Odd())", "Odd", "Odd"));
    }

    @ParameterizedTest(name = "d''une expression : {1}")
    @MethodSource("kinds")
    void fromAnExpression(String before, String expression, String type, String shown) throws Exception {
        kernel.ok(before);
        check(kernel.fails(expression), type, shown);
    }

    @ParameterizedTest(name = "d''une instruction : {1}")
    @MethodSource("kinds")
    void fromAStatement(String before, String expression, String type, String shown) throws Exception {
        kernel.ok(before);
        check(kernel.fails("System.out.println(" + expression.replace("fail(", "(Object) fail(") + ");\nSystem.out.println(\"suite\");"),
                type, shown);
    }

    @ParameterizedTest(name = "d''une déclaration : {1}")
    @MethodSource("kinds")
    void fromADeclaration(String before, String expression, String type, String shown) throws Exception {
        kernel.ok(before);
        check(kernel.fails("Object lost = " + expression + ";\nSystem.out.println(\"suite\");"), type, shown);
    }

    @ParameterizedTest(name = "d''un toString() : {1}")
    @MethodSource("kinds")
    void fromToString(String before, String expression, String type, String shown) throws Exception {
        kernel.ok(before);
        kernel.ok("""
                class Sneaky {
                    public String toString() {
                        try { return "" + get(); } catch (Throwable t) { return Sneaky.<RuntimeException>rethrow(t); }
                    }
                    Object get() throws Throwable { return %s; }
                    @SuppressWarnings("unchecked")
                    static <T extends Throwable> String rethrow(Throwable t) throws T { throw (T) t; }
                }""".formatted(expression));
        check(kernel.fails("new Sneaky()"), type, shown);
    }

    @ParameterizedTest(name = "d''un thread : {1}")
    @MethodSource("kinds")
    void fromAThread(String before, String expression, String type, String shown) throws Exception {
        kernel.ok(before);
        kernel.ok("<T extends Throwable> void rethrow(Throwable t) throws T { throw (T) t; }");
        var cell = kernel.ok("""
                Thread.startVirtualThread(() -> {
                    try { Object got = %s; } catch (Throwable t) { rethrow(t); }
                });""".formatted(expression));
        cell.awaitErrors(shown).awaitErrors(type);
    }

    private static void check(Exchange cell, String type, String shown) {
        for (var place : List.of(cell.error(), cell.reply())) assertEquals(type, place.get("ename").getAsString());
        assertEquals(type, cell.traceback().getFirst().split(" : ")[0], () -> text(cell));
        assertTrue(text(cell).contains(shown), text(cell));
        assertEquals("", cell.stdout());
    }

    // --- Étouffées ---

    static List<Arguments> suppressing() {
        String door = "record Door(String name) implements AutoCloseable {\n    public void close() throws IOException {\n"
                + "        throw new IOException(\"fermeture de \" + name);\n    }\n}\n";
        return List.of(
                Arguments.of("une ressource", door, "try (var a = new Door(\"A\")) { throw new IllegalStateException(\"corps\"); }",
                        List.of("java.lang.IllegalStateException : corps",
                                "    Étouffée (suppressed) : java.io.IOException : fermeture de A")),
                Arguments.of("deux ressources", door,
                        "try (var a = new Door(\"A\"); var b = new Door(\"B\")) { throw new IllegalStateException(\"corps\"); }",
                        List.of("    Étouffée (suppressed) : java.io.IOException : fermeture de B",
                                "    Étouffée (suppressed) : java.io.IOException : fermeture de A")),
                Arguments.of("une seule, de la seconde ressource", door, "try (var a = new Door(\"A\"); var b = new Door(\"B\")) { }",
                        List.of("java.io.IOException : fermeture de B",
                                "    Étouffée (suppressed) : java.io.IOException : fermeture de A")),
                Arguments.of("celle d'une cause", door, """
                        try {
                            try (var a = new Door("A")) { throw new IllegalStateException("corps"); }
                        } catch (IllegalStateException e) { throw new RuntimeException("haut", e); }""",
                        List.of("java.lang.RuntimeException : haut", "Causée par : java.lang.IllegalStateException : corps",
                                "    Étouffée (suppressed) : java.io.IOException : fermeture de A")),
                Arguments.of("la cause d'une étouffée", "", """
                        var top = new IOException("haut");
                        top.addSuppressed(new IllegalStateException("étouffée", new TimeoutException("trop long")));
                        throw top;""",
                        List.of("    Étouffée (suppressed) : java.lang.IllegalStateException : étouffée",
                                "    Causée par : java.util.concurrent.TimeoutException : trop long")));
    }

    @ParameterizedTest(name = "ce qu''une exception étouffe est montré : {0}")
    @MethodSource("suppressing")
    void suppressed(String name, String before, String code, List<String> shown) throws Exception {
        if (!before.isEmpty()) kernel.ok(before);
        var cell = kernel.fails(code);
        var lines = cell.traceback();
        int from = 0;
        for (String line : shown) {
            int found = lines.subList(from, lines.size()).indexOf(line);
            assertTrue(found >= 0, () -> "« " + line + " » manque, ou n'est pas à sa place, dans\n" + text(cell));
            from += found + 1;
        }
    }

    @Test
    @DisplayName("une exception étouffée montre sa ligne")
    void suppressedLine() throws Exception {
        var cell = kernel.fails("""
                class Tap implements AutoCloseable {
                    public void close() {
                        throw new IllegalArgumentException("fuite");
                    }
                }
                try (var tap = new Tap()) {
                    throw new IllegalStateException("corps");
                }""");
        assertTrue(text(cell).contains("        cellule [" + cell.number() + "], ligne 3, dans Tap.close"), text(cell));
    }

    @Test
    @DisplayName("des milliers d'exceptions étouffées tiennent en quelques lignes, et la dernière dit qu'il en manque")
    void manySuppressed() throws Exception {
        var cell = kernel.fails("""
                var crowd = new IOException("foule");
                for (int i = 0; i < 5_000; i++) crowd.addSuppressed(new IllegalStateException("n° " + i));
                throw crowd;""");
        assertTrue(cell.traceback().size() < 60, () -> cell.traceback().size() + " lignes");
        assertTrue(text(cell).contains("ne sont pas montrées"), text(cell));
    }

    @Test
    @DisplayName("des exceptions qui s'étouffent l'une l'autre ne bouclent pas")
    void circularSuppressed() throws Exception {
        var cell = kernel.fails("""
                var one = new RuntimeException("un");
                var two = new RuntimeException("deux");
                one.addSuppressed(two);
                two.addSuppressed(one);
                throw one;""");
        assertTrue(cell.traceback().size() < 10, text(cell));
    }

    @Test
    @DisplayName("un thread montre aussi ce que son exception étouffe")
    void suppressedInAThread() throws Exception {
        kernel.ok("""
                Thread.ofPlatform().start(() -> {
                    var failed = new IllegalStateException("panne");
                    failed.addSuppressed(new IOException("fermeture"));
                    throw failed;
                });""").awaitErrors("Étouffée (suppressed) : ").awaitErrors("java.io.IOException").awaitErrors("fermeture");
    }
}
