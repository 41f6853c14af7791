package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.Exchange;
import kernel.SharedKernel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Une pile d'appels que la cellule écrit elle-même montre ses cellules et ses lignes, comme une exception que rien n'a rattrapée. */
@DisplayName("Piles d'appels écrites par les cellules")
class StackTraceTest extends SharedKernel {
    /** Ce qu'un élève n'a pas écrit. */
    private static final List<String> FOREIGN = List.of("REPL", "do_it$", "java.base", "kernel.", "jdk.", "lambda$", "\tat ");

    private static int fallible;

    @BeforeEach
    void declareFallible() throws Exception {
        fallible = kernel.ok("int read(String text) {\n    return Integer.parseInt(text);\n}").number();
    }

    private static String shown(Exchange cell) {
        return cell.stderr() + cell.stdout();
    }

    private static void assertReadable(Exchange cell, String... lines) throws Exception {
        for (String line : lines) {
            assertTrue(shown(cell).lines().anyMatch(line::equals), () -> "« " + line + " » manque dans\n" + shown(cell));
        }
        for (String foreign : FOREIGN) assertFalse(shown(cell).contains(foreign), () -> "« " + foreign + " » dans\n" + shown(cell));
    }

    static List<Arguments> printings() {
        return List.of(
                Arguments.of("printStackTrace()", "e.printStackTrace();"),
                Arguments.of("printStackTrace(System.out)", "e.printStackTrace(System.out);"),
                Arguments.of("printStackTrace(System.err)", "e.printStackTrace(System.err);"),
                Arguments.of("printStackTrace(PrintWriter)",
                        "var text = new StringWriter(); e.printStackTrace(new PrintWriter(text)); System.out.print(text);"),
                Arguments.of("printStackTrace(PrintStream)",
                        "var bytes = new ByteArrayOutputStream(); e.printStackTrace(new PrintStream(bytes)); System.out.print(bytes);"),
                Arguments.of("Throwable::printStackTrace", "Optional.of(e).ifPresent(Throwable::printStackTrace);"),
                Arguments.of("Exception::printStackTrace", "Stream.of(e).forEach(Exception::printStackTrace);"),
                Arguments.of("e::printStackTrace", "Runnable print = e::printStackTrace; print.run();"),
                Arguments.of("e::printStackTrace d'un flux", "Stream.of(System.out).forEach(e::printStackTrace);"),
                Arguments.of("java.util.logging",
                        "java.util.logging.Logger.getLogger(\"essai\").log(java.util.logging.Level.SEVERE, \"panne\", e);"),
                Arguments.of("java.util.logging, par l'enregistrement",
                        "var record = new java.util.logging.LogRecord(java.util.logging.Level.WARNING, \"panne\"); record.setThrown(e); "
                                + "java.util.logging.Logger.getLogger(\"essai\").log(record);"),
                Arguments.of("System.Logger", "System.getLogger(\"essai\").log(System.Logger.Level.ERROR, \"panne\", e);"));
    }

    @ParameterizedTest(name = "dans une cellule d''instructions : {0}")
    @MethodSource("printings")
    void inStatements(String name, String print) throws Exception {
        var cell = kernel.ok("try {\n    read(\"a\");\n} catch (Exception e) { " + print + " }");
        assertReadable(cell, "java.lang.NumberFormatException : For input string: \"a\"",
                "    cellule [" + fallible + "], ligne 2, dans read", "    cellule [" + cell.number() + "], ligne 2");
    }

    @ParameterizedTest(name = "dans une cellule qui déclare : {0}")
    @MethodSource("printings")
    void besideADeclaration(String name, String print) throws Exception {
        var cell = kernel.ok("int before = 1;\n\nint attempt(String s) {\n    try {\n        return read(s);\n    } catch (Exception e) { "
                + print + " }\n    return 0;\n}\nint after =\n    attempt(\"a\");");
        assertReadable(cell, "    cellule [" + fallible + "], ligne 2, dans read",
                "    cellule [" + cell.number() + "], ligne 5, dans attempt", "    cellule [" + cell.number() + "], ligne 10");
    }

    @ParameterizedTest(name = "dans une tâche : {0}")
    @MethodSource("printings")
    void inATask(String name, String print) throws Exception {
        var cell = kernel.ok("CompletableFuture.runAsync(() -> {\n    try {\n        read(\"a\");\n    } catch (Exception e) { " + print
                + " }\n}).join();");
        assertReadable(cell, "    cellule [" + fallible + "], ligne 2, dans read", "    cellule [" + cell.number() + "], ligne 3");
    }

