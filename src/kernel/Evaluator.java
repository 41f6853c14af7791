package kernel;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.tools.ToolProvider;
import jdk.jshell.DeclarationSnippet;
import kernel.assist.CodeAssist;
import kernel.assist.ErrorReport;
import kernel.assist.Redeclaration;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.compile.BlockCompiler;
import kernel.compile.CellSplitter.Piece;
import kernel.compile.CellSplitter.Step;
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
    private final Syntax syntax;
    private final Session session;
    private final BlockEngine blocks;
    private final JShellEngine jshell;

    /**
     * Rend vite un évaluateur qui sait exécuter des instructions ; JShell, qu'il faut pour déclarer, démarre à la première demande.
     *
     * @param sources apprendra d'où vient le code des cellules
     */
    Evaluator(SourceMap sources) {
        var classpath = new Classpath();
        var files =
                new CompilerFiles(loader, classpath.watch(ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)));
        var compiler = new WarmCompiler(files);
        var blockCompiler = new BlockCompiler(compiler, files);
        syntax = new Syntax(compiler);
        errors = new ErrorReport(sources, loader);
        execution = new Execution(loader, sources, redefinition);
        attempt = new Attempt(execution, errors);
        session = new Session(folder, classpath, execution, sources, syntax);
        directives = new Directives(folder, loader, entry -> classpath.add(session.shell(), entry));
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
            Optional<Block> whole = syntax.block(code).flatMap(block -> blocks.compile(cell, block, 1));
            return whole.isPresent() ? run(cell, whole.get()) : evaluate(cell, session.splitter().steps(code));
        } finally {
            execution.end();
        }
    }

    private Optional<JsonObject> run(Cell cell, Block block) throws CellError {
        return Optional.ofNullable((JsonObject) attempt.run(cell, execution.load(block)));
    }

    private Optional<JsonObject> evaluate(Cell cell, List<Step> steps) throws CellError {
        var declared = new ArrayList<DeclarationSnippet>();
        var redeclaration = new Redeclaration(session.shell(), redefinition, cell);
        Optional<JsonObject> shown = Optional.empty();
        for (Step step : steps) {
            Optional<Block> block =
                    step instanceof Step.Statements s ? blocks.compile(cell, s.block(), s.pieces().getFirst().line()) : Optional.empty();
            if (block.isPresent()) shown = run(cell, block.get());
            else for (Piece piece : step.pieces()) shown = jshell.evaluate(cell, piece, redeclaration, declared);
        }
        if (!declared.isEmpty()) redeclaration.warnUnresolved(declared);
        return shown;                                                       // seule la dernière étape se montre
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
        folder.close();
    }
}
