package kernel.run;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.Map;
import kernel.KernelClient;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Déclarations")
class DeclarationTest extends SharedKernel {

    @Test
    @DisplayName("une méthode peut appeler un nom déclaré plus tard : la cellule le dit, puis l'appel marche")
    void nameDeclaredLater() throws Exception {
        var early = kernel.ok("int twiceLater(int n) { return timesLater(n, 2); }");
        assertTrue((early.stdout() + early.stderr()).contains("timesLater"), early.toString());
        kernel.ok("int timesLater(int a, int b) { return a * b; }");
        assertEquals("42", kernel.value("twiceLater(21)"));
    }

    @Test
    @DisplayName("appelée trop tôt, elle nomme en français ce qui manque")
    void calledTooEarly() throws Exception {
        kernel.run("int tooEarly() { return neverDeclared() + 1; }");
        String traceback = String.join("\n", kernel.fails("tooEarly()").traceback());
        assertTrue(traceback.contains("neverDeclared"), traceback);
        assertTrue(traceback.contains("déclar"), traceback);
    }

    @Test
    @DisplayName("dans une même cellule, l'ordre des déclarations est libre et rien n'est signalé")
    void anyOrderInACell() throws Exception {
        var cell = kernel.ok("""
                int outer1(int n) { return inner1(new Box1(n)); }
                record Box1(int n) { }
                int inner1(Box1 box) { return box.n() + 1; }
                outer1(4)""");
        assertEquals("5", cell.resultText());
        assertEquals("", cell.stderr());
    }

    @Test
    @DisplayName("redéfinir une méthode garde les variables qui en dépendent")
    void redefinitionKeepsVariables() throws Exception {
        kernel.ok("int base() { return 1; }");
        kernel.ok("int fromBase = base();\nvar list = new ArrayList<>(List.of(base()));\nlist.add(base());");
        kernel.ok("int base() { return 100; }");
        assertEquals("1", kernel.value("fromBase"));
        assertEquals("[1, 1]", kernel.value("list"));
        assertEquals("100", kernel.value("base()"));
    }

    @Test
    @DisplayName("les méthodes qui en dépendent prennent le nouveau corps")
    void dependentMethodsFollow() throws Exception {
        kernel.ok("String greeting() { return \"Bonjour\"; }\nString greet(String who) { return greeting() + \" \" + who; }");
        kernel.ok("String greeting() { return \"Salut\"; }");
        assertEquals("Salut Ada", kernel.value("greet(\"Ada\")"));
    }

    @Test
    @DisplayName("exécuter deux fois la cellule d'une méthode et d'une variable ne perd pas les autres variables")
    void sameCellTwice() throws Exception {
        String cell = "int step() { return 2; }\nint position = 0;";
        kernel.ok(cell);
        kernel.ok("int total = step() + 5;");
        kernel.ok(cell);
        assertEquals("7", kernel.value("total"));
        assertEquals("0", kernel.value("position"));
    }

    @Test
    @DisplayName("une variable déclarée de nouveau sans valeur repart de zéro")
    void variableDeclaredAgain() throws Exception {
        kernel.ok("int counter = 5;");
        assertEquals("0", kernel.value("int counter;\ncounter"));
    }

    @Test
    @DisplayName("une variable peut changer de type")
    void variableChangesType() throws Exception {
        kernel.ok("int thing = 5;");
        assertEquals("cinq", kernel.value("String thing = \"cinq\";\nthing"));
    }

    @Test
    @DisplayName("redéfinir une classe dont une variable dépend le dit, plutôt que de la vider en silence")
    void redefinedClass() throws Exception {
        kernel.ok("class Counter2 { int n = 1; }\nvar kept2 = new Counter2();\nkept2.n = 9;");
        var cell = kernel.ok("class Counter2 { int n = 1; int m = 2; }");
        var kept = kernel.run("kept2.n");
        boolean unchanged = kept.status().equals("ok") && kept.resultText().equals("9");
        assertTrue(unchanged || cell.stderr().contains("kept2"), cell.toString());
    }

