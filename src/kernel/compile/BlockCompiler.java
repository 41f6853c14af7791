package kernel.compile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.JavaFileObject;
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
     * Un bloc compilé, ou de quoi chercher ce qui ne va pas.
     *
     * @param block    vide s'il ne compile pas
     * @param fault    la place, dans le texte du bloc, de la première faute que javac y a vue
     * @param tooLarge vrai si le bloc est juste, mais trop gros pour une seule méthode
     */
    public record Compiled(Optional<Block> block, int fault, boolean tooLarge) {}

    /**
     * Compile un bloc.
     *
     * @param imports ce qui suit le mot {@code import}, sans point-virgule
     * @param block   des instructions entre accolades
     */
    public Compiled compile(List<String> imports, String block) {
        String name = "$Block$" + ++count;
        // Tout l'en-tête tient sur une ligne : la ligne n de la classe est la ligne n du bloc.
        String before = "package " + CompilerFiles.PACKAGE + "; "
                + imports.stream().map(path -> "import " + path + "; ").collect(Collectors.joining())
                + "class " + name + " { public static void do_it$(Object[] value$) throws Throwable ";
        var fault = new int[] {Integer.MAX_VALUE};
        var tooLarge = new boolean[1];
        DiagnosticListener<JavaFileObject> listener = problem -> {                    // JShell dira ce qui ne va pas
            if (problem.getKind() != Diagnostic.Kind.ERROR) return;
            tooLarge[0] |= problem.getCode().startsWith(WarmCompiler.LIMIT);
            fault[0] = Math.min(fault[0], (int) problem.getPosition());
        };
        boolean compiled = compiler.run(name, before + block + " }", listener, task -> task.call());
        Map<String, byte[]> classes = files.takeClasses();
        if (!compiled && fault[0] == Integer.MAX_VALUE) compiler.renew();             // une panne du compilateur, qui n'en dit rien
        return new Compiled(compiled ? Optional.of(new Block(CompilerFiles.PACKAGE + "." + name, classes)) : Optional.empty(),
                Math.max(0, fault[0] - before.length()), tooLarge[0]);
    }
}
