package kernel;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.ImportSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import kernel.assist.ErrorReport;
import kernel.assist.Redeclaration;
import kernel.assist.Refusals;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.CellValue;
import kernel.cell.OutputRouter;
import kernel.compile.CellSplitter.Piece;
import kernel.compile.Rewritten;
import kernel.compile.Syntax.Variable;
import kernel.compile.WarmCompiler;
import kernel.run.Execution;
import kernel.run.Execution.FinalAssigned;
import kernel.run.Promises.Promise;
import kernel.run.SourceMap;
import kernel.support.Log;

/** Le second moteur : JShell, pour tout ce qui déclare, et pour dire ce qui ne va pas dans ce que le premier a refusé. */
final class JShellEngine {
    private static final Pattern MODIFIERS = Pattern.compile("\\b(volatile|final)\\b");

    private final Session session;
    private final Execution execution;
    private final SourceMap sources;
    private final ErrorReport errors;
    private final Attempt attempt;

    JShellEngine(Session session, Execution execution, SourceMap sources, ErrorReport errors, Attempt attempt) {
        this.session = session;
        this.execution = execution;
        this.sources = sources;
        this.errors = errors;
        this.attempt = attempt;
    }

    /** Évalue un fragment qui ne déclare rien. Comme {@link #evaluate(Cell, Piece, Rewritten, Redeclaration, List)}. */
    Optional<JsonObject> evaluate(Cell cell, Piece piece) throws CellError {
        return evaluate(cell, piece, Rewritten.of(piece), null, new ArrayList<>());
    }

    /**
     * Compile un fragment qui ne déclare rien, sans l'exécuter.
     *
     * @throws CellError s'il ne compile pas
     */
    void check(Cell cell, Piece piece) throws CellError {
        execution.begin(null);
        try {
            for (SnippetEvent event : eval(cell, piece.source())) {
                if (event.causeSnippet() != null) continue;
                if (!ran(event)) throw notRun(cell, piece, Rewritten.of(piece), event.snippet());
                session.shell().drop(event.snippet());
            }
        } finally {
            execution.begin(cell);
        }
    }

    /**
     * Évalue un fragment de la cellule.
     *
     * @param given         ce que JShell en reçoit
     * @param redeclaration dit ce que le fragment fait perdre à ceux d'avant
     * @param declared      reçoit ce que le fragment déclare
     * @return ce que montre le fragment, si c'est une expression
     * @throws CellError s'il ne compile pas, lance une exception ou est interrompu
     */
    Optional<JsonObject> evaluate(Cell cell, Piece piece, Rewritten given, Redeclaration redeclaration, List<DeclarationSnippet> declared)
            throws CellError {
        Optional<JsonObject> shown = Optional.empty();
        sources.evaluating(cell, piece.line());
        var promised = declareVariables(cell, piece);
        var hidden = new ArrayList<VarSnippet>();
        var events = eval(cell, given.text());
        for (SnippetEvent event : events) {
            Snippet snippet = event.snippet();
            if (event.causeSnippet() != null) {                            // un fragment d'avant, compilé à nouveau
                if (redeclaration != null) redeclaration.warn(event);
                if (event.causeSnippet() instanceof ImportSnippet && snippet instanceof VarSnippet variable
                        && event.status() != Status.VALID)
                    hidden.add(variable);
                continue;
            }
            if (!ran(event)) {
                CellError error = notRun(cell, piece, given, snippet);
                promised.forEach(execution::declare);
                for (SnippetEvent other : events)
                    if (other.status() == Status.OVERWRITTEN && other.causeSnippet() == snippet) putBack(cell, other.snippet());
                throw error;
            }
            if (snippet.subKind() == SubKind.VAR_DECLARATION_SUBKIND && event.previousStatus() != Status.NONEXISTENT)
                execution.reset(session.className(snippet), ((VarSnippet) snippet).name());
            sources.remember(snippet, cell, piece.line());
            var assigned = execution.hasPromises() ? execution.finalAssigned(session.className(snippet)) : Optional.<FinalAssigned>empty();
            if (assigned.isPresent()) {
                session.shell().drop(snippet);
                throw Refusals.finalAssigned(cell, assigned.get());
            }
            if (cell.stopped()) throw errors.interrupted(cell);
            if (event.exception() != null) throw failure(event, cell);
            if (snippet instanceof DeclarationSnippet declaration) declared.add(declaration);
            if (redeclaration != null && snippet instanceof VarSnippet variable) redeclaration.declared(variable.name());
            if (isExpression(snippet) && !piece.semicolon()) shown = show(cell, execution.outcome(event.value()));
            // $n ralentirait les cellules suivantes
            if (snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND) session.shell().drop(snippet);
        }
        for (VarSnippet variable : hidden) if (restored(cell, variable)) redeclaration.declared(variable.name());
        return shown;
    }

