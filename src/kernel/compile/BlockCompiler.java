package kernel.compile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kernel.run.Block;

/**
 * Compile en une fois un bloc d'instructions, qui ne déclare rien pour les cellules suivantes. JShell analyserait trois fois le même
 * texte : pour une cellule ordinaire, c'est l'essentiel du temps.
 */
public final class BlockCompiler {
    private final WarmCompiler compiler;
    private final CompilerFiles files;
    private int count;

    /** @param files les fichiers de ce compilateur */
    public BlockCompiler(WarmCompiler compiler, CompilerFiles files) {
        this.compiler = compiler;
        this.files = files;
    }

    /**
     * Compile un bloc ; vide s'il ne compile pas.
     *
     * @param imports ce qui suit le mot {@code import}, sans point-virgule
     * @param block   des instructions entre accolades
     */
    public Optional<Block> compile(List<String> imports, String block) {
        String name = "$Block$" + ++count;
        // Tout l'en-tête tient sur une ligne : la ligne n de la classe est la ligne n du bloc.
        String source = "package " + CompilerFiles.PACKAGE + "; "
                + imports.stream().map(path -> "import " + path + "; ").collect(Collectors.joining())
                + "class " + name + " { public static void do_it$(Object[] value$) throws Throwable " + block + " }";
        boolean compiled = compiler.run(name, source, problem -> {}, task -> task.call());           // JShell dira ce qui ne va pas
        Map<String, byte[]> classes = files.takeClasses();
        return compiled ? Optional.of(new Block(CompilerFiles.PACKAGE + "." + name, classes)) : Optional.empty();
    }
}
