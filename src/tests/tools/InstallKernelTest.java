package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Dans des dossiers provisoires, et vu par le vrai Jupyter. */
@DisplayName("install-kernel")
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class InstallKernelTest {
    @TempDir
    Path temporary;

    /** Les données de Jupyter de l'utilisateur, à un endroit qui a des espaces et des accents. */
    private Map<String, String> user() {
        return Map.of("JUPYTER_DATA_DIR", temporary.resolve("données à moi").toString(), "JUPYTER_PREFER_ENV_PATH", "0");
    }

    private Shell.Result installKernel(String... options) throws Exception {
        var command = new ArrayList<>(List.of(Shell.jbangw(), "install-kernel"));
        command.addAll(List.of(options));
        return Shell.run(Shell.course(), user(), command.toArray(String[]::new));
    }

    private void installed(String... options) throws Exception {
        var result = installKernel(options);
        assertEquals(0, result.exitCode(), result.toString());
    }

    private Shell.Result python(Map<String, String> environment, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(new Course(Shell.course()).python().toString()));
        command.addAll(List.of(arguments));
        return Shell.run(temporary, environment, command.toArray(String[]::new));
    }

    /** Les noyaux que Jupyter propose : nom et dossier. */
    private JsonObject kernelspecs(Map<String, String> environment) throws Exception {
        var result = python(environment, "-m", "jupyter", "kernelspec", "list", "--json");
        return JsonParser.parseString(result.out()).getAsJsonObject().getAsJsonObject("kernelspecs");
    }

    private static Path folder(JsonObject kernelspecs, String name) {
        return Path.of(kernelspecs.getAsJsonObject(name).get("resource_dir").getAsString());
    }

    @Test
    @DisplayName("le Jupyter de l'utilisateur le voit, une cellule y marche ; une commande le retire")
    void installAndRemove() throws Exception {
        installed("--name", "essai");
        var folder = folder(kernelspecs(user()), "essai");
        assertTrue(folder.startsWith(temporary.toRealPath()) || folder.startsWith(temporary), folder.toString());
        assertFalse(Files.readString(folder.resolve("kernel.json")).contains("kernel_provisioner"), "un autre Jupyter le refuserait");
        assertAnswers("essai", user());

        installed("--remove", "--name", "essai");
        assertFalse(kernelspecs(user()).has("essai"));
        assertFalse(Files.exists(folder), "le dossier doit disparaître aussi");
    }

    private void assertAnswers(String name, Map<String, String> environment) throws Exception {
        var result = python(environment, "-c", """
                import sys
                from jupyter_client.manager import start_new_kernel
                manager, client = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=120)
                client.execute_interactive("6 * 7", timeout=120, output_hook=lambda m: print(m["content"].get("data", {})))
                client.stop_channels()
                manager.shutdown_kernel()
                """, name);
        assertTrue(result.out().contains("'text/plain': '42'"), result.toString());
    }

    @Test
    @DisplayName("sous un autre nom, il s'affiche autrement ; il a son dessin, en trois fichiers")
    void nameAndLogo() throws Exception {
        installed("--name", "essai");
        var kernels = kernelspecs(user());
        var spec = kernels.getAsJsonObject("essai").getAsJsonObject("spec");
        assertEquals("Java (asynchrone), essai", spec.get("display_name").getAsString());
        assertEquals("Java (asynchrone)", kernels.getAsJsonObject("java").getAsJsonObject("spec").get("display_name").getAsString());
        for (var name : List.of("java", "essai")) assertHasLogos(folder(kernels, name));
    }

    private static void assertHasLogos(Path kernel) throws Exception {
        for (var size : List.of(32, 64)) {
            var logo = javax.imageio.ImageIO.read(kernel.resolve("logo-" + size + "x" + size + ".png").toFile());
            assertEquals(List.of(size, size), List.of(logo.getWidth(), logo.getHeight()));
        }
        assertTrue(Files.readString(kernel.resolve("logo-svg.svg")).startsWith("<svg "));
    }

    @Test
    @DisplayName("jupyter run, qui ajoute le nom du fichier à la commande du noyau, exécute ce fichier")
    void jupyterRun() throws Exception {
        var program = Files.writeString(temporary.resolve("essai.java"), "System.out.println(6 * 7);");
        var result = python(Map.of(), "-m", "jupyter", "run", "--kernel=java", program.toString());
        assertEquals("42", result.out().strip(), result.toString());
    }

    @Test
    @DisplayName("un autre noyau du même nom, dans un autre dossier de Jupyter : c'est dit, et comment les garder tous deux")
    void sameName() throws Exception {
        var others = Files.createDirectories(temporary.resolve("autres/kernels/essai"));
        Files.writeString(others.resolve("kernel.json"), "{\"argv\": [\"java\"], \"display_name\": \"JJava\", \"language\": \"java\"}");
        var environment = new java.util.HashMap<>(user());
        environment.put("JUPYTER_PATH", temporary.resolve("autres").toString());
        var result = Shell.run(Shell.course(), environment, Shell.jbangw(), "install-kernel", "--name", "essai");
        assertEquals(0, result.exitCode(), result.toString());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("JJava") && result.err().contains(others.toString()), result.err());
    }

    @Test
    @DisplayName("--sys-prefix l'ajoute à l'environnement Python actif, sans .venv")
    void sysPrefix() throws Exception {
        var clone = Shell.freshClone(temporary.resolve("clone"));
        Shell.copy(Shell.course().resolve("jbangw.cmd"), clone.resolve("jbangw.cmd"));
        var active = activeVenv();
        var result =
                Shell.run(clone, Map.of("PATH", active.resolve("bin") + ":" + System.getenv("PATH")), clone.resolve("jbangw").toString(),
                        "install-kernel", "--sys-prefix");
        assertEquals(0, result.exitCode(), result.toString());
        assertFalse(Files.exists(clone.resolve(".venv")), "aucun .venv ne doit être fait");
        assertTrue(Files.exists(active.resolve("share/jupyter/kernels/java/kernel.aot")), result.toString());
    }

    /** Un environnement Python neuf, qui emprunte ses paquets à celui du cours : pas de réseau à attendre. */
    private Path activeVenv() throws Exception {
        var venv = temporary.resolve("venv actif");
        assertEquals(0, python(Map.of(), "-m", "venv", "--without-pip", "--copies", venv.toString()).exitCode());
        try (var versions = Files.newDirectoryStream(venv.resolve("lib"), "python3*")) {
            Files.writeString(versions.iterator().next().resolve("site-packages/course.pth"),
                    new Venv(new Course(Shell.course())).sitePackages().toString());
        }
        return venv;
    }

    @Test
    @DisplayName("--sys-prefix sans Jupyter : une phrase, et le code 1")
    void sysPrefixWithoutJupyter() throws Exception {
        var venv = temporary.resolve("venv vide");
        assertEquals(0, python(Map.of(), "-m", "venv", "--without-pip", "--copies", venv.toString()).exitCode());
        var result = Shell.run(Shell.course(),
                Map.of("PATH", venv.resolve("bin") + ":" + Shell.bareTools(Files.createDirectories(temporary.resolve("bin"))),
                        "COURSE_JDK_DIRS", Course.jdk().getParent().toString()),
                Shell.jbangw(), "install-kernel", "--sys-prefix");
        assertEquals(1, result.exitCode(), result.toString());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("n'a pas Jupyter"), result.err());
    }

    @Test
    @DisplayName("une seconde installation remplace la première")
    void again() throws Exception {
        installed("--name", "essai");
        var jar = folder(kernelspecs(user()), "essai").resolve("kernel.jar");
        Files.writeString(jar, "abîmé");
        installed("--name", "essai");
        assertAnswers("essai", user());
    }

    @Test
    @DisplayName("rien de ce qui est installé ne dépend du clone")
    void standsAlone() throws Exception {
        installed("--name", "essai");
        var folder = folder(kernelspecs(user()), "essai");
        var spec = Files.readString(folder.resolve("kernel.json"));
        assertFalse(spec.contains(Shell.course().toString()), spec);
        var jbang = Shell.run(temporary, Map.of(), folder.resolve("jbangw").toString(), "version");
        assertEquals(0, jbang.exitCode(), "le jbangw installé à côté doit marcher seul : " + jbang);
    }

    @Test
    @DisplayName("à sa nouvelle place, le cache de démarrage sert encore")
    void cacheIsUsed() throws Exception {
        installed("--name", "essai");
        var spec = Files.readString(folder(kernelspecs(user()), "essai").resolve("kernel.json"));
        var command = new ArrayList<String>();
        for (var argument : JsonParser.parseString(spec).getAsJsonObject().getAsJsonArray("argv")) command.add(argument.getAsString());
        command.removeAll(List.of("-Xlog:disable", "{connection_file}"));
        command.add(1, "-Xlog:class+load");
        var result = Shell.run(temporary, Map.of(), command.toArray(String[]::new));
        assertTrue(result.out().contains("kernel.Kernel source: shared objects file"), "kernel.Kernel n'est pas lu dans le cache");
    }

    @Test
    @DisplayName("--prefix l'ajoute à un environnement Python")
    void prefix() throws Exception {
        var environment = Files.createDirectories(temporary.resolve("venv"));
        installed("--prefix", environment.toString());
        var spec = environment.resolve("share/jupyter/kernels/java/kernel.json");
        assertTrue(Files.exists(spec));
        assertFalse(kernelspecs(user()).getAsJsonObject("java").get("resource_dir").getAsString().startsWith(temporary.toString()),
                "le dossier de l'utilisateur doit rester tel quel");
        installed("--remove", "--prefix", environment.toString());
        assertFalse(Files.exists(spec));
    }

    @Test
    @DisplayName("un noyau d'un autre n'est ni remplacé ni retiré")
    void othersAreSafe() throws Exception {
        var folder = Files.createDirectories(Path.of(user().get("JUPYTER_DATA_DIR")).resolve("kernels/java"));
        var theirs = "{\"argv\": [\"java\", \"-jar\", \"jjava.jar\"], \"display_name\": \"JJava\", \"language\": \"java\"}";
        Files.writeString(folder.resolve("kernel.json"), theirs);
        for (var options : List.of(new String[0], new String[] {"--remove"})) {
            var result = installKernel(options);
            assertEquals(1, result.exitCode(), result.toString());
            assertTrue(result.err().contains("Un autre noyau s'appelle déjà"), result.err());
            assertEquals(theirs, Files.readString(folder.resolve("kernel.json")));
        }
    }

    @Test
    @DisplayName("rien à retirer : une phrase, et le code 1")
    void nothingToRemove() throws Exception {
        var result = installKernel("--remove");
        assertEquals(1, result.exitCode());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("rien à retirer"), result.err());
    }

    @TestFactory
    @DisplayName("des arguments faux : une phrase, et le code 2")
    Stream<DynamicTest> badArguments() {
        return Stream.of("--partout", "--name", "--name=../ailleurs", "--name=Été", "--prefix", "--prefix=/pas/là", "--user --prefix=/tmp",
                "--user --sys-prefix",
                "--prefix=" + Shell.course().resolve(".venv")).map(line -> DynamicTest.dynamicTest(line, () -> {
                    var result = installKernel(line.split(" "));
                    assertEquals(2, result.exitCode(), result.toString());
                    assertEquals(1, result.err().lines().count(), result.err());
                }));
    }

    @TestFactory
    @DisplayName("le dossier de l'utilisateur est celui de Jupyter")
    Stream<DynamicTest> userFolder() {
        var home = temporary.resolve("maison").toString();
        return Stream.of(Map.of("HOME", home), Map.of("HOME", home, "XDG_DATA_HOME", temporary.resolve("xdg").toString()),
                Map.of("HOME", home, "JUPYTER_DATA_DIR", temporary.resolve("jupyter").toString()))
                .map(variables -> DynamicTest.dynamicTest(String.join(", ", variables.keySet().stream().sorted().toList()), () -> {
                    var builder = Shell.builder(temporary, variables, new Course(Shell.course()).python().toString(), "-m", "jupyter",
                            "--data-dir");
                    Stream.of("HOME", "XDG_DATA_HOME", "JUPYTER_DATA_DIR", "JUPYTER_PLATFORM_DIRS")
                            .filter(name -> !variables.containsKey(name))
                            .forEach(builder.environment()::remove);
                    var process = builder.start();
                    var answer = new String(process.getInputStream().readAllBytes()).strip();
                    assertEquals(0, Shell.await(process));
                    assertEquals(answer, InstallKernel.userData(variables).toString());
                }));
    }
}
