package lessons.files;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Une foule : la même tâche, dans plusieurs threads virtuels qui partent ensemble. */
public final class Crowd {

    private Crowd() {}

    /**
     * Lance la même tâche dans {@code count} threads à la fois, et attend que toutes aient fini.
     *
     * @throws java.util.concurrent.ExecutionException si l'une échoue ; la cause est son exception. Interrompre l'appelant les interrompt
     *         toutes
     */
    public static void run(int count, Callable<?> task) throws Exception {
        var start = new CountDownLatch(1);
        var ends = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) ends.add(threads.submit(() -> {
                start.await();
                return task.call();
            }));
            start.countDown();
        }
        for (var end : ends) end.get();
    }
}
