package kernel;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Démarrages à la chaîne")
class StartTest {
    private static final int STARTS = 100;
    private static final int AT_ONCE = 2;

    @Test
    @Timeout(1200)
    @DisplayName("cent démarrages et arrêts, à deux de front : aucun ne se fige, ni processus ni fichier temporaire ne reste")
    void manyStarts(@TempDir Path folder) throws Exception {
        try (var executor = Executors.newFixedThreadPool(AT_ONCE)) {
            var starts = IntStream.range(0, STARTS).mapToObj(n -> (Callable<Void>) () -> startAndStop(folder, n)).toList();
            for (var start : executor.invokeAll(starts)) start.get();
        }
    }

    /** Un noyau sur deux est arrêté par le protocole, l'autre par un signal ; un sur quatre n'a exécuté aucune cellule. */
    private static Void startAndStop(Path folder, int n) throws Exception {
        try (var client = KernelClient.start(folder)) {
            if (n % 4 != 0) assertEquals("" + (n + 1), client.value(n + " + 1"));
            if (n % 2 == 0) client.shutdown(false);
            else client.kernel().process().destroy();
            client.kernel().exitCode();
            assertEquals(List.of(), client.kernel().temporaryFiles(), "démarrage " + n);
            assertEquals(0, client.kernel().process().descendants().count(), "démarrage " + n);
        }
        return null;
    }
}
