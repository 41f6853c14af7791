package lessons.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Un travail qui dure, et qui sait dire s'il a été interrompu ou s'il est allé à son terme. Ne sert qu'une fois. */
public final class LongJob implements Runnable {

    private final Duration length;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean interrupted;

    /** @param millis ce que dure le travail, en millisecondes */
    public LongJob(int millis) {
        length = Duration.ofMillis(millis);
    }

    @Override
    public void run() {
        started.countDown();
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        ended.countDown();
    }

    /** Attend qu'un thread ait commencé ce travail. */
    public void awaitStart() throws InterruptedException {
        started.await();
    }

    /** Attend la fin, et dit laquelle : {@code allé à son terme}, ou {@code interrompu}. */
    public String end() throws InterruptedException {
        ended.await();
        return interrupted ? "interrompu" : "allé à son terme";
    }
}
