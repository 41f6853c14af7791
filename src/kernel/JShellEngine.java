package kernel;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import kernel.assist.ErrorReport;
import kernel.assist.Redeclaration;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.CellValue;
import kernel.compile.CellSplitter.Piece;
import kernel.run.Execution;
import kernel.run.SourceMap;

/** Le second moteur : JShell, pour tout ce qui déclare, et pour dire ce qui ne va pas dans ce que le premier a refusé. */
final class JShellEngine {
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

    /**
     * Évalue un fragment de la cellule.
     *
     * @param redeclaration dit ce que le fragment fait perdre à ceux d'avant
     * @param declared      reçoit ce que le fragment déclare
     * @return ce que montre le fragment, si c'est une expression
     * @throws CellError s'il ne compile pas, lance une exception ou est interrompu
     */
    Optional<JsonObject> evaluate(Cell cell, Piece piece, Redeclaration redeclaration, List<DeclarationSnippet> declared) throws CellError {
        Optional<JsonObject> shown = Optional.empty();
        sources.evaluating(cell, piece.line());
        for (SnippetEvent event : session.shell().eval(piece.source())) {
            Snippet snippet = event.snippet();
            if (event.causeSnippet() != null) {                            // un fragment d'avant, compilé à nouveau
                redeclaration.warn(event);
                continue;
            }
            if (event.status() == Status.REJECTED) throw errors.compilation(session.shell(), session.assist(), snippet, cell, piece.line());
            if (snippet.subKind() == SubKind.VAR_DECLARATION_SUBKIND && event.previousStatus() != Status.NONEXISTENT)
                execution.reset(session.className(snippet), ((VarSnippet) snippet).name());
            sources.remember(snippet, cell, piece.line());
            if (cell.stopped()) throw errors.interrupted(cell);
            if (event.exception() != null) throw failure(event, cell);
            if (snippet instanceof DeclarationSnippet declaration) declared.add(declaration);
            if (isExpression(snippet) && !piece.semicolon()) shown = show(cell, execution.outcome(event.value()));
            // $n ralentirait les cellules suivantes
            if (snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND) session.shell().drop(snippet);
        }
        return shown;
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
