package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** Dans un environnement Python neuf, par le vrai pip. */
@DisplayName("wheel")
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WheelTest {
    @TempDir
    static Path temporary;
    private static Path wheel;
    private static Path venv;

    @BeforeAll
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    static void install() throws Exception {
        var made = Shell.run(Shell.course(), Map.of(), Shell.jbangw(), "wheel");
        assertEquals(0, made.exitCode(), made.toString());
        wheel = Path.of(made.out().strip().replaceFirst("(?s).*pip install ", ""));
        venv = emptyVenv("environnement à moi");
        borrowJupyter();
        var pip = pip(venv, "--no-index", "--no-deps", wheel.toString());
        assertEquals(0, pip.exitCode(), pip.toString());
    }

    private static Path emptyVenv(String name) throws Exception {
        var folder = temporary.resolve(name);
        assertEquals(0, course("-m", "venv", "--without-pip", "--copies", folder.toString()).exitCode());
        return folder;
    }

    /** Sans réseau, les paquets de Jupyter sont empruntés à l'environnement du cours, qui n'a pas celui-ci. */
    private static void borrowJupyter() throws IOException {
        try (var versions = Files.newDirectoryStream(venv.resolve("lib"), "python3*")) {
            Files.writeString(versions.iterator().next().resolve("site-packages/course.pth"),
                    new Venv(new Course(Shell.course())).sitePackages().toString());
        }
    }

    private static Shell.Result course(String... arguments) throws Exception {
        return python(new Course(Shell.course()).venv(), Map.of(), arguments);
    }

    private static Shell.Result pip(Path venv, String... packages) throws Exception {
        var command = new ArrayList<>(List.of("-m", "pip", "--python", venv.resolve("bin/python").toString(), "--disable-pip-version-check",
                "install", "--quiet", "--retries", "0", "--timeout", "30"));
        command.addAll(List.of(packages));
        return course(command.toArray(String[]::new));
    }

    private static Shell.Result python(Path venv, Map<String, String> variables, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(venv.resolve("bin/python").toString()));
        command.addAll(List.of(arguments));
        var environment = new HashMap<>(Map.of("COURSE_JDK_DIRS", Course.jdk().getParent().toString(),
                "JUPYTER_DATA_DIR", temporary.resolve("données").toString()));
        environment.putAll(variables);
        return Shell.run(temporary, environment, command.toArray(String[]::new));
    }

    @Test
    @DisplayName("pip l'installe : une cellule répond, une ligne tardive paraît sous sa cellule, //DEPS apporte une bibliothèque")
    void works() throws Exception {
        var result = python(venv, Map.of(), "-c", """
                from jupyter_client.manager import start_new_kernel
                manager, client = start_new_kernel(kernel_name="java-asynchrone", startup_timeout=120)
                print(type(manager.provisioner).__name__)

                def run(cell):
                    return client.execute_interactive(cell, timeout=120, output_hook=lambda m: None)["parent_header"]["msg_id"]

                late = run("var go = new java.util.concurrent.CountDownLatch(1);"
                           "Thread.startVirtualThread(() -> { try { go.await(); System.out.println(6 * 7); } catch (Exception e) {} });")
                run("go.countDown();")
                while True:
                    message = client.get_iopub_msg(timeout=120)
                    if message["msg_type"] == "stream" and message["parent_header"]["msg_id"] == late: break
                print(message["content"]["text"].strip())
                cell = '//DEPS com.google.code.gson:gson:2.14.0\\nnew com.google.gson.Gson().toJson("oui")'
                client.execute_interactive(cell, timeout=120,
                                           output_hook=lambda m: print(m["content"].get("data", {}).get("text/plain", "")))
                client.stop_channels()
                manager.shutdown_kernel()
                """);
        assertEquals(0, result.exitCode(), result.toString());
        var lines = result.out().lines().filter(line -> !line.isBlank()).toList();
        assertEquals(List.of("SpareProvisioner", "42", "\"oui\""), lines, result.toString());
    }

    @Test
    @DisplayName("pip a tout ce que le paquet annonce, empreintes comprises")
    void record() throws Exception {
        var result = python(venv, Map.of(), "-c", """
                import base64, hashlib
                from importlib.metadata import files
                for file in files("java-asynchrone-kernel"):
                    content = file.locate().read_bytes()
                    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                    assert file.hash is None or file.hash.value == digest, file
                    print(file.name)
                """);
        assertEquals(0, result.exitCode(), result.toString());
        var names = result.out().lines().toList();
        for (var name : List.of("kernel.jar", "kernel.json", "jbangw", "java.options", "logo-svg.svg", "entry_points.txt", "LICENSE"))
            assertTrue(names.contains(name), name + " manque : " + names);
    }

    @Test
    @DisplayName("sans JDK 25 : une phrase, et le code 1")
    void noJdk() throws Exception {
        var result = python(venv, Map.of("COURSE_JDK_DIRS", "", "PATH", Shell.bareTools(Files.createDirectories(temporary.resolve("bin")))),
                "-m", "java_asynchrone", "connexion.json");
        assertEquals(1, result.exitCode(), result.toString());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("aucun JDK 25"), result.err());
    }

    @Test
    @DisplayName("pip apporte aussi de quoi s'en servir ; papermill donne ses paramètres à un notebook Java")
    void papermill() throws Exception {
        var alone = emptyVenv("seul");
        var pip = pip(alone, wheel.toString(), "papermill");
        assumeTrue(pip.exitCode() == 0, "papermill n'a pas pu être installé (pas de réseau ?) : " + pip.err());
        Files.writeString(temporary.resolve("essai.ipynb"), """
                {"cells": [{"cell_type": "code", "id": "a", "source": "int n = 5;\\nvar name = \\"\\";", "outputs": [],
                            "execution_count": null, "metadata": {"tags": ["parameters"]}},
                           {"cell_type": "code", "id": "b", "source": "System.out.println(name + n * 6 + big + on + list)", "outputs": [],
                            "execution_count": null, "metadata": {}}],
                 "metadata": {"kernelspec": {"name": "java-asynchrone", "display_name": "Java", "language": "java"}},
                 "nbformat": 4, "nbformat_minor": 5}
                """);
        var result = python(alone, Map.of(), "-m", "papermill", "essai.ipynb", "fait.ipynb", "-p", "n", "7", "-p", "name", "dit « é\" » ",
                "-p", "big", "3000000000", "-p", "on", "true", "-y", "list: [1.5, {a: b}]");
        assertEquals(0, result.exitCode(), result.toString());
        var done = Files.readString(temporary.resolve("fait.ipynb"));
        assertTrue(done.contains("dit « é\\\" » 423000000000true[1.5, {a=b}]"), done);
    }
}
