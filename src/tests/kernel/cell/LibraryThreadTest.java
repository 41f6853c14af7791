package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.SharedKernel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Les threads d'une bibliothèque gardent la cellule qui les a fait naître ; une lambda travaille pourtant pour celle qui l'a donnée. */
@DisplayName("Threads des bibliothèques")
class LibraryThreadTest extends SharedKernel {

    /** Trois vraies bibliothèques, dont les threads naissent ici, dans la première cellule. */
    @BeforeAll
    static void startLibraries() throws Exception {
        kernel.ok("""
                //DEPS io.vertx:vertx-core:5.0.12 io.projectreactor:reactor-core:3.7.17 io.reactivex.rxjava3:rxjava:3.1.10
                //DEPS org.slf4j:slf4j-nop:2.0.20
                import io.reactivex.rxjava3.core.Flowable;
                import io.vertx.core.Handler;
                import io.vertx.core.Vertx;
                import reactor.core.publisher.Flux;
                import reactor.core.publisher.Mono;""");
        kernel.ok("""
                var vertx = Vertx.vertx();
                var context = vertx.getOrCreateContext();
                var elastic = reactor.core.scheduler.Schedulers.newBoundedElastic(1, 100, "elastic");
                var computation = io.reactivex.rxjava3.schedulers.Schedulers.from(Executors.newFixedThreadPool(1));
                var ready = new CountDownLatch(4);
                context.runOnContext(v -> ready.countDown());
                vertx.executeBlocking(() -> 1).onComplete(r -> ready.countDown());
                elastic.schedule(ready::countDown);
                computation.scheduleDirect(ready::countDown);
                ready.await();
                Mono.delay(java.time.Duration.ofMillis(1)).block();""");
    }

    static List<Arguments> callbacks() {
        return List.of(
                Arguments.of("Vert.x, minuteur", "vertx.setTimer(1, id -> say());"),
                Arguments.of("Vert.x, minuteur donné par une tâche", "vertx.setTimer(1, id -> vertx.setTimer(1, again -> say()));"),
                Arguments.of("Vert.x, contexte", "context.runOnContext(v -> say());"),
                Arguments.of("Vert.x, code bloquant", "vertx.executeBlocking(() -> { say(); return 1; });"),
                Arguments.of("Vert.x, suite d'un Future", "vertx.executeBlocking(() -> 1).map(n -> n + 1).onSuccess(n -> say());"),
                Arguments.of("Vert.x, référence de sa méthode",
                        "Consumer<Handler<Void>> run = context::runOnContext;\nrun.accept(v -> say());"),
                Arguments.of("Vert.x, bus",
                        "{ var street = UUID.randomUUID().toString(); vertx.eventBus().consumer(street, m -> say()).completion()"
                                + ".onSuccess(v -> vertx.eventBus().send(street, \"\")); }"),
                Arguments.of("Reactor, délai", "Mono.delay(java.time.Duration.ofMillis(1)).subscribe(n -> say());"),
                Arguments.of("Reactor, autre thread", "Mono.fromRunnable(() -> say()).subscribeOn(elastic).subscribe();"),
                Arguments.of("Reactor, au milieu d'un flux",
                        "Flux.just(1).publishOn(elastic).doOnNext(n -> say()).map(n -> n + 1).subscribe();"),
                Arguments.of("Reactor, flux dans un flux",
                        "Flux.just(1).publishOn(elastic).flatMap(n -> Mono.just(n).doOnNext(m -> say())).subscribe();"),
                Arguments.of("RxJava, autre thread", "Flowable.just(1).observeOn(computation).subscribe(n -> say());"),
                Arguments.of("RxJava, intervalle",
                        "Flowable.interval(1, TimeUnit.MILLISECONDS, computation).take(1).map(n -> { say(); return n; }).subscribe();"),
                Arguments.of("RxJava, tâche", "computation.scheduleDirect(() -> say());"),
                Arguments.of("RxJava, référence de méthode", "computation.scheduleDirect(Say::now);"));
    }

    @ParameterizedTest(name = "une lambda écrit sous la cellule qui l''a donnée : {0}")
    @MethodSource("callbacks")
    void underTheGivingCell(String name, String give) throws Exception {
        kernel.ok("""
                class Say {
                    static CountDownLatch said = new CountDownLatch(1);
                    static void now() { System.out.println("dit"); said.countDown(); }
                }
                void say() { Say.now(); }""");
        var first = kernel.ok(give);
        first.awaitOutput("dit\n");
        kernel.ok("Say.said = new CountDownLatch(1);");
        var second = kernel.ok(give);
        second.awaitOutput("dit\n");
        var waiting = kernel.ok("Say.said.await();\nSystem.out.println(\"fin\");");
        assertEquals("dit\n", first.stdout());
        assertEquals("fin\n", waiting.stdout());
    }