    /**
     * Déclare de nouveau une variable dont un import rend le type ambigu ({@code List}, de java.util et de java.awt), avec le nom entier de
     * son type : elle garde sa valeur.
     */
    private boolean restored(Cell cell, VarSnippet variable) throws CellError {
        var held = execution.hold(session.className(variable), variable.name());
        if (held.isEmpty()) return false;
        for (SnippetEvent event : eval(cell, held.get().type() + " " + variable.name() + ";"))
            if (event.causeSnippet() == null && event.status() == Status.VALID)
                return execution.restore(session.className(event.snippet()), variable.name(), held.get());
        return false;
    }

    /**
     * Remet une déclaration que JShell a oubliée en refusant celle qui devait la remplacer : ses objets et ses valeurs sont encore là, car
     * la classe dans laquelle il la range garde son nom (JDK 25, {@code jdk.jshell.OuterWrap}). Si ce n'est plus le cas, la perte est dite.
     */
    private void putBack(Cell cell, Snippet before) throws CellError {
        if (!(before instanceof DeclarationSnippet declaration)) return;
        sources.evaluatingAgain(session.className(before));
        boolean back = before instanceof VarSnippet variable ? restored(cell, variable)
                : eval(cell, before.source()).stream().anyMatch(event -> event.causeSnippet() == null && event.status().isActive());
        if (!back) cell.warn("« " + declaration.name() + " » est perdu avec sa nouvelle déclaration, refusée. Exécutez de nouveau la "
                + "cellule qui le déclarait.");
    }

    /** Retient {@code volatile} et {@code final}, que JShell efface. Rend ce que ces variables promettaient avant, par leur nom. */
    private Map<String, Promise> declareVariables(Cell cell, Piece piece) throws CellError {
        if (!execution.hasPromises() && !MODIFIERS.matcher(piece.source()).find()) return Map.of();
        var before = new HashMap<String, Promise>();
        for (Variable variable : session.variables(piece.source())) {
            if (variable.isVolatile() && variable.isFinal()) throw Refusals.volatileAndFinal(cell, piece.line());
            before.put(variable.name(), execution.promise(variable.name()));
            execution.declare(variable.name(), new Promise(variable.isVolatile(), variable.isFinal() && variable.hasValue()));
        }
        return before;
    }

    /**
     * Ce que JShell répond. Une panne de son compilateur s'écrirait en centaines de lignes sous la cellule : elle n'est pas montrée. Le
     * code de l'élève, lui, écrit depuis un autre thread.
     */
    private List<SnippetEvent> eval(Cell cell, String source) throws CellError {
        try {
            return OutputRouter.quietly(() -> session.shell().eval(source));
        } catch (Exception | InternalError | StackOverflowError e) {
            Log.warn("cellule [" + cell.number() + "] : le compilateur n'a pas su la lire", e);
            session.renewCompiler();
            throw Refusals.unread(e);
        }
    }

    /**
     * La seule règle sur les réponses de JShell : ce qui n'a pas été exécuté n'est pas réussi. Une méthode ou une classe peut attendre un
     * nom qui viendra ; une valeur initiale, non : elle ne serait jamais calculée.
     */
    private boolean ran(SnippetEvent event) {
        if (event.status() == Status.VALID) return true;
        boolean waits = event.status() == Status.RECOVERABLE_DEFINED || event.status() == Status.RECOVERABLE_NOT_DEFINED;
        return waits && event.snippet() instanceof DeclarationSnippet declaration
                && declaration.subKind() != SubKind.VAR_DECLARATION_WITH_INITIALIZER_SUBKIND
                && session.shell().unresolvedDependencies(declaration).findAny().isPresent();
    }

    private CellError notRun(Cell cell, Piece piece, Rewritten given, Snippet snippet) {
        var problems = session.shell().diagnostics(snippet).filter(Diag::isError).toList();
        boolean tooLarge = problems.isEmpty() || problems.stream().anyMatch(problem -> problem.getCode().startsWith(WarmCompiler.LIMIT));
        CellError error = tooLarge ? Refusals.tooLarge(cell, piece.line())
                : errors.compilation(session.shell(), session.assist(), snippet, given, cell, piece.line());
        // refusé, JShell garde ce qui portait ce nom
        if (session.shell().status(snippet) != Status.REJECTED) session.shell().drop(snippet);
        if (tooLarge) session.renewCompiler();
        return error;
    }

    private Optional<JsonObject> show(Cell cell, Object value) throws CellError {
        return Optional.ofNullable((JsonObject) attempt.run(cell, () -> CellValue.shown(value)));
    }

    private CellError failure(SnippetEvent event, Cell cell) {
        if (event.exception() instanceof UnresolvedReferenceException e) return errors.unresolved(session.shell(), e.getSnippet(), cell);
        return attempt.failure(cell, (Throwable) execution.outcome(event.exception().getMessage()));
    }

    private static boolean isExpression(Snippet snippet) {
        return snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND || snippet.kind() == Snippet.Kind.EXPRESSION;
    }
}
