package kernel;

import java.util.Optional;
import kernel.cell.Cell;
import kernel.compile.BlockCompiler;
import kernel.run.Block;
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

    /**
     * Compile un bloc qui commence à cette ligne de la cellule.
     *
     * @return vide s'il ne compile pas ; rien n'a été exécuté
     */
    Optional<Block> compile(Cell cell, String code, int line) {
        Optional<Block> block = compiler.compile(Imports.of(code, session), code);
        block.ifPresent(compiled -> sources.block(compiled.name(), cell, line));
        return block;
    }
}
