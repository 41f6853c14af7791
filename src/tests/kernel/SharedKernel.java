package kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Des tests qui partagent un noyau. Un test qui le laisse occupé ou mort n'entraîne pas les suivants : ils en ont un neuf. */
public abstract class SharedKernel {
    /** Comme la racine d'un cours ; les notebooks sont dans {@code notebooks}. */
    @TempDir
    protected static Path home;

    protected static KernelClient kernel;

    @BeforeAll
    static void startKernel() throws Exception {
        kernel = KernelClient.start(Files.createDirectory(home.resolve("notebooks")));
    }

    @AfterAll
    static void stopKernel() throws Exception {
        if (kernel != null) kernel.close();
    }

    @AfterEach
    void replaceKernelIfStuck() throws Exception {
        if (!kernel.isIdle()) renewKernel();
    }

    /** Un autre noyau prend la place de celui-ci, dans le même dossier. */
    protected static void renewKernel() throws Exception {
        kernel.close();
        kernel = KernelClient.start(kernel.workingFolder());
    }
}
