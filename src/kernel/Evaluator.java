package kernel;

import com.google.gson.JsonObject;
import display.Display;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.ImportSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import kernel.assist.CodeAssist;
import kernel.assist.DeferredIndex;
import kernel.assist.ErrorReport;
import kernel.assist.Redeclaration;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.CellValue;
import kernel.cell.Rendering;
import kernel.cell.OutputRouter;
import kernel.compile.BlockCompiler;
import kernel.compile.CellSplitter.Piece;
import kernel.compile.CellSplitter.Step;
import kernel.compile.CellSplitter;
import kernel.compile.Classpath;
import kernel.compile.CompilerFiles;
import kernel.compile.Syntax;
import kernel.compile.WarmCompiler;
import kernel.protocol.Json;
import kernel.run.Block;
import kernel.run.CellClassLoader;
import kernel.run.Execution;
import kernel.run.Redefinition;
import kernel.run.SourceMap;
import kernel.support.TempFolder;

/** Évalue une cellule : la découpe en fragments, les confie à JShell l'un après l'autre, et rend la valeur du dernier. */
final class Evaluator implements AutoCloseable {

    /**
     * Les paquets qu'une cellule voit sans import. {@code import module java.base} en donnerait plus, comme un fichier source compact,
     * mais chaque cellule met alors 8 ms de plus à compiler.
     */
    private static final List<String> PACKAGES = List.of("java.io.*", "java.math.*", "java.net.*", "java.nio.charset.*", "java.nio.file.*", "java.time.*",
            "java.util.*", "java.util.concurrent.*", "java.util.concurrent.atomic.*", "java.util.concurrent.locks.*", "java.util.function.*",
            "java.util.regex.*", "java.util.stream.*");
    /** Les méthodes qu'elle voit de même. */
    private static final String METHODS = "static display.Display.*";
    private static final Set<String> METHOD_NAMES = Stream.of(Display.class.getMethods()).map(Method::getName).collect(Collectors.toSet());

    private final CellClassLoader loader = new CellClassLoader();
    private final SourceMap snippets = new SourceMap();
    private final Redefinition redefinition;
    private final Execution execution;
    private final ErrorReport errors = new ErrorReport(snippets, loader);
    private final TempFolder workspace = new TempFolder();
    private final Classpath classpath = new Classpath();
    private final Directives directives;
    private final DeferredIndex index = new DeferredIndex();
    private final Syntax syntax;
    private final BlockCompiler blocks;
    private volatile JShell session;                                             // null tant que rien ne l'a demandée
    /** De quoi échauffer JShell, sous un nom qu'aucun élève ne donnera. */
    private final Iterator<String> warmUps = List.of("var warm$Up = new ArrayList<String>();",
            "<T> void warm$Up(List<T> items, Consumer<T> action) { for (T item : items) action.accept(item); }").iterator();
    private CellSplitter splitter;

