package kernel;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl.StoppedException;
import kernel.assist.CodeAssist;
import kernel.assist.ErrorReport;
import kernel.assist.Redeclaration;
import kernel.assist.Refusals;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.StackTraces;
import kernel.compile.BlockCompiler;
import kernel.compile.BlockCompiler.Compiled;
import kernel.compile.CellSplitter.Piece;
import kernel.compile.CellSplitter.Step;
import kernel.compile.CellSplitter.Step.Statements;
import kernel.compile.Classpath;
import kernel.compile.CompilerFiles;
import kernel.compile.Rewriter;
import kernel.compile.Syntax;
import kernel.compile.WarmCompiler;
import kernel.protocol.Json;
import kernel.run.Block;
import kernel.run.CellClassLoader;
import kernel.run.Execution;
import kernel.run.Execution.FinalAssigned;
import kernel.run.Redefinition;
import kernel.run.SourceMap;
import kernel.support.TempFolder;

/**
 * Évalue une cellule : suit ses directives, la découpe en étapes, confie chacune à l'un des deux moteurs, et rend la valeur de la dernière.
 */
final class Evaluator implements AutoCloseable {
    private final TempFolder folder = new TempFolder();
    private final CellClassLoader loader = new CellClassLoader();
    private final Redefinition redefinition = new Redefinition(folder);
    private final Execution execution;
    private final ErrorReport errors;
    private final Attempt attempt;
    private final Directives directives;
    private final Magics magics;
    private final Syntax syntax;
    private final Session session;
    private final BlockEngine blocks;
    private final JShellEngine jshell;
    private final Classpath classpath = new Classpath();
    private boolean classpathGrew;

