package lessons.sharing;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Plusieurs threads pour une même tâche. */
public final class Crowd {

    /** Ce que fait chaque thread. */
    @FunctionalInterface
    public interface Job {
        void run() throws Exception;
    }

    private Crowd() {}

    /**
     * Fait exécuter cette tâche par {@code count} nouveaux threads, et attend leur fin. Une interruption les interrompt tous.
     *
     * @param kind la sorte de threads : {@code Thread.ofPlatform()} ou {@code Thread.ofVirtual()}
     * @throws ExecutionException si l'un échoue ; la cause est son exception
     */
    public static void together(int count, Thread.Builder kind, Job job) throws InterruptedException, ExecutionException {
        Callable<Void> call = () -> {
            job.run();
            return null;
        };
        try (var threads = Executors.newThreadPerTaskExecutor(kind.factory())) {
            for (var answer : threads.invokeAll(Collections.nCopies(count, call))) answer.get();
        }
    }
}
