package kernel.assist;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import jdk.jshell.SourceCodeAnalysis;

/**
 * L'index que JShell dresse dès qu'il démarre, dans un thread à lui : les 28 000 classes du JDK, pour compléter un nom de paquet et
 * proposer un import. C'est une demi-seconde de calcul et 15 Mo, dont une cellule n'a pas besoin : l'index attend qu'on le demande.
 *
 * <p>Un pari sur JShell : dans le JDK 25, {@code jdk.jshell.SourceCodeAnalysisImpl.refreshIndexes} s'exécute dans un thread à part, et
 * demande d'abord où est le JDK. Seul ce thread-là attend ici, reconnu à sa pile : aucun autre ne peut rester bloqué. Si JShell change,
 * l'index se dresse tout de suite, et le noyau démarre moins vite.
 */
public final class DeferredIndex {
    private static final int WAIT_MILLIS = 20;
    private static final int PATIENCE_SECONDS = 10;
    private static final StackWalker STACK = StackWalker.getInstance();

    private final CountDownLatch wanted = new CountDownLatch(1);
    private volatile boolean forgone;
    private boolean ready;

    /** Le même gestionnaire de fichiers, qui fait attendre le thread qui dresse l'index. */
    public StandardJavaFileManager hold(StandardJavaFileManager files) {
        InvocationHandler handler = (_, method, arguments) -> {
            boolean jdk = method.getName().equals("getLocationAsPaths") && arguments[0] == StandardLocation.PLATFORM_CLASS_PATH;
            if (jdk && isIndexing()) {
                wanted.await();
                if (forgone) throw new IllegalStateException("index abandonné");        // JShell s'en passe
            }
            try {
                return method.invoke(files, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (StandardJavaFileManager) Proxy.newProxyInstance(DeferredIndex.class.getClassLoader(),
                new Class<?>[] {StandardJavaFileManager.class}, handler);
    }

    private static boolean isIndexing() {
        return STACK.walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals("jdk.jshell.SourceCodeAnalysisImpl")
                && frame.getMethodName().equals("refreshIndexes")));
    }

    /**
     * Cette session se passera de l'index. Un seul thread dresse ceux de toutes les sessions, l'un après l'autre : sans cela, il attendrait
     * ici pour toujours.
     */
    public void forgo() {
        forgone = true;
        want();
    }

    /** Fait dresser l'index, en arrière-plan. Ne bloque pas. */
    void want() {
        wanted.countDown();
    }

    /**
     * Attend que l'index soit dressé ; une interruption abrège l'attente.
     *
     * @return faux s'il l'était déjà : il n'apprendra rien de plus
     */
    boolean await(SourceCodeAnalysis analysis) {
        if (ready) return false;
        want();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (!analysis.listQualifiedNames("Index", 5).isUpToDate() && System.nanoTime() < deadline) Thread.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ready = true;
        return true;
    }
}
