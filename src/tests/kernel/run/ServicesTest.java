package kernel.run;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ce que {@code ServiceLoader} trouve dans le chargeur de classes du thread : les bibliothèques des cellules, où que soit leur code. */
@DisplayName("Services des bibliothèques")
class ServicesTest extends SharedKernel {
    private static final String H2 = "//DEPS com.h2database:h2:2.3.232\n";
    private static final String PRODUCT =
            "java.sql.DriverManager.getConnection(\"jdbc:h2:mem:essai\").getMetaData().getDatabaseProductName()";

    static List<Arguments> threads() {
        return List.of(
                Arguments.of("thread de la cellule", "asked.call()"),
                Arguments.of("pool commun", "CompletableFuture.supplyAsync(() -> quietly(asked)).join()"),
                Arguments.of("suite dans le pool commun",
                        "CompletableFuture.supplyAsync(() -> 1).thenApplyAsync(n -> quietly(asked)).join()"),
                Arguments.of("ForkJoinPool.commonPool()", "ForkJoinPool.commonPool().submit(asked).get()"),
                Arguments.of("flux parallèle", """
                        Stream.generate(() -> "").limit(64).parallel().map(s -> { pause(); return quietly(asked); })
                            .reduce((a, b) -> a.equals(b) ? a : a + " et " + b).get()"""),
                Arguments.of("ForkJoinPool", "new ForkJoinPool(1).submit(asked).get()"),
                Arguments.of("newWorkStealingPool", "Executors.newWorkStealingPool().submit(asked).get()"),
                Arguments.of("pool fixe", "Executors.newFixedThreadPool(1).submit(asked).get()"),
                Arguments.of("threads virtuels", "Executors.newVirtualThreadPerTaskExecutor().submit(asked).get()"),
                Arguments.of("thread virtuel", "inThread(Thread.ofVirtual(), asked)"),
                Arguments.of("thread de plateforme", "inThread(Thread.ofPlatform(), asked)"),
                Arguments.of("exécuteur retardé",
                        "CompletableFuture.supplyAsync(() -> quietly(asked), CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))"
                                + ".join()"),
                Arguments.of("délai dépassé",
                        "new CompletableFuture<String>().orTimeout(1, TimeUnit.MILLISECONDS).exceptionally(e -> quietly(asked)).join()"));
    }

    /** Un noyau neuf par cas : les plus communs. */
    static List<Arguments> firstUses() {
        return threads().stream().filter(use -> List.of("thread de la cellule", "pool commun", "flux parallèle").contains(use.get()[0]))
                .toList();
    }

    private static void declareHelpers(String asked) throws Exception {
        kernel.ok("""
                <T> T quietly(Callable<T> task) {
                    try { return task.call(); } catch (Exception e) { throw new IllegalStateException(e); }
                }
                <T> T inThread(Thread.Builder builder, Callable<T> task) throws Exception {
                    var future = new FutureTask<T>(task);
                    builder.start(future);
                    return future.get();
                }
                void pause() {
                    try { Thread.sleep(1); } catch (InterruptedException e) { throw new IllegalStateException(e); }
                }
                Callable<String> asked = () -> %s;""".formatted(asked));
    }

    @ParameterizedTest(name = "le chargeur du thread est celui des cellules : {0}")
    @MethodSource("threads")
    void contextClassLoader(String name, String call) throws Exception {
        declareHelpers("Thread.currentThread().getContextClassLoader().getName()");
        assertEquals("cellules", kernel.value(call));
    }

    @ParameterizedTest(name = "DriverManager et ServiceLoader y trouvent le pilote d''un //DEPS : {0}")
    @MethodSource("threads")
    void driverOfADependency(String name, String call) throws Exception {
        kernel.ok(H2 + "1");
        declareHelpers(PRODUCT + " + ServiceLoader.load(java.sql.Driver.class).findFirst().get().getClass().getSimpleName()");
        assertEquals("H2Driver", kernel.value(call));
    }

    @ParameterizedTest(name = "un premier usage de DriverManager sans pilote n''empêche pas le suivant : {0}")
    @MethodSource("firstUses")
    void beforeItsDependency(String name, String call) throws Exception {
        renewKernel();
        declareHelpers(PRODUCT);
        assertTrue(String.join("\n", kernel.fails(call).traceback()).contains("No suitable driver"));
        kernel.ok(H2 + "1");
        assertEquals("H2", kernel.value(call));
    }

    @Test
    @DisplayName("un chargeur que l'élève a donné à un thread y reste")
    void ownLoader() throws Exception {
        kernel.ok("""
                var pool = new ForkJoinPool(1);
                var mine = new URLClassLoader("mien", new URL[0], null);
                pool.submit(() -> Thread.currentThread().setContextClassLoader(mine)).get();""");
        assertEquals("mien", kernel.value("pool.submit(() -> Thread.currentThread().getContextClassLoader().getName()).get()"));
        kernel.ok("pool.close();");
    }

    @Test
    @DisplayName("les threads du pool commun n'héritent pas des variables du thread qui les fait naître")
    void commonPoolInheritsNothing() throws Exception {
        renewKernel();
        assertEquals("null", kernel.value("""
                var inherited = new InheritableThreadLocal<String>();
                inherited.set("hérité");
                CompletableFuture.supplyAsync(inherited::get).join()"""));
    }
}
