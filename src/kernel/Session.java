package kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import kernel.assist.CodeAssist;
import kernel.assist.DeferredIndex;
import kernel.compile.Api;
import kernel.compile.CellSplitter;
import kernel.compile.Classpath;
import kernel.compile.Syntax;
import kernel.compile.WarmCompiler;
import kernel.run.SourceMap;
import kernel.support.TempFolder;

/**
 * La session de JShell, qui retient ce que les cellules déclarent. Une cellule qui ne fait qu'exécuter s'en passe : elle démarre à la
 * demande.
 */
final class Session {
    private final TempFolder folder;
    private final Classpath classpath;
    private final ExecutionControl execution;
    private final SourceMap sources;
    private final Syntax syntax;
    private final DeferredIndex index = new DeferredIndex();
    private final Map<String, String> documented = new ConcurrentHashMap<>();
    /** De quoi échauffer JShell, sous un nom qu'aucun élève ne donnera. */
    private final Iterator<String> warmUps = List.of("var warm$Up = new ArrayList<String>();",
            "<T> void warm$Up(List<T> items, Consumer<T> action) { for (T item : items) action.accept(item); }").iterator();
    private volatile JShell shell;                                               // null tant que rien ne l'a demandée
    private CellSplitter splitter;

    /**
     * @param folder    où ranger les classes que JShell doit voir
     * @param classpath ce que ses compilateurs verront
     * @param execution ce qui exécute ce que JShell compile
     * @param sources   retrouvera les lignes de ses fragments
     */
    Session(TempFolder folder, Classpath classpath, ExecutionControl execution, SourceMap sources, Syntax syntax) {
        this.folder = folder;
        this.classpath = classpath;
        this.execution = execution;
        this.sources = sources;
        this.syntax = syntax;
    }

    /** Faux tant que rien n'a encore pu être déclaré. */
    boolean started() {
        return shell != null;
    }

    /** JShell ; la première fois, bloque le temps qu'il démarre. Une autre fois le tentera encore si la mémoire ou le disque a manqué. */
    synchronized JShell shell() {
        try {
            if (shell == null) shell = start();
            return shell;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JShell start() throws IOException {
        classpath.start(Api.writeTo(folder));
        var started = JShell.builder()
                .executionEngine(new InThisJvm(execution), Map.of())
                .fileManager(files -> index.hold(classpath.watch(files)))
                .compilerOptions(WarmCompiler.OPTIONS.toArray(String[]::new))
                .build();
        for (String path : Imports.initial()) started.eval("import " + path + ";");
        sources.follow(started);
        started.onSnippetEvent(_ -> documented.clear());
        return started;
    }

    CellSplitter splitter() {
        if (splitter == null) splitter = new CellSplitter(shell().sourceCodeAnalysis(), syntax);
        return splitter;
    }

    /** Les variables que ce fragment déclare. */
    List<Syntax.Variable> variables(String source) {
        return syntax.variables(source);
    }

    CodeAssist assist() {
        return new CodeAssist(shell(), syntax, index, documented);
    }

    /** Cette session se passera de l'index des classes du JDK. */
    void forgoIndex() {
        index.forgo();
    }

    /**
     * JShell prend des compilateurs neufs : l'un des siens a gardé un morceau de ce qui était trop gros, et refuserait tout ensuite. Il le
     * fait de lui-même quand le classpath change (JDK 25, {@code jdk.jshell.TaskFactory.addToClasspath}), même pour une entrée déjà là.
     */
    void renewCompiler() {
        try {
            classpath.add(shell(), folder.directory("api").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** La classe dans laquelle JShell range ce fragment. */
    String className(Snippet snippet) {
        return shell().sourceCodeAnalysis().wrapper(snippet).fullClassName();
    }

    /**
     * Prépare un peu de ce que les prochaines cellules attendraient : compile et charge une déclaration, puis l'oublie. Une méthode ou une
     * variable, et non une classe : après l'oubli d'une classe, JShell ne trouve plus la documentation du JDK (JDK 25).
     *
     * @return faux quand tout est prêt
     */
    boolean warmUp() {
        if (folder.isClosed() || !warmUps.hasNext()) return false;
        String declaration = warmUps.next();
        try {
            splitter().steps(declaration);
            shell().eval(declaration).forEach(event -> shell().drop(event.snippet()));
        } catch (UncheckedIOException e) {
            if (!folder.isClosed()) throw e;                                     // arrêté entre-temps, le noyau n'a rien à préparer
        }
        return true;
    }

    /** Dit à JShell d'exécuter ici plutôt que dans une autre JVM. */
    private record InThisJvm(ExecutionControl execution) implements ExecutionControlProvider {
        @Override
        public String name() {
            return "in-this-jvm";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return execution;
        }
    }
}
