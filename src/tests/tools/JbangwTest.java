package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** jbangw, exercé dans un petit clone dont le chemin a des espaces, une apostrophe et des accents. */
@DisplayName("jbangw")
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class JbangwTest {
    /** Écrit chaque argument sur une ligne, puis finit avec le code demandé par « code=N ». */
    private static final String ECHO = """
            //JAVA 25+
            void main(String[] args) throws Exception {
                IO.println("java " + Runtime.version().feature());
                IO.println("home " + System.getenv("COURSE_HOME"));
                IO.println("folder " + Path.of("").toAbsolutePath());
                for (var arg : args) IO.println("<" + arg + ">");
                for (var arg : args) if (arg.equals("wait")) System.in.read();
                for (var arg : args) if (arg.startsWith("code=")) System.exit(Integer.parseInt(arg.substring(5)));
            }
            """;

    @TempDir
    static Path temporary;
    private static Path home;

    @BeforeAll
    static void makeClone() throws IOException {
        home = Files.createDirectories(temporary.toRealPath().resolve("l'été à la plage"));
        Files.copy(Shell.course().resolve("jbangw"), home.resolve("jbangw"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(home.resolve("Echo.java"), ECHO);
        Files.writeString(home.resolve("jbang-catalog.json"), """
                {
                  "aliases": {
                    "echo": {
                      "script-ref": "Echo.java",
                      "description": "Répète. Exemple : echo"
                    }
                  }
                }
                """);
    }

    private static Shell.Result jbangw(Path folder, Map<String, String> environment, String... args) throws Exception {
        var command = new ArrayList<>(List.of(home.resolve("jbangw").toString()));
        command.addAll(List.of(args));
        return Shell.run(folder, environment, command.toArray(String[]::new));
    }

    @Test
    @DisplayName("les arguments d'un alias arrivent intacts, même vides")
    void argumentsArriveIntact() throws Exception {
        var args = List.of("a", "b c", "", "l'été", "$HOME", "\"guillemets\"", "*", "\\", "a\nb", "--help", "-x=3", "é€😀");
        var command = new ArrayList<>(List.of("echo"));
        command.addAll(args);
        var out = jbangw(home, Map.of(), command.toArray(String[]::new)).out();
        var expected = new StringBuilder();
        for (var arg : args) expected.append("<").append(arg).append(">\n");
        assertEquals(expected.toString(), out.substring(out.indexOf('<')));
    }

    @Test
    @DisplayName("les arguments d'un fichier arrivent intacts, même vides")
    void argumentsOfAFileArriveIntact() throws Exception {
        var out = jbangw(home, Map.of(), "Echo.java", "b c", "", "l'été").out();
        assertEquals("<b c>\n<>\n<l'été>\n", out.substring(out.indexOf('<')));
    }

    @Test
    @DisplayName("le code de sortie du programme est celui de jbangw")
    void exitCodePassesThrough() throws Exception {
        assertEquals(42, jbangw(home, Map.of(), "echo", "code=42").exitCode());
        assertEquals(255, jbangw(home, Map.of(), "echo", "code=255").exitCode());
    }

    @Test
    @DisplayName("appelé par un lien, depuis un autre dossier, il trouve son clone et laisse le dossier courant")
    void worksThroughALink() throws Exception {
        var elsewhere = Files.createDirectories(temporary.toRealPath().resolve("ailleurs"));
        var link = Files.createSymbolicLink(elsewhere.resolve("raccourci"), Path.of("../l'été à la plage/jbangw"));
        var result = Shell.run(elsewhere, Map.of(), link.toString(), "echo");
        assertTrue(result.out().contains("home " + home + "\n"), result.toString());
        assertTrue(result.out().contains("folder " + elsewhere + "\n"), result.toString());
    }

    @Test
    @DisplayName("le programme prend la place de jbangw : Ctrl-C et le terminal sont à lui")
    void programReplacesTheScript() throws Exception {
        var process = Shell.builder(home, Map.of(), home.resolve("jbangw").toString(), "echo", "wait").start();
        try (var lines = process.inputReader()) {
            while (!lines.readLine().equals("<wait>")) continue; // le programme est là
            assertTrue(process.info().command().orElseThrow().endsWith("/java"), process.info().toString());
            process.getOutputStream().write('\n');
            process.getOutputStream().close();
            assertEquals(0, Shell.await(process));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("sans langue déclarée, les accents passent quand même")
    void accentsWithoutLocale() throws Exception {
        var bare = Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "");
        assertTrue(jbangw(home, bare, "echo", "déjà").out().contains("<déjà>\n"));
    }

    @Test
    @DisplayName("une commande inconnue : une phrase, la liste, et le code 2")
    void unknownCommand() throws Exception {
        var result = jbangw(home, Map.of(), "ecoh");
        assertEquals(2, result.exitCode());
        assertTrue(result.err().contains("ecoh") && result.err().contains("  echo "), result.err());
    }

    @Test
    @DisplayName("un JDK 17 dans JAVA_HOME et dans le PATH ne gêne pas : le JDK 25 est trouvé à côté")
    void oldJavaIsPassedOver() throws Exception {
        var old = fakeJdk("old", "17.0.15");
        var jdks = Files.createDirectories(temporary.resolve("jdks"));
        fakeJdk("jdks/a-plus-vieux", "21.0.2");
        var good = Files.createSymbolicLink(jdks.resolve("b-le-bon"), Course.jdk());
        var result = jbangw(home, Map.of("JAVA_HOME", old.toString(), "PATH", old + "/bin:" + System.getenv("PATH")
                .replace(Course.jdk() + "/bin:", ""), "COURSE_JDK_DIRS", jdks.toString()), "echo");
        Files.delete(good);
        assertTrue(result.out().contains("java " + Runtime.version().feature() + "\n"), result.toString());
    }

    @Test
    @DisplayName("aucun JDK récent : une phrase en français qui dit quoi installer, et un échec")
    void noJdk() throws Exception {
        var result = jbangw(home, bareMachine("nojdk", Map.of()), "echo");
        assertNotEquals(0, result.exitCode());
        assertTrue(result.err().contains("aucun JDK 25"), result.err());
        assertTrue(result.err().contains("Installez-en un"), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertFalse(result.err().contains("apt install"), "ce paquet n'existe pas ici : " + result.err());
        var debian13 = bareMachine("nojdk", Map.of());
        Shell.script(Path.of(debian13.get("PATH"), "apt-cache"), "[ \"$1 $2\" = 'show openjdk-25-jdk' ]");
        assertTrue(jbangw(home, debian13, "echo").err().contains("sudo apt install openjdk-25-jdk"));
    }

    @Test
    @DisplayName("ni Maven ni curl pour aller chercher jbang : une phrase, et un échec")
    void jbangCannotBeFetched() throws Exception {
        var result = jbangw(home, bareMachine("nonet", Map.of("JAVA_HOME", Course.jdk().toString())), "echo");
        assertNotEquals(0, result.exitCode());
        assertTrue(result.err().contains("n'a pas pu être téléchargé"), result.err());
    }

    @Test
    @DisplayName("le disque est plein : c'est ce qui est dit, et non que le réseau manque")
    void diskIsFull() throws Exception {
        var machine = bareMachine("full", Map.of("JAVA_HOME", Course.jdk().toString()));
        var script = "mount -t tmpfs -o size=2m tmpfs " + machine.get("HOME") + "/disque && HOME=" + machine.get("HOME")
                + "/disque && export HOME && XDG_CACHE_HOME=$HOME/cache PATH=" + machine.get("PATH") + " exec \"$@\"";
        Files.createDirectories(Path.of(machine.get("HOME"), "disque"));
        machine.remove("PATH");
        var allowed = Shell.run(home, machine, "unshare", "--mount", "sh", "-c", script, "sh", "uname");
        assumeTrue(allowed.exitCode() == 0, "monter un petit disque n'est pas permis ici : " + allowed.err());
        var result = Shell.run(home, machine, "unshare", "--mount", "sh", "-c", script, "sh", home.resolve("jbangw").toString(), "echo");
        assertEquals(1, result.exitCode(), result.toString());
        assertTrue(result.err().contains("est plein. Libérez de la place"), result.err());
        assertFalse(result.err().contains("réseau"), result.err());
    }

    @Test
    @DisplayName("un dépôt partagé, que JBANG_REPO désigne, offre aussi jbang à qui ne peut pas le télécharger")
    void jbangOfASharedRepository() throws Exception {
        var version = Shell.jbangJar().getFileName().toString().replaceAll("jbang-cli-|-all.jar", "");
        var repository = temporary.resolve("partage");
        var folder = Files.createDirectories(repository.resolve("dev/jbang/jbang-cli").resolve(version));
        Files.copy(Shell.jbangJar(), folder.resolve(Shell.jbangJar().getFileName()));
        var machine = bareMachine("pupil", Map.of("JAVA_HOME", Course.jdk().toString(), "JBANG_REPO", repository.toString()));
        var result = jbangw(home, machine, "echo", "là");
        assertTrue(result.out().endsWith("<là>\n"), result.toString());
    }

    @Test
    @DisplayName("un jbang abîmé dans le cache est rapporté")
    void damagedJarIsFetchedAgain() throws Exception {
        var userHome = Files.createDirectories(temporary.resolve("cache-home"));
        for (var folder : List.of("cache/jbangw", "Library/Caches/jbangw")) { // Linux, macOS
            Files.createDirectories(userHome.resolve(folder));
            Files.writeString(userHome.resolve(folder).resolve("jbang-cli-0.132.1-all.jar"), "PK abîmé");
        }
        var result = jbangw(home, Map.of("HOME", userHome.toString(),
                "XDG_CACHE_HOME", userHome.resolve("cache").toString(), "JAVA_HOME", Course.jdk().toString()), "echo", "là");
        assertTrue(result.err().contains("je vais chercher jbang"), result.err());
        assertTrue(result.out().endsWith("<là>\n"), result.toString());
    }

    private static Map<String, String> bareMachine(String name, Map<String, String> more) throws IOException {
        var folder = Files.createDirectories(temporary.resolve(name));
        var environment = new HashMap<>(Map.of("PATH", Shell.bareTools(Files.createDirectories(folder.resolve("bin"))),
                "HOME", folder.toString(), "XDG_CACHE_HOME", folder.resolve("cache").toString(),
                "COURSE_JDK_DIRS", folder.resolve("no-jdk").toString()));
        environment.putAll(more);
        return environment;
    }

    /** Un JDK tel que jbangw le reconnaît ; s'en servir échouerait. */
    private static Path fakeJdk(String name, String version) throws IOException {
        var jdk = Files.createDirectories(temporary.resolve(name));
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"essai\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (var program : List.of("java", "javac")) {
            Shell.script(jdk.resolve("bin").resolve(program), "exit 99");
        }
        return jdk;
    }
}