    @ParameterizedTest(name = "les causes et ce qui est étouffé s''écrivent aussi : {0}")
    @MethodSource("printings")
    void causes(String name, String print) throws Exception {
        var cell = kernel.ok("var wrapped = new IllegalStateException(\"haut\", new IOException(\"fond\"));\n"
                + "wrapped.addSuppressed(new TimeoutException(\"close\"));\ntry { throw wrapped; }\ncatch (Exception e) { " + print + " }");
        assertReadable(cell, "java.lang.IllegalStateException : haut", "    cellule [" + cell.number() + "], ligne 1",
                "    Étouffée (suppressed) : java.util.concurrent.TimeoutException : close",
                "        cellule [" + cell.number() + "], ligne 2",
                "Causée par : java.io.IOException : fond");
    }

    @ParameterizedTest(name = "la pile du thread courant : {0}")
    @ValueSource(strings = {"Thread.dumpStack();", "Runnable dump = Thread::dumpStack; dump.run();",
        "Thread.ofVirtual().start(() -> Thread.dumpStack()).join();"})
    void dumpStack(String code) throws Exception {
        var cell = kernel.ok("\n" + code);
        assertReadable(cell, "java.lang.Exception : Stack trace", "    cellule [" + cell.number() + "], ligne 2");
    }

    @Test
    @DisplayName("une variable déclarée après autre chose dans sa cellule garde sa ligne")
    void lineOfALaterDeclaration() throws Exception {
        var cell = kernel.ok("System.out.print(\"\");\nSystem.out.print(\"\");\nvar kept = new IOException(\"ici\"); int more = 1;\n"
                + "\n\nvar other = new IOException(\"là\");\nkept.printStackTrace(); other.printStackTrace();");
        assertReadable(cell, "    cellule [" + cell.number() + "], ligne 3", "    cellule [" + cell.number() + "], ligne 6");
    }

    @Test
    @DisplayName("une exception qui a sa propre façon de s'écrire la garde ; ce qui n'en est pas une aussi")
    void ownPrinting() throws Exception {
        var cell = kernel.ok("""
                class Loud extends IOException { public void printStackTrace() { System.out.println("à ma façon"); } }
                class Louder extends Loud { }
                class Page { private void printStackTrace() { System.out.println("une page"); } void print() { printStackTrace(); } }
                class Thread2 { static void dumpStack() { System.out.println("un tas"); } }
                new Loud().printStackTrace();
                Stream.of(new Louder()).forEach(Exception::printStackTrace);
                new Page().print();
                Thread2.dumpStack();""");
        assertEquals("à ma façon\nà ma façon\nune page\nun tas\n", shown(cell));
    }

    @Test
    @DisplayName("une exception déclarée dans une cellule s'écrit sous son nom")
    void ownException() throws Exception {
        var cell = kernel.ok("class Closed extends Exception { Closed() { super(\"fermé\"); } }\n"
                + "try { throw new Closed(); }\ncatch (Closed e) { e.printStackTrace(); }");
        assertReadable(cell, "Closed : fermé", "    cellule [" + cell.number() + "], ligne 2");
    }

    @Test
    @DisplayName("printStackTrace de null est une NullPointerException, qui dit de quoi")
    void nullException() throws Exception {
        var cell = kernel.fails("Exception none = null;\nnone.printStackTrace();");
        assertEquals("java.lang.NullPointerException", cell.error().get("ename").getAsString());
        assertTrue(cell.error().get("evalue").getAsString().contains("printStackTrace"), cell.toString());
    }

    @Test
    @DisplayName("une ligne de journal sans exception dit sa cellule, et un réglage de l'élève est respecté")
    void plainLog() throws Exception {
        var cell = kernel.ok("java.util.logging.Logger.getLogger(\"essai\").warning(\"attention\");");
        assertTrue(cell.stderr().contains("cellule [" + cell.number() + "]"), cell.stderr());
        assertTrue(cell.stderr().contains("attention"), cell.stderr());
        assertReadable(cell);
        var own = kernel.ok("""
                import java.util.logging.*;
                var handler = new ConsoleHandler();
                handler.setFormatter(new java.util.logging.Formatter() {
                    public String format(LogRecord logged) { return "<" + logged.getMessage() + ">"; }
                });
                var mine = Logger.getLogger("mien");
                mine.setUseParentHandlers(false);
                mine.addHandler(handler);
                mine.log(Level.SEVERE, "moi", new IOException());""");
        assertEquals("<moi>", own.stderr());
    }

