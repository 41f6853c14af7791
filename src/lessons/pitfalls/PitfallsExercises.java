//SOURCES ../Exercise.java ../Patience.java
package lessons.pitfalls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lessons.Exercise.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.Thread.State;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import lessons.Patience;

/** Les vérifications de la leçon 3. Chacune provoque la panne, et regarde ce que la réponse en fait. */
public final class PitfallsExercises {

    /** L'exercice 1 : fait le travail, une place prise le temps qu'il dure. */
    @FunctionalInterface
    public interface Limited {
        String call(BlockingQueue<Object> places, Callable<String> work) throws Exception;
    }

    /** L'exercice 2 : lance la tâche en arrière-plan, et rapporte son échec. */
    @FunctionalInterface
    public interface Watched {
        Future<String> start(Callable<String> task, Consumer<Throwable> report) throws Exception;
    }

    /** L'exercice 3 : répond à chaque ligne, jusqu'à la fin du flux. */
    @FunctionalInterface
    public interface Lines {
        void answer(Socket socket) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);      // un filet : chaque attente a sa limite, bien plus courte
    private static final long SOON = 1500;                        // millisecondes : ce qui doit arriver est arrivé bien avant
    private static final long QUIET = 250;                        // millisecondes : ce qui ne doit pas arriver serait arrivé avant

    private PitfallsExercises() {}

    /** Les threads où la réponse de l'élève s'exécute. */
    private static final List<Thread> threads = new CopyOnWriteArrayList<>();

    /** Une vérification ; quand elle rend la main, les threads de la réponse ont fini, s'ils écoutent une interruption. */
    private static Verdict checked(String success, Steps steps) throws InterruptedException {
        return check(success, LIMIT, () -> {
            try {
                steps.run();
            } finally {
                for (var thread : threads) {
                    thread.interrupt();
                    thread.join(QUIET);
                }
                threads.clear();
            }
        });
    }

    // ---------------------------------------------------------------- exercice 1

    public static Verdict limited(Limited answer) throws InterruptedException {
        return checked("une place est toujours rendue : après un succès, une exception, une erreur ou une annulation.", () -> {
            success(answer);
            for (var failure : List.of(new IOException("panne"), new StackOverflowError("panne"))) failure(answer, failure);
            crowd(answer);
            cancelledWhileWaiting(answer);
        });
    }

    private static void success(Limited answer) throws Exception {
        var places = new ArrayBlockingQueue<Object>(1);
        var seen = new CopyOnWriteArrayList<Integer>();
        var call = start(() -> answer.call(places, () -> {
            seen.add(places.size());
            return "fait";
        }));
        var result = result(call, "votre méthode ne rend pas la main, alors que la place était libre.");
        require(!seen.isEmpty(), "work n’a pas été appelé : c’est lui qui fait le travail.");
        require(seen.size() == 1, "work a été appelé %d fois, au lieu d’une.".formatted(seen.size()));
        require(seen.getFirst() == 1,
                "pendant le travail, la file est vide : prenez une place avant de commencer, et gardez-la jusqu’à la fin.");
        require("fait".equals(result), "votre méthode rend « %s » au lieu du résultat de work.".formatted(result));
        require(places.isEmpty(), "après un travail réussi, la place n’est pas rendue.");
    }

    private static void failure(Limited answer, Throwable failure) throws Exception {
        var places = new ArrayBlockingQueue<Object>(1);
        var call = start(() -> answer.call(places, () -> {
            if (failure instanceof Error error) throw error;
            throw (Exception) failure;
        }));
        Throwable seen = null;
        try {
            get(call, "votre méthode ne rend pas la main quand work échoue.");
        } catch (ExecutionException e) {
            seen = e.getCause();
        }
        var name = failure instanceof Error ? "une erreur (" + failure.getClass().getSimpleName() + ")" : "une exception";
        require(places.isEmpty(), "quand work lance %s, la place n’est pas rendue : le prochain attendra pour toujours.".formatted(name));
        require(seen != null, "work a lancé %s, et votre méthode n’en dit rien : laissez-la passer.".formatted(name));
        require(seen == failure, "work a lancé %s, et votre méthode lance %s à la place : laissez passer l’original.".formatted(name,
                seen.getClass().getSimpleName()));
    }

