package lessons.ssh;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.util.threads.NoCloseExecutor;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Les entrées-sorties de MINA, telles quelles, à une chose près : le dernier octet d'une connexion, lu à l'instant même où l'on ferme
 * tout, est oublié sans bruit.
 *
 * <p>Sans cela, un thread du JDK ({@code sun.nio.ch.EPollPort}, JDK 25) confie ce qu'il vient de lire à un exécuteur que
 * {@code Nio2ServiceFactory} (MINA SSHD 2.20.0) a déjà fermé, et qui refuse : {@code Executor has been shut down} s'affiche alors sous la
 * cellule, bien que rien n'ait échoué. Un vrai échec, lui, arrive par la session, comme avant.
 */
final class SshIo extends Nio2ServiceFactoryFactory {

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        var threads = ThreadUtils.newFixedThreadPool(manager + "-nio2", CoreModuleProperties.NIO_WORKERS.getRequired(manager));
        return new Nio2ServiceFactory(manager, new Pool(threads), null);
    }

    /** Ces threads ; fermé, il oublie ce qu'on lui confie. MINA n'enveloppe pas un {@link NoCloseExecutor} : c'est lui que le JDK voit. */
    private static final class Pool extends NoCloseExecutor {

        private Pool(ExecutorService threads) {
            super(threads);
        }

        /** Sans l'exception que {@link NoCloseExecutor} lance : les threads de MINA, arrêtés, oublient ce qui vient encore. */
        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }

        /** Tout le monde passe ici : {@code shutdown} et {@code shutdownNow} aussi. */
        @Override
        public CloseFuture close(boolean immediately) {
            executor.shutdownNow();
            return super.close(immediately);
        }

        @Override
        public boolean isTerminated() {
            return executor.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return executor.awaitTermination(timeout, unit);
        }
    }
}
