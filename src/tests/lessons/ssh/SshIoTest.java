package lessons.ssh;

import static org.junit.jupiter.api.Assertions.*;

import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.util.threads.ExecutorServiceCarrier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("leçon 10, les entrées-sorties de MINA")
class SshIoTest {

    @Test
    @DisplayName("fermées, elles oublient sans bruit ce que le JDK leur confie encore, et leurs threads ont fini")
    void late() throws Exception {
        var io = new SshIo().create(SshClient.setUpDefaultClient());
        var pool = ((ExecutorServiceCarrier) io).getExecutorService();
        pool.submit(() -> {}).get();
        io.close(true).await();
        assertDoesNotThrow(() -> pool.execute(() -> fail("exécuté après la fermeture")));
        assertTrue(pool.isTerminated());
        assertTrue(pool.isShutdown());
    }
}
