package kernel;

import static org.junit.jupiter.api.Assertions.*;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.Course;

/** Le cache AOT ne fait que hâter le démarrage : quoi qu'il lui arrive, le noyau démarre, et n'en dit rien dans le terminal. */
@DisplayName("Cache de démarrage")
class StartCacheTest {

    private enum Fault {
        MISSING("absent") {
            @Override
            void spoil(Path cache) throws Exception {
                Files.delete(cache);
            }
        },
        EMPTY("vide") {
            @Override
            void spoil(Path cache) throws Exception {
                Files.write(cache, new byte[0]);
            }
        },
        TRUNCATED("tronqué") {
            @Override
            void spoil(Path cache) throws Exception {
                try (var file = new RandomAccessFile(cache.toFile(), "rw")) {
                    file.setLength(file.length() / 2);
                }
            }
        },
        NOT_A_CACHE("qui n'en est pas un") {
            @Override
            void spoil(Path cache) throws Exception {
                Files.writeString(cache, "ceci n'est pas un cache\n".repeat(10_000));
            }
        },
        OTHER_JVM("fait par un autre JDK : son en-tête nomme une autre JVM") {
            @Override
            void spoil(Path cache) throws Exception {
                byte[] bytes = Files.readAllBytes(cache);
                byte[] name = "JRE (".getBytes();
                int at = indexOf(bytes, name);
                assertTrue(at > 0 && at < 10_000, "l'en-tête ne nomme pas la JVM");
                bytes[at] = 'X';
                Files.write(cache, bytes);
            }
        },
        OTHER_JAR("fait pour un autre jar : le sien a changé depuis") {
            @Override
            void spoil(Path cache) throws Exception {
                Files.setLastModifiedTime(cache.resolveSibling("kernel.jar"), FileTime.from(Instant.EPOCH));
            }
        },
        READ_ONLY("dans un dossier en lecture seule") {
            @Override
            void spoil(Path cache) {
                cache.toFile().setReadOnly();
                cache.getParent().toFile().setReadOnly();
            }
        };

        private final String label;

        Fault(String label) {
            this.label = label;
        }

        abstract void spoil(Path cache) throws Exception;

        @Override
        public String toString() {
            return label;
        }
    }

    @ParameterizedTest(name = "le noyau démarre, sans un mot dans le terminal, avec un cache {0}")
    @EnumSource
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void startsAllTheSame(Fault fault, @TempDir Path folder) throws Exception {
        Path installed = Course.find().kernelspec("java");
        for (String name : new String[] {"kernel.jar", "kernel.aot"})
            Files.copy(installed.resolve(name), folder.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        fault.spoil(folder.resolve("kernel.aot"));
        try (var kernel = KernelClient.start(Files.createTempDirectory("notebook"), Map.of(),
                word -> word.replace(installed.toString(), folder.toString()))) {
            assertEquals("2", kernel.value("1 + 1"));
            kernel.shutdown(false);
            assertEquals(0, kernel.kernel().exitCode());
            assertEquals("", kernel.kernel().log());
        } finally {
            folder.toFile().setWritable(true);
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++)
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) return i;
        return -1;
    }
}
