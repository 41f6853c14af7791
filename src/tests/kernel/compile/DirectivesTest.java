package kernel.compile;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kernel.Exchange;
import kernel.KernelClient;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.Course;
import tools.Shell;

/** {@code //SOURCES} et {@code //DEPS} : les notebooks sont dans {@code notebooks}, les sources à côté, comme dans le cours. */
@DisplayName("Directives de jbang")
class DirectivesTest extends SharedKernel {

    private static Path write(String path, String text) throws Exception {
        Path file = home.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String text(Exchange cell) {
        return String.join("\n", cell.traceback());
    }

    // --- //SOURCES ---

    @Test
    @DisplayName("//SOURCES : le chemin part du dossier du notebook")
    void relativePath() throws Exception {
        write("notebooks/lib/Near.java", "package lib;\npublic class Near { public static String hello() { return \"près\"; } }");
        write("src/far/Far.java", "package far;\npublic class Far { public static String hello() { return \"loin\"; } }");
        assertEquals("près", kernel.value("//SOURCES lib/Near.java\nlib.Near.hello()"));
        assertEquals("loin", kernel.value("//SOURCES ../src/far/Far.java\nimport far.Far;\nFar.hello()"));
    }

    @Test
    @DisplayName("//SOURCES : un motif avec *")
    void glob() throws Exception {
        write("src/glob/GlobOne.java", "package glob; public class GlobOne { public static int n() { return GlobTwo.n() - 1; } }");
        write("src/glob/GlobTwo.java", "package glob; public class GlobTwo { public static int n() { return 2; } }");
        assertEquals("3", kernel.value("//SOURCES ../src/glob/*.java\nimport glob.*;\nGlobOne.n() + GlobTwo.n()"));
    }

    @Test
    @DisplayName("//SOURCES : un motif avec ** descend dans les dossiers")
    void deepGlob() throws Exception {
        write("src/deep/a/DeepA.java", "package deep.a; public class DeepA { public static int n() { return 1; } }");
        write("src/deep/a/b/DeepB.java", "package deep.a.b; public class DeepB { public static int n() { return 2; } }");
        assertEquals("3", kernel.value("//SOURCES ../src/deep/**/*.java\ndeep.a.DeepA.n() + deep.a.b.DeepB.n()"));
    }

    @Test
    @DisplayName("//SOURCES : plusieurs fichiers sur une ligne, et plusieurs lignes")
    void several() throws Exception {
        for (String name : List.of("S1", "S2", "S3"))
            write("src/several/" + name + ".java", "package several; public class " + name + " { public static int n() { return 1; } }");
        assertEquals("3", kernel.value(
                "//SOURCES ../src/several/S1.java ../src/several/S2.java\n//SOURCES ../src/several/S3.java\nimport several.*;\n"
                        + "S1.n() + S2.n() + S3.n()"));
    }

    @Test
    @DisplayName("//SOURCES : les aides du cours")
    void courseHelpers() throws Exception {
        var helpers = kernel.workingFolder().toRealPath().relativize(Course.find().home().toRealPath()).resolve("src/asynchelpers");
        var cell = kernel.ok("//SOURCES " + helpers.toString().replace('\\', '/')
                + "/*.java\nimport static asynchelpers.AsyncHelpers.*;\nstartTimer();\nshowTimer(\"ici\");");
        assertTrue(cell.stdout().contains("ici"), cell.stdout());
    }

    @Test
    @DisplayName("//SOURCES : un fichier qui manque est nommé, avec le dossier d'où part le chemin, et rien ne s'exécute")
    void missingFile() throws Exception {
        var cell = kernel.fails("//SOURCES ../src/absent/Nothing.java\nSystem.out.println(\"exécuté\");");
        assertTrue(text(cell).contains("../src/absent/Nothing.java"), text(cell));
        assertTrue(text(cell).contains("notebooks"), text(cell));
        assertEquals("", cell.stdout());
    }

    @Test
    @DisplayName("//SOURCES : un motif sans fichier est une erreur aussi")
    void emptyGlob() throws Exception {
        assertTrue(text(kernel.fails("//SOURCES ../src/absent/*.java")).contains("../src/absent/*.java"));
    }

    @Test
    @DisplayName("//SOURCES : une erreur de compilation donne fichier, ligne et repère ; corrigée, la source se charge")
    void compileErrorInASource() throws Exception {
        write("src/broken/Broken.java", "package broken; public class Broken {\n    public static int n() { return \"un\"; }\n}");
        String code = "//SOURCES ../src/broken/Broken.java\nSystem.out.println(\"exécuté\");\nbroken.Broken.n()";
        var cell = kernel.fails(code);
        assertTrue(text(cell).contains("Broken.java, ligne 2"), text(cell));
        assertTrue(text(cell).contains("^"), text(cell));
        assertFalse(text(cell).contains("Exception"), text(cell));
        assertEquals("", cell.stdout());
        write("src/broken/Broken.java", "package broken; public class Broken {\n    public static int n() { return 1; }\n}");
        assertEquals("1", kernel.value(code));
    }

    @Test
    @DisplayName("//SOURCES : la cellule exécutée de nouveau ne recharge rien et n'affiche rien")
    void runAgain() throws Exception {
        write("src/again/Again.java", "package again; public class Again { static int n = 0; public static int next() { return ++n; } }");
        assertEquals("1", kernel.value("//SOURCES ../src/again/Again.java\nagain.Again.next()"));
        assertEquals(List.of("result:2"), kernel.ok("//SOURCES ../src/again/Again.java\nagain.Again.next()").story());
    }

    @Test
    @DisplayName("//SOURCES : une source qui a changé le dit, et dit quoi faire")
    void changedSource() throws Exception {
        write("src/changed/Changed.java", "package changed; public class Changed { public static int n() { return 1; } }");
        kernel.ok("//SOURCES ../src/changed/Changed.java\nchanged.Changed.n()");
        write("src/changed/Changed.java", "package changed; public class Changed { public static int n() { return 2; } }");
        var cell = kernel.ok("//SOURCES ../src/changed/Changed.java\nchanged.Changed.n()");
        assertTrue(cell.stderr().contains("Changed.java"), cell.toString());
        assertTrue(cell.stderr().contains("edémarre"), cell.stderr());
    }

    @Test
    @DisplayName("//SOURCES : une source en nomme d'autres, à partir de son propre dossier")
    void sourceNamingOthers() throws Exception {
        write("src/naming/Top.java",
                "//SOURCES below/Below.java\npackage naming;\npublic class Top { public static String n() { return below.Below.n(); } }");
        write("src/naming/below/Below.java",
                "//SOURCES ../Top.java\npackage below;\npublic class Below { public static String n() { return \"dessous\"; } }");
        assertEquals("dessous", kernel.value("//SOURCES ../src/naming/Top.java\nnaming.Top.n()"));
    }

    @Test
    @DisplayName("//SOURCES : une boucle dans une source s'interrompt")
    void interruptibleSource() throws Exception {
        write("src/spin/Spin.java",
                "package spin; public class Spin { public static void forEver() { System.out.println(\"parti\"); while (true) { } } }");
        var cell = kernel.execute("//SOURCES ../src/spin/Spin.java\nspin.Spin.forEver();");
        cell.awaitStart();
        kernel.interrupt();
        assertEquals("error", cell.done().status());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("//SOURCES : l'exception d'une source est située dans son fichier, puis dans la cellule")
    void exceptionInASource() throws Exception {
        write("src/fail/Fail.java",
                "package fail; public class Fail {\n    public static void now() {\n"
                        + "        throw new IllegalStateException(\"source\");\n    }\n}");
        var cell = kernel.fails("//SOURCES ../src/fail/Fail.java\n\nfail.Fail.now();");
        assertTrue(text(cell).contains("Fail.java, ligne 3"), text(cell));
        assertTrue(text(cell).contains("cellule [" + cell.number() + "], ligne 3"), text(cell));
    }

    @Test
    @DisplayName("//SOURCES : le thread tardif d'une source écrit sous la cellule qui l'a lancé")
    void lateOutputOfASource() throws Exception {
        write("src/late/Late.java", """
                package late;
                import java.util.concurrent.*;
                public class Late {
                    public static final Semaphore go = new Semaphore(0);
                    static final ExecutorService pool = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
                    public static void start(String text) {
                        pool.execute(() -> { go.acquireUninterruptibly(); System.out.println(text); go.release(); });
                    }
                }
                """);
        var first = kernel.ok("//SOURCES ../src/late/Late.java\nlate.Late.start(\"premier\");");
        var second = kernel.ok("late.Late.start(\"second\");");
        var third = kernel.ok("late.Late.go.release();");
        first.awaitOutput("premier\n");
        second.awaitOutput("second\n");
        assertEquals("premier\n", first.stdout());
        assertEquals(List.of(), third.story());
    }

    @Test
    @DisplayName("//SOURCES : une classe sans package s'utilise, ou la cellule dit qu'il lui en faut un")
    void unnamedPackage() throws Exception {
        write("src/unnamed/Unnamed.java", "public class Unnamed { public static int n() { return 1; } }");
        try {
            var cell = kernel.run("//SOURCES ../src/unnamed/Unnamed.java\nUnnamed.n()");
            if (cell.status().equals("ok")) assertEquals("1", cell.resultText());
            else assertTrue(text(cell).contains("package"), text(cell));
        } finally {
            renewKernel();
        }
    }

    @Test
    @DisplayName("//SOURCES : une source refusée n'empêche pas d'en charger d'autres")
    void afterARefusedSource() throws Exception {
        write("src/refused/Refused.java", "public class Refused { public static int n() { return 1; } }");
        write("src/refused/Accepted.java", "package refused; public class Accepted { public static int n() { return 2; } }");
        try {
            kernel.run("//SOURCES ../src/refused/Refused.java\nRefused.n()");
            assertEquals("2", kernel.value("//SOURCES ../src/refused/Accepted.java\nrefused.Accepted.n()"));
        } finally {
            renewKernel();                      // un échec ici ne doit pas en entraîner d'autres
        }
    }

    @Test
    @DisplayName("un commentaire ordinaire qui ressemble à une directive n'en est pas une")
    void notADirective() throws Exception {
        kernel.ok("// SOURCES absent.java\nString s = \"//SOURCES absent.java\";\n//SOURCESabsent.java\n");
    }

    // --- //DEPS ---

    @Test
    @DisplayName("les bibliothèques du noyau sont invisibles aux cellules")
    void kernelLibrariesAreHidden() throws Exception {
        kernel.fails("org.zeromq.ZMQ.getVersionString()");
        kernel.fails("Class.forName(\"org.zeromq.ZMQ\")");
    }

    @Test
    @DisplayName("//DEPS : un vrai artefact s'utilise dans la cellule ; la seconde fois, rien n'est affiché")
    void realArtifact() throws Exception {
        String code =
                "//DEPS org.opentest4j:opentest4j:1.3.0\nimport org.opentest4j.AssertionFailedError;\n"
                        + "new AssertionFailedError(\"vu\").getMessage()";
        var first = kernel.ok(code);
        assertEquals("vu", first.resultText());
        assertTrue(first.stdout().contains("org.opentest4j:opentest4j:1.3.0"), first.toString());
        assertEquals(List.of("result:vu"), kernel.ok(code).story());
    }

    @Test
    @DisplayName("//DEPS : la version que la cellule demande est celle qu'elle voit, même si le noyau en utilise une autre")
    void anotherVersionThanTheKernels() throws Exception {
        assertTrue(kernel.value(
                "//DEPS com.google.code.gson:gson:2.8.9\n"
                        + "new com.google.gson.Gson().getClass().getProtectionDomain().getCodeSource().getLocation()")
                .contains("gson-2.8.9.jar"));
        assertEquals("{\"a\":1}", kernel.value("new com.google.gson.Gson().toJson(Map.of(\"a\", 1))"));
    }

    @Test
    @DisplayName("//DEPS : un artefact introuvable est nommé en français, et rien ne s'exécute")
    void missingArtifact() throws Exception {
        var cell = kernel.fails("//DEPS org.opentest4j:absent:99.99.99\nSystem.out.println(\"exécuté\");");
        assertTrue(text(cell).contains("introuvable"), text(cell));
        assertTrue(text(cell).contains("org.opentest4j:absent:99.99.99"), text(cell));
        assertFalse(cell.stdout().contains("exécuté"));
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("//DEPS : quand c'est jbang qui manque, c'est lui qui est nommé, et la bibliothèque n'est pas dite introuvable")
    void missingJBang(@TempDir Path folder) throws Exception {
        var machine = Map.of("PATH", Shell.bareTools(Files.createDirectory(folder.resolve("bin"))), "HOME", folder.toString(),
                "XDG_CACHE_HOME", folder.resolve("cache").toString());
        try (var alone = KernelClient.start(Files.createDirectory(folder.resolve("notebooks")), machine)) {
            var cell = alone.fails("//DEPS com.google.code.gson:gson:2.14.0\n1");
            assertTrue(text(cell).contains("n'a pas pu être téléchargé"), text(cell));
            assertFalse(text(cell).contains("introuvable"), text(cell));
        }
    }

    @ParameterizedTest(name = "//DEPS mal écrite : l''erreur la cite, et la cellule suivante s''exécute : {0}")
    @ValueSource(strings = {"nimporte-quoi", "a:b"})
    void malformed(String dependency) throws Exception {
        assertTrue(text(kernel.fails("//DEPS " + dependency + "\n1")).contains(dependency));
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("//DEPS dans une source chargée par //SOURCES")
    void dependencyOfASource() throws Exception {
        write("src/needs/Needs.java",
                "//DEPS org.apiguardian:apiguardian-api:1.1.2\npackage needs;\n"
                        + "public class Needs { public static String n() { return org.apiguardian.api.API.Status.STABLE.toString(); } }");
        assertEquals("STABLE", kernel.value("//SOURCES ../src/needs/Needs.java\nneeds.Needs.n()"));
    }
}
