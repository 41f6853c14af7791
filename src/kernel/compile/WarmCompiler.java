package kernel.compile;

import com.sun.source.util.JavacTask;
import com.sun.tools.javac.api.BasicJavacTask;
import com.sun.tools.javac.api.JavacTaskPool;
import com.sun.tools.javac.code.ClassFinder;
import com.sun.tools.javac.code.Symtab;
import com.sun.tools.javac.util.Context;
import com.sun.tools.javac.util.Names;
import java.io.Writer;
import java.util.List;
import java.util.function.Function;
import javax.tools.DiagnosticListener;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import kernel.support.Log;

/**
 * Un javac gardé chaud d'une demande à l'autre, comme fait JShell : ce qu'il a lu du JDK n'est pas relu.
 *
 * <p>Un pari sur l'intérieur de javac : {@link JavacTaskPool}, et dans {@link #forgetDeclarations} {@link Symtab} et {@link ClassFinder},
 * tels qu'ils sont dans le JDK 25. Si l'un manque ou se ferme, une ligne du journal le dit, un compilateur neuf sert chaque demande, et les
 * cellules sont plus lentes, rien d'autre.
 */
public final class WarmCompiler {
    /** Les options de javac pour une cellule, pour JShell comme ici. Ce que Java prépare (la concurrence structurée) est permis. */
    public static final List<String> OPTIONS = List.of("-proc:none", "-Xlint:none", "-g", "-parameters",
            "--enable-preview", "-source", String.valueOf(Runtime.version().feature()));

    /**
     * Par quoi commence le nom des fautes de ce qui est trop gros pour une classe. Le compilateur en garde alors un morceau (JDK 25, {@code
     * PoolWriter}), et refuserait tout ensuite.
     */
    public static final String LIMIT = "compiler.err.limit";

    /** Le compilateur s'est perdu en chemin, dans un texte trop imbriqué pour sa pile. */
    public static final class Lost extends RuntimeException {
        Lost(Throwable cause) {
            super(cause);
        }
    }

    /** Le nombre de demandes au bout duquel prendre un compilateur neuf : celui-ci retient pour toujours chaque nom qu'il a lu. */
    private static final int RENEWAL = 2000;

    private final CompilerFiles files;
    private JavacTaskPool pool;
    private int count;
    private boolean cold;

    public WarmCompiler(CompilerFiles files) {
        this.files = files;
    }

    /**
     * Lit ou compile un texte.
     *
     * @param problems reçoit ce que le compilateur en dit
     * @param work     ce qu'il faut faire de la demande ; ni elle ni son arbre ne valent plus rien ensuite
     */
    <R> R run(String className, String text, DiagnosticListener<JavaFileObject> problems, Function<JavacTask, R> work) {
        var sources = List.of(CompilerFiles.source(className, text));
        if (!cold) {
            var spoiled = new boolean[1];
            DiagnosticListener<JavaFileObject> listener = problem -> {
                spoiled[0] |= problem.getCode().startsWith(LIMIT);
                problems.report(problem);
            };
            try {
                R result = warm(sources, listener, work);
                if (spoiled[0]) renew();
                return result;
            } catch (StackOverflowError | IllegalStateException e) {                    // IllegalStateException : ce que javac en fait
                renew();
                throw new Lost(e);
            } catch (LinkageError e) {
                Log.warn("compilateur chaud absent, les cellules seront plus lentes", e);
                cold = true;
            }
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        return work.apply((JavacTask) compiler.getTask(Writer.nullWriter(), files, problems, OPTIONS, null, sources));
    }

    /** Un compilateur neuf servira la prochaine demande : celui-ci s'est arrêté en chemin, et ne dit plus rien de sûr. */
    void renew() {
        count = 0;
    }

    private <R> R warm(List<JavaFileObject> sources, DiagnosticListener<JavaFileObject> problems, Function<JavacTask, R> work) {
        if (count++ % RENEWAL == 0) pool = new JavacTaskPool(1);
        return pool.getTask(Writer.nullWriter(), files, problems, OPTIONS, null, sources, task -> {
            Context context = ((BasicJavacTask) task).getContext();
            R result = work.apply(task);
            forgetDeclarations(context);
            return result;
        });
    }

    /**
     * Le compilateur garde ce qu'il a lu : le JDK pour toujours, mais les déclarations de l'élève peuvent changer d'ici la prochaine
     * cellule. Il relira donc leur paquet. JShell fait de même, dans {@code jdk.jshell.TaskFactory.runTask} (JDK 25).
     */
    private static void forgetDeclarations(Context context) {
        var symbols = Symtab.instance(context);
        var module = symbols.java_base == symbols.noModule ? symbols.noModule : symbols.unnamedModule;
        var declarations = symbols.getPackage(module, Names.instance(context).fromString(CompilerFiles.PACKAGE));
        if (declarations == null || declarations.members_field == null) return;                  // rien n'en a été lu
        for (var type : symbols.getAllClasses()) if (type.packge() == declarations) symbols.removeClass(module, type.flatName());
        declarations.members_field = null;
        declarations.completer = ClassFinder.instance(context).getCompleter();
    }
}
