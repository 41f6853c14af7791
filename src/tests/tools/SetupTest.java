package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("setup")
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SetupTest {

    private static Shell.Result setup(Path home, String... options) throws Exception {
        return setup(home, Map.of(), options);
    }

    private static Shell.Result setup(Path home, Map<String, String> environment, String... options) throws Exception {
        var command = new java.util.ArrayList<>(java.util.List.of(home.resolve("jbangw").toString(), "setup"));
        command.addAll(java.util.List.of(options));
        return Shell.run(home, environment, command.toArray(String[]::new));
    }

    @Test
    @DisplayName("une fois le cours prêt, ne refait rien")
    void secondRunDoesNothing() throws Exception {
        var jar = new Course(Shell.course()).kernelspec("java").resolve("kernel.jar");
        var first = setup(Shell.course());
        assertEquals(0, first.exitCode(), first.toString());
        var before = Files.getLastModifiedTime(jar);
        var second = setup(Shell.course());
        assertEquals(0, second.exitCode(), second.err());
        assertFalse(second.out().contains("✓"), "une étape a été refaite :\n" + second.out());
        assertEquals(before, Files.getLastModifiedTime(jar));
    }

    @Test
    @DisplayName("tué en pleine installation, reprend ; à deux, l'un attend l'autre ; déplacé ou tronqué, se remet d'aplomb")
    void survivesBeingKilled(@TempDir Path temporary) throws Exception {
        var home = Shell.freshClone(temporary.toRealPath().resolve("mon cours"));
        killDuringInstall(home);

        var first = CompletableFuture.supplyAsync(() -> quietly(home));
        var second = CompletableFuture.supplyAsync(() -> quietly(home));
        assertEquals(0, first.get().exitCode(), first.get().toString());
        assertEquals(0, second.get().exitCode(), second.get().toString());
        var both = first.get().out() + second.get().out();
        assertEquals(1, both.split("Noyau Java", -1).length - 1, "chaque étape une seule fois :\n" + both);
        kernelRuns(home);

        var moved = Files.move(home, home.resolveSibling("ailleurs"));
        var repair = setup(moved, Map.of("PIP_NO_INDEX", "1"), "--minimal"); // sans réseau
        assertEquals(0, repair.exitCode(), repair.toString());
        kernelRuns(moved);

        var cache = new Course(moved).kernelspec("java").resolve("kernel.aot");
        try (var file = FileChannel.open(cache, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
        kernelRuns(moved);
        assertTrue(setup(moved, "--minimal").out().contains("Démarrage rapide"), "le cache tronqué n'a pas été refait");
        assertFalse(setup(moved, "--minimal").out().contains("Démarrage rapide"), "le cache a été refait deux fois");

        var kernel = new Course(moved).kernelspec("java").resolve("kernel.jar");
        try (var file = FileChannel.open(kernel, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
        assertTrue(setup(moved, "--minimal").out().contains("Noyau Java"), "le jar tronqué n'a pas été refait");
        kernelRuns(moved);

        var venv = new Venv(new Course(moved));
        assertTrue(venv.isReady());
        Folders.deleteTree(venv.sitePackages().resolve("jupyterlab"));
        assertFalse(venv.isReady(), "JupyterLab a disparu de .venv, et rien n'a été vu");
        Folders.deleteTree(moved);
    }

    private static Shell.Result quietly(Path home) {
        try {
            return setup(home, "--minimal");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** pip a commencé quand le journal de sa sortie existe et que .venv a son Python : on tue alors sans préavis. */
    private static void killDuringInstall(Path home) throws Exception {
        var process = Shell.builder(home, Map.of(), home.resolve("jbangw").toString(), "setup")
                .redirectErrorStream(true).redirectOutput(home.resolve("killed.txt").toFile()).start();
        var python = new Course(home).python();
        while (process.isAlive() && process.descendants().noneMatch(p -> p.info().command().isPresent()
                && p.info().arguments().map(a -> String.join(" ", a).contains("pip install")).orElse(false))) {
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        assertTrue(process.isAlive() && Files.exists(python), Files.readString(home.resolve("killed.txt")));
        process.destroyForcibly().waitFor();
    }

    /** Le noyau installé, par le client de Jupyter : il démarre, calcule et s'arrête. */
    private static void kernelRuns(Path home) throws Exception {
        var result = Shell.run(home, Map.of(), new Course(home).python().toString(), "-I", "-c", """
                from jupyter_client.manager import start_new_kernel
                manager, client = start_new_kernel(kernel_name="java", startup_timeout=60)
                reply = client.execute_interactive("6 * 7", timeout=60, output_hook=lambda m: print(m["content"].get("data", {})))
                manager.shutdown_kernel()
                """);
        assertTrue(result.out().contains("'text/plain': '42'"), result.toString());
    }

    @Test
    @DisplayName("pas de Python : une phrase, et un échec")
    void missingPython(@TempDir Path temporary) throws Exception {
        var home = Shell.freshClone(temporary.resolve("cours"));
        var bin = Files.createDirectories(temporary.resolve("bin"));
        var result = setup(home, Map.of("PATH", Shell.bareTools(bin), "JAVA_HOME", Course.jdk().toString()));
        assertNotEquals(0, result.exitCode());
        assertTrue(result.err().contains("Aucun Python 3.10"), result.toString());
        assertFalse(result.err().contains("Exception"), result.err());
    }

    @Test
    @DisplayName("une option inconnue : une phrase et le code 2")
    void unknownOption() throws Exception {
        var result = setup(Shell.course(), "--rapide");
        assertEquals(2, result.exitCode());
        assertTrue(result.err().contains("--rapide"), result.err());
    }
}