    /** Deux places, quatre travaux : deux entrent, puis un autre par place rendue. */
    private static void crowd(Limited answer) throws Exception {
        var places = new ArrayBlockingQueue<Object>(2);
        var inside = new LinkedBlockingQueue<CountDownLatch>();   // pour chaque travail qui commence, de quoi le faire finir
        var over = new AtomicBoolean();
        Callable<String> work = () -> {
            var finish = new CountDownLatch(over.get() ? 0 : 1);
            inside.add(finish);
            if (!over.get()) finish.await();
            return "fait";
        };
        var calls = Stream.generate(() -> start(() -> answer.call(places, work))).limit(4).toList();
        var entered = new ArrayList<CountDownLatch>();
        try {
            for (int i = 0; i < 2; i++) entered.add(next(inside, SOON, "deux places sont libres, et pourtant deux travaux n’ont jamais "
                    + "lieu à la fois."));
            require(poll(inside, QUIET) == null,
                    "trois travaux à la fois pour deux places : quand la file est pleine, il faut attendre.");
            entered.getFirst().countDown();
            entered.add(next(inside, SOON, "un travail a fini, et celui qui attendait sa place n’entre pas."));
            require(poll(inside, QUIET) == null,
                    "un travail a fini, et deux sont entrés : vous rendez plus de places que vous n’en avez pris.");
        } finally {
            over.set(true);
            entered.forEach(CountDownLatch::countDown);
            inside.forEach(CountDownLatch::countDown);
        }
        for (var call : calls) result(call, "quatre travaux pour deux places : le dernier n’a pas fini, ou n’est jamais entré.");
        require(places.isEmpty(), "les travaux ont fini, et des places restent prises : %d.".formatted(places.size()));
    }

    private static CountDownLatch next(BlockingQueue<CountDownLatch> inside, long millis, String missing) throws InterruptedException {
        var finish = poll(inside, millis);
        require(finish != null, missing);
        return finish;
    }

    private static CountDownLatch poll(BlockingQueue<CountDownLatch> inside, long millis) throws InterruptedException {
        CountDownLatch found = null;
        for (var patience = patience(millis); found == null && patience.lasts();)
            found = inside.poll(patience.left().toMillis() + 1, TimeUnit.MILLISECONDS);
        return found;
    }

    private static Patience patience(long millis) {
        return new Patience(Duration.ofMillis(millis));
    }

    /** Une place : le premier la garde, le second est interrompu pendant qu'il attend. */
    private static void cancelledWhileWaiting(Limited answer) throws Exception {
        var places = new ArrayBlockingQueue<Object>(1);
        var inside = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        var first = start(() -> answer.call(places, () -> {
            inside.countDown();
            finish.await();
            return "fait";
        }));
        try {
            require(patience(SOON).await(inside), "un travail n’a pas commencé, alors que la place était libre.");
            var second = start(() -> answer.call(places, () -> "entré"));
            awaitWaiting(second.thread);
            second.thread.interrupt();
            try {
                get(second, "une tâche est interrompue pendant qu’elle attend sa place, et continue d’attendre : laissez passer "
                        + "InterruptedException.");
                require(false, "une tâche interrompue pendant qu’elle attendait a quand même fait son travail, ou fini sans rien dire.");
            } catch (ExecutionException e) {
                require(e.getCause() instanceof InterruptedException,
                        "une tâche interrompue pendant qu’elle attend doit lancer InterruptedException, et non %s."
                                .formatted(e.getCause().getClass().getSimpleName()));
            }
            require(places.size() == 1,
                    "une tâche annulée pendant qu’elle attendait a rendu la place d’une autre : ne rendez que ce que vous avez pris.");
        } finally {
            finish.countDown();
        }
        result(first, "un travail ne finit pas, après l’annulation d’un autre.");
        require(places.isEmpty(),
                "tous les travaux ont fini, et une place reste prise : celle d’une tâche annulée pendant qu’elle attendait.");
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        for (var patience = patience(SOON / 2); patience.lasts(); Thread.sleep(1))
            if (thread.getState() == State.WAITING || !thread.isAlive()) return;
    }

    // ---------------------------------------------------------------- exercice 2

    public static Verdict watched(Watched answer) throws InterruptedException {
        return checked("un échec d’arrière-plan est dit, une fois, avec sa cause, et la future le garde.", () -> {
            runs(answer);
            for (var failure : List.of(new IOException("panne"), new AssertionError("panne"))) fails(answer, failure);
            cancelled(answer);
        });
    }

    /** Une tâche que la vérification retient, et ce que la réponse en rapporte. */
    private static final class Trial {
        final CountDownLatch started = new CountDownLatch(1);
        final CountDownLatch finish = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CopyOnWriteArrayList<Throwable> reports = new CopyOnWriteArrayList<>();
        final CountDownLatch reported = new CountDownLatch(1);
        volatile int runs;

