package kernel.run;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ForkJoinWorkerThreadFactory;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * Les threads du pool commun : ceux du JDK, sauf que leur chargeur de classes est celui des cellules. {@code ServiceLoader} y trouve donc
 * ce qu'un {@code //DEPS} a apporté, un pilote de base de données par exemple. La JVM crée un objet de cette classe, d'après une propriété
 * (documentation de {@link ForkJoinPool}) ; si elle l'ignorait, elle prendrait sa propre fabrique.
 */
public final class CommonPoolThreads implements ForkJoinWorkerThreadFactory {
    private static volatile ClassLoader loader;

    /** À faire avant que rien ne se serve du pool commun, ni d'un thread virtuel. */
    public static void install() {
        System.setProperty("java.util.concurrent.ForkJoinPool.common.threadFactory", CommonPoolThreads.class.getName());
    }

    /** Le chargeur de classes des threads à venir. */
    static void loadWith(ClassLoader loader) {
        CommonPoolThreads.loader = loader;
    }

    @Override
    public ForkJoinWorkerThread newThread(ForkJoinPool pool) {
        // comme ceux du JDK, ils n'héritent d'aucune variable de thread, et n'en gardent aucune d'une tâche à l'autre
        var thread = new ForkJoinWorkerThread(null, pool, false) {};
        if (loader != null) thread.setContextClassLoader(loader);
        return thread;
    }
}