    @Test
    @DisplayName("une instance créée après la redéfinition a le nouveau corps")
    void newInstanceOfARedefinedClass() throws Exception {
        kernel.ok("class Lamp { String light() { return \"faible\"; } }");
        kernel.ok("class Lamp { String light() { return \"forte\"; } }");
        assertEquals("forte", kernel.value("new Lamp().light()"));
    }

    /** Une tâche qui écrit, à chaque feu vert, ce que rend la méthode dont on donne le nom. */
    private static final String REPEATED = """
            var %1$sGo = new Semaphore(0);
            Thread.startVirtualThread(() -> { while (true) { %1$sGo.acquireUninterruptibly(); System.out.println(%1$s()); } });""";

    @ParameterizedTest(name = "une tâche qui tourne prend le nouveau corps d''une méthode, et les variables restent : {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            corps changé                | tickA | String tickA() { return "deux" + kept; }
            une lambda de plus          | tickB | String tickB() { Supplier<String> two = () -> "deux" + kept; return two.get(); }
            une tâche confiée à un pool | tickC | String tickC() { CompletableFuture.runAsync(() -> { }); return "deux" + kept; }
            """)
    void runningTaskTakesTheNewBody(String name, String method, String redefinition) throws Exception {
        kernel.ok("int kept = 7;");
        kernel.ok("String " + method + "() { return \"un\" + kept; }");
        var task = kernel.ok(REPEATED.formatted(method));
        kernel.ok(method + "Go.release();");
        task.awaitOutput("un7\n");
        assertEquals("", kernel.ok(redefinition).stderr());
        kernel.ok(method + "Go.release();");
        task.awaitOutput("un7\ndeux7\n");
        assertEquals("7", kernel.value("kept"));
    }

    @Test
    @DisplayName("un objet déjà là prend le nouveau corps des méthodes de sa classe, et garde son contenu")
    void instanceTakesTheNewBody() throws Exception {
        kernel.ok("class Clock { int hour = 1; String read() { return hour + \" h\"; } }\nvar clock = new Clock();\nclock.hour = 9;");
        assertEquals("", kernel.ok("class Clock { int hour = 1; String read() { return \"il est \" + hour + \" h\"; } }").stderr());
        assertEquals("il est 9 h", kernel.value("clock.read()"));
    }

    @Test
    @DisplayName("quand la JVM ne peut pas changer ce qui tourne, la cellule dit que les tâches gardent l'ancienne version")
    void runningTaskKeepsTheOldBody() throws Exception {
        kernel.ok("String tickD() { return \"un\"; }");
        var task = kernel.ok(REPEATED.formatted("tickD"));
        var cell = kernel.ok("int tickD() { return 2; }");
        assertTrue(cell.stderr().contains("« tickD »") && cell.stderr().contains("l’ancienne version"), cell.toString());
        kernel.ok("tickDGo.release();");
        task.awaitOutput("un\n");
        assertEquals("2", kernel.value("tickD()"));
    }

    @Test
    @DisplayName("une JVM sans AllowRedefinitionToAddDeleteMethods : le journal le dit, et la cellule promet moins")
    void withoutTheDeprecatedOption() throws Exception {
        try (var bare = KernelClient.start(kernel.workingFolder(), Map.of(),
                word -> word.replace("-XX:+AllowRedefinitionToAddDeleteMethods", "-XX:-AllowRedefinitionToAddDeleteMethods"))) {
            bare.ok("String plain() { return \"un\"; }\nString tick() { return \"un\"; }");
            var task = bare.ok(REPEATED.formatted("tick"));
            bare.ok("String plain() { return \"deux\"; }");
            assertEquals("deux", bare.value("plain()"));
            var cell = bare.ok("String tick() { Supplier<String> two = () -> \"deux\"; return two.get(); }");
            assertTrue(cell.stderr().contains("« tick »") && cell.stderr().contains("une lambda de plus ou de moins"), cell.toString());
            bare.ok("tickGo.release();");
            task.awaitOutput("un\n");
            assertTrue(bare.kernel().log().contains("AllowRedefinitionToAddDeleteMethods"), bare.kernel().log());
        }
    }

    @Test
    @DisplayName("records, interfaces scellées et filtrage passent d'une cellule à l'autre")
    void sealedTypesAcrossCells() throws Exception {
        kernel.ok(
                "sealed interface Shape permits Circle, Square { }\nrecord Circle(double r) implements Shape { }\n"
                        + "record Square(double side) implements Shape { }");
        kernel.ok(
                "double area(Shape shape) {\n    return switch (shape) {\n        case Circle(double r) -> Math.PI * r * r;\n"
                        + "        case Square(double side) -> side * side;\n    };\n}");
        assertEquals("9.0", kernel.value("area(new Square(3))"));
    }

    @Test
    @DisplayName("énumérations, génériques, varargs et blocs de texte")
    void otherDeclarations() throws Exception {
        kernel.ok("enum Day { LUNDI, MARDI }\n<T> List<T> listOf(T... items) { return List.of(items); }");
        assertEquals("[LUNDI, MARDI]", kernel.value("listOf(Day.values())"));
        assertEquals("deux\nlignes\n", kernel.value("\"\"\"\n    deux\n    lignes\n    \"\"\""));
    }

    @Test
    @DisplayName("un import vaut pour les cellules suivantes ; java.base est importé d'emblée")
    void imports() throws Exception {
        assertEquals("true", kernel.value("new Semaphore(1).tryAcquire()"));
        kernel.ok("import java.util.function.IntUnaryOperator;\nimport static java.lang.Math.abs;");
        assertEquals("3", kernel.value("IntUnaryOperator negate = n -> -n;\nabs(negate.applyAsInt(3))"));
    }

    @Test
    @DisplayName("après un commentaire et un import, le reste de la cellule s'exécute")
    void commentThenImport() throws Exception {
        assertEquals(List.of("stdout:fait\n", "result:3"),
                kernel.ok("// un commentaire\nimport java.util.*;\nSystem.out.println(\"fait\");\n1 + 2").story());
    }

    @Test
    @DisplayName("des commentaires partout ne changent rien")
    void commentsEverywhere() throws Exception {
        assertEquals("3", kernel.value("""
                /* en tête */
                // puis
                import java.time.*; // à côté
                /** Javadoc. */
                int commented() { /* dedans */ return 3; } // après
                // avant la fin
                commented() // dernier
                // fin"""));
    }

    @Test
    @DisplayName("une exception contrôlée n'a pas besoin d'être déclarée au premier niveau d'une cellule")
    void checkedExceptions() throws Exception {
        kernel.ok("Thread.sleep(1);\nvar read = java.nio.file.Files.exists(java.nio.file.Path.of(\".\"));");
    }

    @Test
    @DisplayName("une lambda garde ce qu'elle a vu, et voit une variable changée par une autre cellule")
    void lambdasSeeVariables() throws Exception {
        kernel.ok("int level = 1;\nSupplier<Integer> readLevel = () -> level;");
        kernel.ok("level = 8;");
        assertEquals("8", kernel.value("readLevel.get()"));
    }

    @Test
    @DisplayName("le dossier courant est celui du notebook")
    void workingFolder() throws Exception {
        assertEquals(kernel.workingFolder().toRealPath().toString(), kernel.value("java.nio.file.Path.of(\"\").toRealPath()"));
    }

    @Test
    @DisplayName("60 cellules plus loin, le noyau répond encore et les variables sont là")
    void manyCells() throws Exception {
        kernel.ok("long sum = 0;");
        for (int i = 1; i <= 60; i++) kernel.ok("sum += " + i + "\n");
        assertEquals("1830", kernel.value("sum"));
    }
}
