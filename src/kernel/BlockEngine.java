package kernel;

import kernel.cell.Cell;
import kernel.compile.BlockCompiler;
import kernel.compile.BlockCompiler.Compiled;
import kernel.run.SourceMap;

/**
 * Le premier de deux moteurs : il compile en une fois des instructions qui ne déclarent rien pour les cellules suivantes. Ce qu'il refuse
 * revient au second, {@link JShellEngine}, qui sait tout faire, moins vite : sans ce moteur-ci, le noyau serait plus lent, et c'est tout.
 */
final class BlockEngine {
    private final BlockCompiler compiler;
    private final Session session;
    private final SourceMap sources;

    BlockEngine(BlockCompiler compiler, Session session, SourceMap sources) {
        this.compiler = compiler;
        this.session = session;
        this.sources = sources;
    }

    /** Compile un bloc qui commence à cette ligne de la cellule ; rien n'est exécuté. */
    Compiled compile(Cell cell, String code, int line) {
        Compiled compiled = compiler.compile(Imports.of(code, session), code);
        compiled.block().ifPresent(block -> sources.block(block.name(), cell, line));
        return compiled;
    }
}
