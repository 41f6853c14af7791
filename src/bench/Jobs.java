package bench;

import asynchelpers.Throttle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * Beaucoup de tâches à la fois, en Java, dans un programme à part : {@link JobsBench} le lance, à côté de {@code jobs.py}, qui fait de même
 * avec asyncio. Écrit la durée, en secondes, et la plus grande mémoire occupée, en mébioctets, là où le système la dit.
 */
final class Jobs {
    private Jobs() {}

    /** @param args {@code sleep nombre}, des attentes d'une seconde ; ou {@code throttle nombre places}, des passages par un régulateur */
    public static void main(String... args) throws Exception {
        int count = Integer.parseInt(args[1]);
        Callable<Void> job = args[0].equals("sleep") ? Jobs::sleep : passing(new Throttle(Integer.parseInt(args[2])));
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var result : threads.invokeAll(Collections.nCopies(count, job))) result.get();
        }
        System.out.println("seconds=" + (System.nanoTime() - start) / 1e9);
        printMemory();
    }

    private static Void sleep() throws InterruptedException {
        Thread.sleep(1000);
        return null;
    }

    private static Callable<Void> passing(Throttle throttle) {
        return () -> {
            try (var _ = throttle.enter()) {
                return null;
            }
        };
    }

    private static void printMemory() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return;
        for (var line : Files.readAllLines(status))
            if (line.startsWith("VmHWM:")) System.out.println("memory=" + Long.parseLong(line.replaceAll("\\D", "")) / 1024);
    }
}
