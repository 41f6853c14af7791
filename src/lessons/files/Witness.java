package lessons.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ce qu'a vu un témoin, qui relit un fichier sans cesse pendant qu'un autre thread l'écrit.
 *
 * @param reads le nombre de ses lectures
 * @param partial celles où le fichier manquait, ou n'était pas entier
 */
public record Witness(int reads, int partial) {

    private static final int FEW = 20;                   // lectures, au moins

    /**
     * Écrit le fichier {@code times} fois, pendant que le témoin le relit dans un thread de plateforme ; continue tant que celui-ci n'a pas
     * lu vingt fois. Bloque jusqu'à la fin des écritures.
     *
     * @param file un fichier déjà entier : chaque écriture lui rend la même taille
     */
    public static Witness during(int times, Path file, Callable<?> write) throws Exception {
        long size = Files.size(file);
        var reads = new AtomicInteger();
        var partial = new AtomicInteger();
        var reader = Thread.ofPlatform().daemon().name("témoin").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                if (length(file) != size) partial.incrementAndGet();
                reads.incrementAndGet();
            }
        });
        try {
            for (int i = 0; i < times || reads.get() < FEW && reader.isAlive(); i++) write.call();
        } finally {
            reader.interrupt();
            reader.join();
        }
        return new Witness(reads.get(), partial.get());
    }

    /** Le nombre d'octets que l'on peut lire maintenant ; -1 si le fichier n'est pas là. */
    private static long length(Path file) {
        try {
            return Files.readAllBytes(file).length;
        } catch (IOException absent) {
            return -1;
        }
    }

    @Override
    public String toString() {
        return "%d lectures, dont %d incomplètes".formatted(reads, partial);
    }
}