    @Test
    @DisplayName("le code d'une source écrit ses fichiers et ses lignes")
    void inASource() throws Exception {
        java.nio.file.Files.writeString(home.resolve("notebooks/Deep.java"), """
                package deep;
                public class Deep {
                    public static void now() {
                        new IllegalStateException("source").printStackTrace();
                    }
                }
                """);
        var cell = kernel.ok("//SOURCES Deep.java\ndeep.Deep.now();");
        assertReadable(cell, "java.lang.IllegalStateException : source", "    Deep.java, ligne 4, dans now",
                "    cellule [" + cell.number() + "], ligne 2");
    }

    /** Une pile que le code d'une bibliothèque écrit : il n'est pas tissé. */
    static List<Arguments> libraries() {
        return List.of(Arguments.of("JUnit 5, le résumé d'un passage", """
                //DEPS org.junit.platform:junit-platform-launcher:1.14.4 org.junit.jupiter:junit-jupiter:5.14.4
                import org.junit.jupiter.api.Test;
                import org.junit.platform.launcher.core.*;
                import org.junit.platform.launcher.listeners.*;
                import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
                class ReadTest {
                    @Test
                    void reads() {
                        read("a");
                    }
                }
                var listener = new SummaryGeneratingListener();
                var request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(ReadTest.class)).build();
                LauncherFactory.create().execute(request, listener);
                listener.getSummary().printFailuresTo(new PrintWriter(System.out));""", 9, "dans ReadTest.reads"),
                Arguments.of("JUnit 4, à la console", """
                        //DEPS junit:junit:4.13.2
                        public class OldTest {
                            @org.junit.Test
                            public void reads() {
                                read("a");
                            }
                        }
                        var core = new org.junit.runner.JUnitCore();
                        core.addListener(new org.junit.internal.TextListener(System.out));
                        core.run(OldTest.class);""", 5, "dans OldTest.reads"));
    }

    @ParameterizedTest(name = "écrites par une bibliothèque : {0}")
    @MethodSource("libraries")
    void inALibrary(String name, String code, int line, String where) throws Exception {
        var cell = kernel.ok(code);
        assertTrue(shown(cell).contains("cellule [" + fallible + "], ligne 2, dans read"), shown(cell));
        assertTrue(shown(cell).contains("cellule [" + cell.number() + "], ligne " + line + ", " + where), shown(cell));
        for (String foreign : List.of("REPL", "$JShell", "do_it$", " kernel.", "\tkernel."))
            assertFalse(shown(cell).contains(foreign), shown(cell));
    }

    static List<Arguments> ownPrintings() {
        return List.of(Arguments.of("chaque appel", "for (var call : e.getStackTrace()) System.out.println(call);"),
                Arguments.of("chaque appel, après « at »", "for (var call : e.getStackTrace()) System.err.println(\"\\tat \" + call);"),
                Arguments.of("toute la pile", "System.out.println(Arrays.toString(e.getStackTrace()));"),
                Arguments.of("printf", "System.out.printf(\"<%s>%n\", e.getStackTrace()[0]);"),
                Arguments.of("IO.println", "IO.println(e.getStackTrace()[0]);"),
                Arguments.of("la classe, la méthode et la ligne", "var call = e.getStackTrace()[0]; System.out.println(call.getClassName() "
                        + "+ \".\" + call.getMethodName() + \"(\" + call.getFileName() + \":\" + call.getLineNumber() + \")\");"));
    }

    @ParameterizedTest(name = "un appel écrit par la cellule, {0}, dit sa cellule et sa ligne")
    @MethodSource("ownPrintings")
    void ownFrames(String name, String print) throws Exception {
        var cell = kernel.ok("class Closed extends Exception { Closed(String why) { super(why); } }\n"
                + "void close() throws Closed { throw new Closed(\"fermé\"); }\n"
                + "try { close(); }\ncatch (Closed e) { " + print + " System.out.println(e); }");
        assertTrue(shown(cell).contains("cellule [" + cell.number() + "], ligne 2, dans close"), shown(cell));
        assertTrue(cell.stdout().endsWith("Closed: fermé\n"), cell.stdout());
        for (String foreign : List.of("REPL", "do_it$")) assertFalse(shown(cell).contains(foreign), shown(cell));
    }

    @Test
    @DisplayName("le nom d'une classe et un objet sans toString s'écrivent comme la cellule les nomme ; le reste du texte ne bouge pas")
    void typeNames() throws Exception {
        var cell = kernel.ok("class Point { }\nSystem.out.println(Point.class.getName() + \" é REPL. $Block$ (kernel.run.X) at x\");\n"
                + "System.out.println(new Point().toString().replaceAll(\"@.*\", \"\"));");
        assertEquals("Point é REPL. $Block$ (kernel.run.X) at x\nPoint\n", cell.stdout());
    }
}
