//JAVA 25+
//DEPS org.zeromq:jeromq:0.6.0
//DEPS com.google.code.gson:gson:2.14.0
// javac reste chaud d’une cellule à l’autre, comme dans JShell : voir WarmCompiler.
//COMPILE_OPTIONS --add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED
//COMPILE_OPTIONS --add-exports=jdk.compiler/com.sun.tools.javac.code=ALL-UNNAMED
//COMPILE_OPTIONS --add-exports=jdk.compiler/com.sun.tools.javac.util=ALL-UNNAMED
//RUNTIME_OPTIONS --add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED
//RUNTIME_OPTIONS --add-exports=jdk.compiler/com.sun.tools.javac.code=ALL-UNNAMED
//RUNTIME_OPTIONS --add-exports=jdk.compiler/com.sun.tools.javac.util=ALL-UNNAMED
// De quoi changer le corps d'une méthode qui tourne : voir Redefinition.
//RUNTIME_OPTIONS -XX:-PrintWarnings -XX:+IgnoreUnrecognizedVMOptions -XX:+AllowRedefinitionToAddDeleteMethods
//RUNTIME_OPTIONS -XX:+EnableDynamicAgentLoading -Djdk.attach.allowAttachSelf=true
// Une cellule peut essayer ce que Java prépare : la concurrence structurée (StructuredTaskScope), par exemple.
//RUNTIME_OPTIONS --enable-preview
//SOURCES Attempt.java BlockEngine.java Directive.java Directives.java Evaluator.java History.java Imports.java JBang.java JShellEngine.java
//SOURCES Magics.java Options.java Rehearsal.java Requests.java Session.java Spare.java
//SOURCES assist/CodeAssist.java assist/CompileHints.java assist/DeferredIndex.java assist/Description.java assist/ErrorReport.java
//SOURCES assist/Habits.java assist/Hints.java assist/PlainWords.java assist/Redeclaration.java assist/Refusals.java
//SOURCES compile/Api.java compile/BlockCompiler.java compile/CellSplitter.java compile/Classpath.java compile/CompilerFiles.java
//SOURCES compile/Endless.java compile/OwnCode.java compile/Regions.java compile/Rewriter.java compile/Rewritten.java
//SOURCES compile/SourceCompiler.java compile/Surroundings.java compile/Syntax.java compile/WarmCompiler.java
//SOURCES run/Block.java run/BlockLoader.java run/CellClassLoader.java run/CellThread.java run/CommonPoolThreads.java run/Execution.java
//SOURCES run/Promises.java run/Redefinition.java run/SourceMap.java run/TaskCarrying.java run/TracePrinting.java run/Variables.java
//SOURCES run/Weaver.java
//SOURCES cell/Cell.java cell/CellError.java cell/CellLambdas.java cell/CellLogs.java cell/CellOutput.java cell/CellScreen.java
//SOURCES cell/CellValue.java cell/CurrentCell.java cell/OutputRouter.java cell/Rendering.java cell/StackTraces.java cell/Stdin.java
//SOURCES cell/StopCheck.java cell/TaskContext.java
//SOURCES protocol/Channels.java protocol/ConnectionFile.java protocol/curve25519.java
//SOURCES protocol/Json.java protocol/Message.java protocol/Wire.java
//SOURCES support/Heap.java support/Log.java support/SpareMemory.java support/TempFolder.java
//SOURCES ../display/Display.java ../display/Live.java ../display/PlainText.java ../display/Progress.java ../display/Rich.java
//SOURCES ../display/Screen.java ../display/Shown.java ../display/Table.java ../display/Timeline.java
// Le noyau Java du cours : Jupyter le lance avec le chemin d'un fichier de connexion. ./jbangw setup le construit.
package kernel;

import display.Display;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import kernel.cell.Cell;
import kernel.cell.CellLogs;
import kernel.cell.CellScreen;
import kernel.cell.CurrentCell;
import kernel.cell.OutputRouter;
import kernel.cell.Stdin;
import kernel.cell.StopCheck;
import kernel.compile.WarmCompiler;
import kernel.protocol.Channels;
import kernel.protocol.ConnectionFile;
import kernel.protocol.Json;
import kernel.protocol.Message;
import kernel.protocol.Wire;
import kernel.run.CommonPoolThreads;
import kernel.run.Redefinition;
import kernel.run.SourceMap;
import kernel.support.Heap;
import kernel.support.Log;
import kernel.support.SpareMemory;

/** Le noyau Jupyter du cours. Cette classe ne fait qu'assembler les autres ; README.md dit le chemin d'une cellule. */
public final class Kernel {
    /** Délai laissé aux crochets d'arrêt (un serveur embarqué, par exemple), en millisecondes. */
    private static final int EXIT_MILLIS = 4000;

    /** Délai laissé aux programmes que les cellules ont lancés pour finir, deux fois de suite, en millisecondes. */
    private static final int GOODBYE_MILLIS = 1000;

    /** Intervalle entre deux regards sur un processus qu'on attend, en millisecondes. */
    private static final int LOOK_MILLIS = 100;

    /** Le code de sortie d'un processus fini par un signal. */
    private static final int TERMINATED = 143;

    private final SourceMap sources = new SourceMap();
    private final FutureTask<Evaluator> evaluator = new FutureTask<>(() -> new Evaluator(sources));
    private final OutputRouter router = new OutputRouter();
    private volatile Channels channels;
    private boolean prepared;
    private boolean following;
    private volatile int status = TERMINATED;

    private Kernel() {}