        Future<String> start(Watched answer, Throwable failure) throws Exception {
            var call = PitfallsExercises.start(() -> answer.start(() -> task(failure), this::report));
            try {
                var future =
                        get(call, "votre méthode attend la fin de la tâche : l’appelant reste bloqué. Faites attendre un autre thread, "
                                + "ou personne.");
                require(future != null, "votre méthode rend null : rendez la future de la tâche.");
                require(patience(SOON).await(started), "la tâche n’a pas commencé : donnez-la à un thread.");
                return future;
            } catch (Throwable e) {
                finish.countDown();
                throw e;
            }
        }

        private synchronized String task(Throwable failure) throws Exception {
            threads.add(Thread.currentThread());
            runs++;
            started.countDown();
            try {
                finish.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            if (failure instanceof Error error) throw error;
            if (failure instanceof Exception exception) throw exception;
            return "fait";
        }

        private void report(Throwable failure) {
            reports.add(failure == null ? new NullPointerException("null") : failure);
            reported.countDown();
        }

        boolean silent() throws InterruptedException {
            return !patience(QUIET).await(reported);
        }
    }

    private static void runs(Watched answer) throws Exception {
        var trial = new Trial();
        var future = trial.start(answer, null);
        trial.finish.countDown();
        require("fait".equals(result(future, "la tâche a réussi, et sa future ne finit pas.")),
                "la future ne rend pas le résultat de la tâche.");
        require(trial.silent(), "la tâche a réussi, et report a quand même été appelé.");
        require(trial.runs == 1, "la tâche a été exécutée %d fois, au lieu d’une.".formatted(trial.runs));
    }

    private static void fails(Watched answer, Throwable failure) throws Exception {
        var trial = new Trial();
        var future = trial.start(answer, failure);
        require(trial.silent(), "report est appelé avant que la tâche ait fini.");
        trial.finish.countDown();
        var name = failure instanceof Error ? "une erreur (" + failure.getClass().getSimpleName() + ")" : "une exception";
        require(patience(SOON).await(trial.reported),
                "la tâche a lancé %s, et report n’en a rien su. Qui demande à la future, une fois la tâche finie ?".formatted(name));
        var report = trial.reports.getFirst();
        require(!wraps(report, failure), "report a reçu %s, qui enveloppe la vraie raison : donnez-lui sa cause."
                .formatted(report.getClass().getSimpleName()));
        require(report == failure, "report a reçu « %s », au lieu de l’exception de la tâche.".formatted(report));
        Thread.sleep(Patience.stretched(Duration.ofMillis(QUIET / 2)));
        require(trial.reports.size() == 1, "report a été appelé %d fois pour un seul échec.".formatted(trial.reports.size()));
        try {
            get(future, "la tâche a échoué, et sa future ne finit pas.");
            require(false, "la tâche a échoué, et sa future l’a oublié : get rend un résultat. Relancez l’exception après l’avoir dite.");
        } catch (ExecutionException e) {
            require(root(e) == failure, "la future garde « %s », au lieu de l’exception de la tâche.".formatted(e.getCause()));
        }
    }

    private static void cancelled(Watched answer) throws Exception {
        var trial = new Trial();
        var future = trial.start(answer, null);
        future.cancel(true);
        try {
            require(patience(SOON).await(trial.interrupted),
                    "cancel(true) sur la future n’arrête pas la tâche : elle continue.");
            require(trial.silent(), "la tâche a été annulée, et report a été appelé : une annulation n’est pas un échec.");
        } finally {
            trial.finish.countDown();
        }
    }

    private static boolean wraps(Throwable report, Throwable failure) {
        return report != failure && root(report) == failure;
    }

    private static Throwable root(Throwable failure) {
        return (failure instanceof ExecutionException || failure instanceof CompletionException) && failure.getCause() != null
                ? root(failure.getCause())
                : failure;
    }

    // ---------------------------------------------------------------- exercice 3

    public static Verdict lines(Lines answer) throws InterruptedException {
        return checked("une ligne est un message, qu’elle arrive en morceaux ou avec d’autres.", () -> {
            try (var wire = new Wire()) {
                var call = start(() -> {
                    answer.answer(wire.server());
                    return "";
                });
                new Talk(wire, call).run();
            }
        });
    }

    /** Ce que dit le client, et ce qu'il attend en retour. */
    private record Talk(Wire wire, Attempt<String> call) {

        private static final String CLOSED = "";                  // ce que lit le client quand la connexion est fermée