    /** Rend vite un évaluateur qui sait exécuter des instructions ; JShell, qu'il faut pour déclarer, démarre à la première demande. */
    Evaluator() {
        redefinition = new Redefinition(workspace);
        execution = new Execution(loader, snippets, redefinition);
        directives = new Directives(workspace, loader, entry -> classpath.add(shell(), entry));
        var files = new CompilerFiles(loader, classpath.watch(ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)));
        var compiler = new WarmCompiler(files);
        syntax = new Syntax(compiler);
        blocks = new BlockCompiler(compiler, files);
        syntax.block("0").ifPresent(block -> blocks.compile(List.of(), block));
        OutputRouter.findAuthorsWith(snippets::cell);
    }

    private JShell startJShell() throws IOException {
        classpath.start(workspace.api());
        var shell = JShell.builder()
                .executionEngine(new InThisJvm(), Map.of())
                .fileManager(files -> index.hold(classpath.watch(files)))
                .compilerOptions(WarmCompiler.OPTIONS.toArray(String[]::new))
                .build();
        for (String name : PACKAGES) shell.eval("import " + name + ";");
        shell.eval("import " + METHODS + ";");
        snippets.follow(shell);
        return shell;
    }

    /** JShell ; la première fois, bloque le temps qu'il démarre. Une autre fois le tentera encore si la mémoire ou le disque a manqué. */
    synchronized JShell shell() {
        try {
            if (session == null) session = startJShell();
            return session;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CellSplitter splitter() {
        if (splitter == null) splitter = new CellSplitter(shell().sourceCodeAnalysis(), syntax);
        return splitter;
    }

    CodeAssist assist() {
        return new CodeAssist(shell(), syntax, index);
    }

    private Redeclaration losses() {
        return new Redeclaration(shell(), redefinition);
    }

    ErrorReport errors() {
        return errors;
    }

    /**
     * Exécute une cellule et attend sa fin.
     *
     * @return ce que montre la dernière expression ; vide si la cellule finit par une déclaration ou par un point-virgule
     * @throws CellError si elle ne compile pas, lance une exception ou est interrompue
     */
    Optional<JsonObject> evaluate(Cell cell, String code) throws CellError {
        execution.begin(cell);
        try {
            directives.apply(cell, code);
            Optional<String> whole = syntax.block(code);
            if (whole.isPresent() && evaluateBlock(cell, whole.get(), 1)) return cell.result();
            var declared = new ArrayList<DeclarationSnippet>();
            for (Step step : splitter().steps(code)) {
                cell.result(null);                                          // seule la dernière étape se montre
                if (step.block() != null && evaluateBlock(cell, step.block(), step.pieces().getFirst().line())) continue;
                for (Piece piece : step.pieces()) evaluate(cell, piece, declared);
            }
            if (!declared.isEmpty()) losses().warnUnresolved(declared);
            return cell.result();
        } finally {
            execution.end();
        }
    }

    /**
     * Prépare un peu de ce que les prochaines cellules attendraient : compile et charge une déclaration, puis l'oublie. Une méthode ou une
     * variable, et non une classe : après l'oubli d'une classe, JShell ne trouve plus la documentation du JDK (JDK 25).
     *
     * @return faux quand tout est prêt
     */
    boolean warmUp() {
        if (workspace.isClosed() || !warmUps.hasNext()) return false;
        String declaration = warmUps.next();
        splitter().steps(declaration);
        shell().eval(declaration).forEach(event -> shell().drop(event.snippet()));
        return true;
    }

    /** Évalue les expressions qu'un client joint à une cellule, par nom ; une erreur prend la place du résultat. */
    JsonObject expressions(Cell cell, JsonObject expressions) {
        var results = new JsonObject();
        for (var entry : expressions.entrySet()) {
            try {
                JsonObject data = evaluate(cell, entry.getValue().getAsString()).orElseGet(JsonObject::new);
                results.add(entry.getKey(), Json.object("status", "ok", "data", data, "metadata", new JsonObject()));
            } catch (CellError e) {
                results.add(entry.getKey(), Json.object("status", "error", "ename", e.name(), "evalue", e.getMessage(), "traceback", e.traceback()));
            }
        }
        return results;
    }

    /** Arrête cette cellule, et elle seule. Ne bloque pas. */
    void interrupt(Cell cell) {
        execution.stop(cell);
    }

    /** Exécute un bloc qui commence à cette ligne de la cellule ; faux s'il ne compile pas, et rien n'est alors exécuté. */
    private boolean evaluateBlock(Cell cell, String code, int line) throws CellError {
        Optional<Block> compiled = blocks.compile(imports(code), code);
        if (compiled.isEmpty()) return false;
        Block block = compiled.get();
        snippets.block(block.name(), cell, line);
        try {
            execution.run(block);
            return true;
        } catch (ExecutionControl.StoppedException e) {
            throw errors.interrupted(cell);
        } catch (InvocationTargetException e) {
            throw thrown(e.getCause(), cell);
        }
    }

    /** Les imports des cellules, et les déclarations dont le nom paraît dans le bloc. Ce dont il ne peut pas avoir besoin ne coûte rien. */
    private List<String> imports(String block) {
        Set<String> names = Syntax.identifiers(block);
        var imports = new LinkedHashSet<String>();
        if (session != null) {                                                 // sinon, rien n'a encore pu être déclaré
            shell().imports().map(Evaluator::imported).filter(path -> !path.equals(METHODS) && !PACKAGES.contains(path)).forEach(imports::add);
            shell().snippets().filter(snippet -> snippet instanceof DeclarationSnippet d && names.contains(d.name()) && shell().status(snippet) == Status.VALID)
                    .forEach(snippet -> imports.add("static " + className(snippet) + "." + ((DeclarationSnippet) snippet).name()));
        }
        if (names.stream().anyMatch(METHOD_NAMES::contains)) imports.add(METHODS);
        if (names.stream().anyMatch(Evaluator::mayBeImported)) imports.addAll(PACKAGES);
        return List.copyOf(imports);
    }

    private static String imported(ImportSnippet snippet) {
        return (snippet.subKind() == SubKind.MODULE_IMPORT_SUBKIND ? "module " : snippet.isStatic() ? "static " : "") + snippet.fullname();
    }

    /** Un type du JDK commence par une majuscule ; ceux de java.lang se voient sans import. */
    private static boolean mayBeImported(String name) {
        if (!Character.isUpperCase(name.charAt(0))) return false;
        try {
            Class.forName("java.lang." + name, false, null);
            return false;
        } catch (ClassNotFoundException e) {
            return true;
        }
    }

    private String className(Snippet snippet) {
        return shell().sourceCodeAnalysis().wrapper(snippet).fullClassName();
    }

    private void evaluate(Cell cell, Piece piece, List<DeclarationSnippet> declared) throws CellError {
        snippets.evaluating(cell, piece.line());
        for (SnippetEvent event : shell().eval(piece.source())) {
            Snippet snippet = event.snippet();
            if (event.causeSnippet() != null) {                            // un fragment d'avant, compilé à nouveau
                losses().warn(event);
                continue;
            }
            if (event.status() == Status.REJECTED) throw errors.compilation(shell(), assist(), snippet, cell, piece.line());
            if (snippet.subKind() == SubKind.VAR_DECLARATION_SUBKIND && event.previousStatus() != Status.NONEXISTENT)
                execution.reset(className(snippet), ((VarSnippet) snippet).name());
            finish(cell, event, piece.line());
            if (snippet instanceof DeclarationSnippet declaration) declared.add(declaration);
            if (isExpression(snippet) && !piece.semicolon()) show(cell, execution.result(event.value()));
            if (snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND) shell().drop(snippet);   // chaque valeur gardée dans $n ralentit les cellules suivantes
        }
    }

    private void finish(Cell cell, SnippetEvent event, int line) throws CellError {
        snippets.remember(event.snippet(), cell, line);
        if (cell.stopped()) throw errors.interrupted(cell);
        if (event.exception() != null) throw failure(event, cell);
    }

    private void show(Cell cell, Object value) throws CellError {
        try {
            execution.call(() -> {
                CellValue.show(value);
                return null;
            });
        } catch (ExecutionControl.StoppedException e) {
            throw errors.interrupted(cell);
        } catch (InvocationTargetException e) {
            throw thrown(e.getCause(), cell);
        }
    }

    /** Décrit une exception dans le thread de la cellule : son {@code getMessage()} est peut-être du code de l'élève, il peut boucler. */
    private CellError thrown(Throwable thrown, Cell cell) {
        try {
            return (CellError) execution.call(() -> errors.thrown(thrown));
        } catch (ExecutionControl.StoppedException e) {
            return errors.interrupted(cell);
        } catch (InvocationTargetException e) {
            return CellError.of(Rendering.typeName(thrown.getClass()), "Exception que rien ne peut décrire : " + Rendering.typeName(thrown.getClass()));
        }
    }

    private CellError failure(SnippetEvent event, Cell cell) {
        if (event.exception() instanceof UnresolvedReferenceException e) return errors.unresolved(shell(), e.getSnippet(), cell);
        return thrown(execution.failure(), cell);
    }

    private static boolean isExpression(Snippet snippet) {
        return snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND || snippet.kind() == Snippet.Kind.EXPRESSION;
    }

    @Override public void close() {
        workspace.close();
    }

    /** Dit à JShell d'exécuter ici, par {@link Execution}, plutôt que dans une autre JVM. */
    private final class InThisJvm implements ExecutionControlProvider {
        @Override public String name() {
            return "in-this-jvm";
        }

        @Override public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return execution;
        }
    }
}