    /**
     * Rend vite un évaluateur qui sait exécuter des instructions ; JShell, qu'il faut pour déclarer, démarre à la première demande.
     *
     * @param sources apprendra d'où vient le code des cellules
     */
    Evaluator(SourceMap sources) {
        var files =
                new CompilerFiles(loader, classpath.watch(ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)));
        var compiler = new WarmCompiler(files);
        var blockCompiler = new BlockCompiler(compiler, files);
        syntax = new Syntax(compiler);
        errors = new ErrorReport(sources, loader);
        StackTraces.describeWith(errors::describePlain);
        StackTraces.renameWith(sources::rename);
        execution = new Execution(loader, sources, redefinition);
        attempt = new Attempt(execution, errors);
        session = new Session(folder, classpath, execution, sources, syntax);
        directives = new Directives(folder, loader, this::addToClasspath, errors::ignored);
        magics = new Magics(directives, this::evaluateJava);
        blocks = new BlockEngine(blockCompiler, session, sources);
        jshell = new JShellEngine(session, execution, sources, errors, attempt);
        syntax.block("0").ifPresent(block -> blockCompiler.compile(List.of(), block));
    }

    CodeAssist assist() {
        return session.assist();
    }

    ErrorReport errors() {
        return errors;
    }

    /** Prépare un peu de ce que les prochaines cellules attendraient ; faux quand tout est prêt. */
    boolean warmUp() {
        return session.warmUp();
    }

    /** Cet évaluateur n'aura pas à proposer de noms de paquets. */
    void forgoIndex() {
        session.forgoIndex();
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
            return magics.evaluate(cell, code);
        } catch (WarmCompiler.Lost | StackOverflowError e) {                // le code de l'élève, lui, a un autre thread
            throw Refusals.unread(e);
        } finally {
            execution.end();
        }
    }

    private Optional<JsonObject> evaluateJava(Cell cell, String code) throws CellError {
        directives.apply(cell, code);
        declareDrivers(cell);
        Optional<Block> whole = syntax.block(code).flatMap(block -> blocks.compile(cell, block, 1).block());
        if (whole.isPresent()) return shown(run(cell, whole.get()));
        return evaluate(cell, session.splitter().steps(code));
    }

    private void addToClasspath(String entry) {
        classpath.add(session.shell(), entry);
        classpathGrew = true;
    }

    private void declareDrivers(Cell cell) throws CellError {
        if (!classpathGrew) return;
        classpathGrew = false;
        try {
            execution.declareDrivers(cell);
        } catch (StoppedException e) {
            throw errors.interrupted(cell);
        }
    }

    /** Ce que rend un bloc : ce qu'il montre, {@link Block#LEFT}, ou null. */
    private Object run(Cell cell, Block block) throws CellError {
        var assigned = execution.hasPromises() ? execution.finalAssigned(block) : Optional.<FinalAssigned>empty();
        if (assigned.isPresent()) throw Refusals.finalAssigned(cell, assigned.get());
        return attempt.run(cell, execution.load(block));
    }

    private static Optional<JsonObject> shown(Object outcome) {
        return outcome == Block.LEFT ? Optional.empty() : Optional.ofNullable((JsonObject) outcome);
    }

    private Optional<JsonObject> evaluate(Cell cell, List<Step> steps) throws CellError {
        var pieces = steps.stream().flatMap(step -> step.pieces().stream()).toList();
        Refusals.check(cell, pieces);
        var rewriter = new Rewriter(syntax, pieces);
        var declared = new ArrayList<DeclarationSnippet>();
        var redeclaration = new Redeclaration(session.shell(), redefinition, cell);
        Object outcome = null;
        try {
            for (Step step : steps) {
                if (step instanceof Step.Statements statements) outcome = run(cell, statements);
                else for (Piece piece : step.pieces())
                    outcome = jshell.evaluate(cell, piece, rewriter.rewrite(piece), redeclaration, declared).orElse(null);
                if (outcome == Block.LEFT) break;
            }
        } finally {
            Set<String> fresh = declared.stream().filter(snippet -> snippet instanceof VarSnippet).map(DeclarationSnippet::name)
                    .collect(Collectors.toSet());
            redeclaration.tell(execution.takeEmptied(), fresh);
        }
        if (!declared.isEmpty()) redeclaration.warnUnresolved(declared);
        return shown(outcome);                                              // seule la dernière étape se montre
    }

    /**
     * Exécute des instructions qui se suivent : en un bloc, sinon en plusieurs, pour que JShell n'ait que celles qu'il est seul à
     * comprendre. Ce qu'il refuse, il le refuse avant que rien ne s'exécute.
     */
    private Object run(Cell cell, Statements statements) throws CellError {
        Compiled compiled = blocks.compile(cell, statements.block(), statements.pieces().getFirst().line());
        if (compiled.block().isPresent()) return run(cell, compiled.block().get());
        int size = statements.pieces().size();
        if (size == 1) return jshell.evaluate(cell, statements.pieces().getFirst()).orElse(null);
        if (compiled.tooLarge()) return run(cell, List.of(statements.part(0, size / 2), statements.part(size / 2, size)));
        int wrong = statements.pieceAt(compiled.fault());
        jshell.check(cell, statements.pieces().get(wrong));
        var parts = new ArrayList<Statements>();
        if (wrong > 0) parts.add(statements.part(0, wrong));
        parts.add(statements.part(wrong, wrong + 1));
        if (wrong + 1 < size) parts.add(statements.part(wrong + 1, size));
        return run(cell, parts);
    }

    private Object run(Cell cell, List<Statements> parts) throws CellError {
        Object outcome = null;
        for (Statements part : parts) if ((outcome = run(cell, part)) == Block.LEFT) break;
        return outcome;
    }

    /** Évalue les expressions qu'un client joint à une cellule, par nom ; une erreur prend la place du résultat. */
    JsonObject expressions(Cell cell, JsonObject expressions) {
        var results = new JsonObject();
        for (var entry : expressions.entrySet()) {
            try {
                JsonObject data = evaluate(cell, entry.getValue().getAsString()).orElseGet(JsonObject::new);
                results.add(entry.getKey(), Json.object("status", "ok", "data", data, "metadata", new JsonObject()));
            } catch (CellError e) {
                results.add(entry.getKey(),
                        Json.object("status", "error", "ename", e.name(), "evalue", e.getMessage(), "traceback", e.traceback()));
            }
        }
        return results;
    }

    /** Arrête cette cellule, et elle seule. Ne bloque pas. */
    void interrupt(Cell cell) {
        execution.stop(cell);
    }

    @Override
    public void close() {
        execution.close();
        folder.close();
    }
}