    /**
     * @param args le chemin du fichier de connexion ; ou {@code --spare}, et ce chemin viendra par l'entrée standard : voir {@link Spare}.
     *             La suite est ignorée : {@code jupyter run} ajoute le nom de ses fichiers, dont il envoie lui-même le texte
     */
    public static void main(String[] args) {
        if (args.length == 0) {
            System.err.println(
                    "Usage : kernel.Kernel FICHIER_DE_CONNEXION, ou --spare. Jupyter lance ce noyau ; pour ouvrir le cours : ./jbangw lab");
            System.exit(2);
        }
        CommonPoolThreads.install();
        Thread.ofPlatform().name("kernel-preload").daemon().start(Kernel::preload);
        var kernel = new Kernel();
        String file = args[0];
        try {
            if (file.equals("--spare")) file = kernel.spare();
            kernel.run(ConnectionFile.read(Path.of(file)));
        } catch (IOException e) {
            System.err.println("Le noyau ne démarre pas : " + file + " : " + e.getMessage() + ".");
            System.exit(1);
        }
    }

    /** Se prépare, puis attend qu'on ait besoin de ce noyau ; rend le chemin de son fichier de connexion. */
    private String spare() throws IOException {
        followParent();
        var spare = new Spare();
        if (spare.rehearse(router)) prepare();
        while (prepared && !spare.isWanted() && warmUp()) {}
        if (!spare.isWanted()) Heap.release();
        return spare.await();
    }

    private boolean warmUp() {
        try {
            return evaluator.get().warmUp();
        } catch (InterruptedException | ExecutionException e) {
            return false;                                                        // la première cellule dira ce qui manque
        }
    }

    /** Charge ce qu'il faut pour ouvrir des ports et signer, pendant que le fichier de connexion se lit. */
    private static void preload() {
        SelectorProvider.provider();
        new Wire("préparation");
    }

    private void run(ConnectionFile connection) throws IOException {
        channels = new Channels(connection);
        if (!prepared) prepare();                                                // après les ports : les clients les attendent
        var stdin = new Stdin(channels);
        var requests = new Requests(channels, evaluator::get, router, stdin, () -> exit(0));
        CurrentCell.findAuthorsWith(sources::cell);
        router.install();
        CellLogs.install();
        System.setIn(stdin);
        System.setProperty("stdin.encoding", "UTF-8");                            // IO.readln décode ainsi ce que Stdin encode
        Display.install(new CellScreen());
        Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
        channels.send(Channels.Channel.IOPUB, Message.publish("status", Json.object(), Json.object("execution_state", "starting")));
        channels.start();
        requests.start();
        followParent();
    }

    private void prepare() {
        prepared = true;
        Thread.ofPlatform().name("kernel-start").daemon().start(evaluator);
        Runtime.getRuntime().addShutdownHook(new Thread(this::cleanUp, "kernel-end"));
    }

    /** Une exception que personne n'attend dans un thread d'arrière-plan : dite sous la cellule qui a lancé ce thread. */
    private void uncaught(Thread thread, Throwable thrown) {
        if (thrown instanceof StopCheck.Stopped) return;
        if (thrown instanceof OutOfMemoryError) SpareMemory.spend();
        Cell cell = CurrentCell.failed();
        CurrentCell.runAs(cell, () -> {                                          // la décrire appelle peut-être du code de l'élève
            try {
                String name = thread.getName().isEmpty() ? "sans nom" : "« " + thread.getName() + " »";
                cell.warn("Exception dans le thread " + name + " :\n" + String.join("\n", evaluator.get().errors().describe(thrown)));
            } catch (Exception e) {                                              // aucune cellule encore, ou pas d'évaluateur
                Log.warn("exception dans un thread", thrown);
            }
        });
    }

    /** Le noyau finit quand le serveur Jupyter qui l'a lancé disparaît. */
    private void followParent() {
        String parent = System.getenv("JPY_PARENT_PID");
        if (following || parent == null || !parent.matches("\\d{1,18}") || parent.equals("1")) return;
        following = true;
        ProcessHandle.of(Long.parseLong(parent)).ifPresent(process -> Thread.ofPlatform().name("kernel-parent").daemon().start(() -> {
            awaitEnd(List.of(process), Long.MAX_VALUE);
            exit(0);
        }));
    }

    /** Finit le noyau, quels que soient les threads que les cellules ont laissés. */
    private void exit(int status) {
        this.status = status;
        if (channels != null) channels.close(1000);
        System.exit(status);
    }

    /** Crochet d'arrêt : s'exécute aussi quand un signal finit le noyau. Un crochet d'une cellule qui ne finit pas ne le retient pas. */
    private void cleanUp() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Thread.sleep(EXIT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(status);
        });
        closeEvaluator();
        endChildren();
    }

    /**
     * Finit les programmes que les cellules ont lancés. D'abord, une seconde pour que les autres crochets d'arrêt finissent les leurs
     * proprement : une base de données embarquée, par exemple.
     */
    private static void endChildren() {
        var children = ProcessHandle.current().descendants().toList();
        awaitEnd(children, GOODBYE_MILLIS);
        children.forEach(ProcessHandle::destroy);
        awaitEnd(children, GOODBYE_MILLIS);
        children.forEach(ProcessHandle::destroyForcibly);
    }

    /** Regarde de temps en temps : {@code ProcessHandle.onExit} passerait par le pool commun, que les tâches de l'élève peuvent bloquer. */
    private static void awaitEnd(List<ProcessHandle> processes, long millis) {
        try {
            for (long waited = 0; waited < millis && processes.stream().anyMatch(ProcessHandle::isAlive); waited += LOOK_MILLIS)
                Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Attend d'abord que l'évaluateur ait fini de démarrer : son dossier temporaire resterait. */
    private void closeEvaluator() {
        try {
            evaluator.get().close();
        } catch (Exception e) {
            Log.warn("fermeture de l'évaluateur", e);
        }
    }
}