        void run() throws Exception {
            same("Bonjour\n", "Bonjour", "la ligne « Bonjour »");
            var early = ask("en morceau", QUIET);
            require(!CLOSED.equals(early), "vous fermez la connexion après la première ligne : le client n’a pas fini.");
            require(early == null, "le client n’a envoyé que « en morceau », et vous répondez déjà « %s » : attendez la fin de la ligne."
                    .formatted(early));
            same("x\n", "en morceaux", "une ligne arrivée en deux morceaux");
            same("un\ndeux\n", "un", "deux lignes arrivées ensemble");
            same("", "deux", "deux lignes arrivées ensemble, pour la seconde");
            send(Arrays.copyOf("été\n".getBytes(UTF_8), 1));
            Thread.sleep(QUIET / 5);
            send(Arrays.copyOfRange("été\n".getBytes(UTF_8), 1, "été\n".getBytes(UTF_8).length));
            same("", "été", "une ligne dont les octets d’un accent arrivent séparés");
            same("x".repeat(10_000) + "\n", "x".repeat(10_000), "une ligne de 10 000 caractères");

            wire.client().shutdownOutput();
            var more = read(SOON);
            require(more == null || more.equals(CLOSED), "le client a fini d’envoyer, et vous répondez encore « %s ».".formatted(more));
            result(call, "le client a fini d’envoyer, et votre méthode ne finit pas.");
            require(wire.server().isClosed(), "votre méthode finit sans fermer la connexion.");
        }

        /** Envoie ce texte, et exige la réponse à cette ligne. */
        private void same(String text, String line, String what) throws Exception {
            var reply = ask(text, SOON);
            require(!CLOSED.equals(reply), "%s : vous fermez la connexion sans répondre, alors que le client attend.".formatted(what));
            require(reply != null, ("%s : pas de réponse, ou une réponse sans fin de ligne. Répondez à chaque ligne dès "
                    + "qu’elle est entière, sans attendre la suite.").formatted(what));
            require(reply.equals("reçu : " + line), "%s : vous répondez « %s » au lieu de « reçu : %s »."
                    .formatted(what, shortened(reply), shortened(line)));
        }

        private String ask(String text, long millis) throws Exception {
            send(text.getBytes(UTF_8));
            return read(millis);
        }

        private void send(byte[] bytes) throws Exception {
            try {
                wire.client().getOutputStream().write(bytes);
            } catch (IOException e) {
                if (call.isDone()) result(call, "");              // sa propre exception en dit plus
            }
        }

        /** La prochaine ligne que reçoit le client ; null s'il n'en vient pas d'entière à temps. */
        private String read(long millis) throws Exception {
            var bytes = new ByteArrayOutputStream();
            var patience = patience(millis);
            try {
                for (int next; (next = next(patience)) != '\n'; bytes.write(next)) if (next < 0) return closed();
                return bytes.toString(UTF_8).replaceFirst("\r$", "");
            } catch (SocketTimeoutException e) {
                if (call.isDone()) result(call, "");
                return bytes.size() == 0 || millis == SOON ? null : bytes.toString(UTF_8);
            } catch (IOException e) {
                return closed();
            }
        }

        private int next(Patience patience) throws IOException, InterruptedException {
            for (;;)
                try {
                    wire.client().setSoTimeout((int) patience.left().toMillis() + 1);      // 0 : sans limite
                    return wire.client().getInputStream().read();
                } catch (SocketTimeoutException e) {
                    if (!patience.lasts()) throw e;
                }
        }

        private String closed() throws Exception {
            result(call, "votre méthode ferme la connexion, et ne finit pas.");
            return CLOSED;
        }

        private static String shortened(String text) {
            return text.length() < 50 ? text : text.substring(0, 40) + "… (" + text.length() + " caractères)";
        }
    }

    // ---------------------------------------------------------------- appeler une réponse

    /** Un appel de la réponse, dans son thread. */
    private static final class Attempt<T> extends FutureTask<T> {
        Thread thread;

        Attempt(Callable<T> call) {
            super(call);
        }
    }

    private static <T> Attempt<T> start(Callable<T> call) {
        var attempt = new Attempt<>(call);
        attempt.thread = Thread.ofPlatform().daemon().name("exercice").start(attempt);     // une boucle sans fin n'y retient pas un porteur
        threads.add(attempt.thread);
        return attempt;
    }

    /** Attend la fin ; passé une seconde, davantage si la machine est occupée, interrompt le thread et dit ce qui manque. */
    private static <T> T get(Future<T> call, String missing) throws ExecutionException, InterruptedException {
        try {
            return patience(SOON).get(call);
        } catch (TimeoutException e) {
            call.cancel(true);
            require(false, missing);
            throw new AssertionError();
        }
    }

    /** Comme {@link #get} ; une exception de la réponse est dite à l'élève telle quelle. */
    private static <T> T result(Future<T> call, String missing) throws Exception {
        try {
            return get(call, missing);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) throw error;
            throw (Exception) e.getCause();
        }
    }
}