    @Test
    @DisplayName("une lambda gardée dans une variable travaille pour la cellule qui la donne, non celle qui l'écrit")
    void writtenBeforeGiven() throws Exception {
        var writing = kernel.ok("Handler<Long> greet = id -> System.out.println(\"bonjour\");");
        var giving = kernel.ok("vertx.setTimer(1, greet);");
        giving.awaitOutput("bonjour\n");
        var again = kernel.ok("vertx.setTimer(1, greet);");
        again.awaitOutput("bonjour\n");
        assertEquals("bonjour\n", giving.stdout());
        assertEquals("", writing.stdout());
    }

    @Test
    @DisplayName("une lambda donnée se retire : elle est égale à elle-même")
    void removed() throws Exception {
        kernel.ok("Handler<io.vertx.core.eventbus.DeliveryContext<Object>> spy = c -> { System.out.println(\"vu\"); c.next(); };");
        var adding = kernel.ok("vertx.eventBus().addOutboundInterceptor(spy).publish(\"place\", \"un\");");
        adding.awaitOutput("vu\n");
        kernel.ok("vertx.eventBus().removeOutboundInterceptor(spy).publish(\"place\", \"deux\");");
        kernel.ok("var passed = new CountDownLatch(1);\ncontext.runOnContext(v -> passed.countDown());\npassed.await();");
        assertEquals("vu\n", adding.stdout());
    }

    @Test
    @DisplayName("une lambda qui échoue dans un thread de bibliothèque est dite sous la cellule qui l'a donnée")
    void failing() throws Exception {
        var giving =
                kernel.ok("\nFlowable.just(1).observeOn(computation).subscribe(n -> { throw new IllegalStateException(\"panne\"); });");
        giving.awaitErrors("panne").awaitErrors("cellule [" + giving.number() + "], ligne 2");
    }

    @Test
    @DisplayName("ce que la bibliothèque écrit elle-même au journal d'une lambda qui échoue aussi")
    void loggedByTheLibrary() throws Exception {
        var giving = kernel.ok("\nvertx.setTimer(1, id -> { throw new IllegalStateException(\"panne\"); });");
        giving.awaitErrors("java.lang.IllegalStateException : panne").awaitErrors("cellule [" + giving.number() + "], ligne 2");
        assertFalse(giving.stderr().contains("\tat "), giving.stderr());
    }

    @Test
    @DisplayName("ce qui n'est pas une lambda, et ce que la bibliothèque veut envoyer ailleurs, passe tel quel")
    void untouched() throws Exception {
        assertEquals("true", kernel.value("""
                var given = new Runnable() { public void run() { } };
                var kept = new java.util.concurrent.atomic.AtomicReference<Object>();
                Flowable.just(given).map(r -> { kept.set(r); return r; }).blockingSubscribe();
                kept.get() == given"""));
        assertEquals("true", kernel.value("""
                var sent = (Callable<Integer> & Serializable) () -> 1;
                var source = Flowable.fromCallable(sent);
                source.blockingFirst() == 1 && sent instanceof Serializable"""));
    }

    @Test
    @DisplayName("une lambda à plusieurs méthodes par défaut les garde")
    void defaultMethods() throws Exception {
        assertEquals("[3, 2, 1]", kernel.value("""
                Comparator<Integer> order = (a, b) -> Integer.compare(a, b);
                Flux.just(2, 3, 1).sort(order.reversed()).collectList().block()"""));
        assertEquals("[1, 2, 3]", kernel.value("Flux.just(2, 3, 1).sort((a, b) -> a - b).collectList().block()"));
    }

    @Test
    @DisplayName("le serveur HTTP du JDK aussi : un chemin ajouté par une autre cellule écrit sous elle")
    void httpContext() throws Exception {
        var serving = kernel.ok("""
                import com.sun.net.httpserver.*;
                var web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
                web.start();""");
        var adding = kernel.ok("""
                web.createContext("/", x -> {
                    System.out.println("reçu");
                    x.sendResponseHeaders(204, -1);
                    x.close();
                });""");
        kernel.ok("URI.create(\"http://127.0.0.1:\" + web.getAddress().getPort()).toURL().openStream().close();\nweb.stop(0);");
        adding.awaitOutput("reçu\n");
        assertEquals("", serving.stdout());
    }
}
