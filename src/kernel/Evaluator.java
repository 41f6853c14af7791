package kernel;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/** Évalue une cellule : la découpe en fragments, les confie à JShell l'un après l'autre, et rend la valeur du dernier. */
final class Evaluator implements AutoCloseable {

    /** La valeur d'une expression, qui peut être null. */
    private record Value(Object object) { }

    /** Un fragment et la ligne de la cellule (à partir de 1) où il commence. */
    private record Piece(String source, int line, boolean complete, boolean semicolon) { }

    private final CellClassLoader loader = new CellClassLoader();
    private final SnippetMap snippets = new SnippetMap();
    private final Execution execution = new Execution(loader, snippets);
    private final ErrorReport errors = new ErrorReport(snippets, loader);
    private final Workspace workspace;
    private final Classpath classpath;
    private final Directives directives;
    private final JShell shell;

    /** Démarre JShell, ce qui prend quelques dixièmes de seconde. */
    Evaluator() throws IOException {
        workspace = new Workspace();
        classpath = new Classpath(workspace.api());
        shell = JShell.builder()
                .executionEngine(new InThisJvm(), Map.of())
                .fileManager(classpath::watch)
                .compilerOptions("-proc:none", "-Xlint:none", "-g")
                .build();
        shell.eval("import module java.base;");                 // comme un fichier source compact
        shell.eval("import static display.Display.*;");
        directives = new Directives(workspace, loader, entry -> classpath.add(shell, entry));
        snippets.follow(shell);
    }

    JShell shell() {
        return shell;
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
            Value last = null;
            var declared = new ArrayList<DeclarationSnippet>();
            for (Piece piece : syntaxFirst(split(code))) last = evaluate(cell, piece, declared);
            warnUnresolved(declared);
            return last == null ? Optional.empty() : Optional.of(render(cell, last.object()));
        } finally {
            execution.end();
        }
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

    /** Met une valeur en forme dans le fil de la cellule : son {@code toString()} est du code de l'élève, il peut boucler ou lancer. */
    private JsonObject render(Cell cell, Object value) throws CellError {
        try {
            return (JsonObject) execution.call(() -> Rendering.bundle(value));
        } catch (ExecutionControl.StoppedException e) {
            throw errors.interrupted(cell);
        } catch (InvocationTargetException e) {
            throw errors.thrown(e.getCause());
        }
    }

    /** Arrête la cellule en cours. Ne bloque pas. */
    void interrupt() {
        execution.stop();
    }

    private List<Piece> split(String code) {
        var pieces = new ArrayList<Piece>();
        String rest = code;
        while (!rest.isBlank()) {
            CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            String source = info.source() == null ? rest : info.source();
            if (info.completeness() == Completeness.EMPTY) break;       // des commentaires seuls
            int start = code.length() - rest.length() + SnippetMap.leadingBlank(source).length();
            boolean complete = info.completeness().isComplete();
            String after = complete ? info.remaining() : "";
            boolean semicolon = rest.substring(0, rest.length() - after.length()).endsWith(";");
            pieces.add(new Piece(source, 1 + SnippetMap.lines(code.substring(0, start)), complete, semicolon));
            rest = after;
        }
        return pieces;
    }

    /** Un fragment que le compilateur ne sait pas lire passe devant : rien ne s'exécute d'une cellule mal écrite. */
    private List<Piece> syntaxFirst(List<Piece> pieces) {
        if (pieces.isEmpty() || pieces.getLast().complete()) return pieces;
        return List.of(pieces.getLast());
    }

    /** Exécute un fragment ; null si ce n'est pas une expression à montrer. */
    private Value evaluate(Cell cell, Piece piece, List<DeclarationSnippet> declared) throws CellError {
        Value result = null;
        snippets.evaluating(cell.number(), piece.line());
        for (SnippetEvent event : shell.eval(piece.source())) {
            Snippet snippet = event.snippet();
            if (event.causeSnippet() != null) {                            // un fragment d'avant, compilé à nouveau
                warnBroken(event);
                continue;
            }
            if (event.status() == Status.REJECTED) throw errors.compilation(shell, snippet, cell, piece.line());
            snippets.remember(snippet, cell.number(), piece.line());
            if (snippet.subKind() == SubKind.VAR_DECLARATION_SUBKIND && event.previousStatus() != Status.NONEXISTENT)
                execution.reset(shell.sourceCodeAnalysis().wrapper(snippet).fullClassName(), ((VarSnippet) snippet).name());
            if (cell.stopped()) throw errors.interrupted(cell);
            if (event.exception() != null) throw failure(event, cell);
            if (snippet instanceof DeclarationSnippet declaration) declared.add(declaration);
            if (isExpression(snippet) && !piece.semicolon()) result = new Value(execution.result(event.value()));
            if (snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND) shell.drop(snippet);   // chaque $n vivant ralentit les cellules suivantes
        }
        return result;
    }

    private CellError failure(SnippetEvent event, Cell cell) {
        if (event.exception() instanceof UnresolvedReferenceException e) return errors.unresolved(shell, e.getSnippet(), cell);
        Throwable thrown = execution.failure();
        return errors.thrown(thrown == null ? event.exception() : thrown);
    }

    private static boolean isExpression(Snippet snippet) {
        return snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND || snippet.kind() == Snippet.Kind.EXPRESSION;
    }

    /** Dit ce qui ne survit pas à une nouvelle déclaration. */
    private static void warnBroken(SnippetEvent event) {
        if (event.previousStatus() != Status.VALID || event.status() == Status.VALID || event.status() == Status.OVERWRITTEN
                || !(event.snippet() instanceof DeclarationSnippet broken)) return;
        String cause = event.causeSnippet() instanceof DeclarationSnippet changed ? "« " + changed.name() + " » a changé" : "ce dont il dépend a changé";
        System.err.println(broken instanceof VarSnippet
                ? "La variable « " + broken.name() + " » est perdue : " + cause + ". Exécutez de nouveau la cellule qui la déclare."
                : "« " + broken.name() + " » ne compile plus : " + cause + ". Corrigez la cellule qui le déclare, puis exécutez-la de nouveau.");
    }

    private void warnUnresolved(List<DeclarationSnippet> declared) {
        for (var snippet : declared) {
            var status = shell.status(snippet);
            if (status != Status.RECOVERABLE_DEFINED && status != Status.RECOVERABLE_NOT_DEFINED) continue;
            String missing = shell.unresolvedDependencies(snippet).collect(Collectors.joining(", "));
            System.err.println("« " + snippet.name() + " » est déclaré, mais ne pourra servir qu’une fois déclaré : " + missing + ".");
        }
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
