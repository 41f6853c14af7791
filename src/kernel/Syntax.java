package kernel;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Dit si du texte a la forme de Java, sans chercher ce que ses noms veulent dire : une lecture coûte bien moins qu'une compilation. */
final class Syntax {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    private Syntax() { }

    /** Vrai si {@code code} se lit comme des instructions, expression finale comprise. */
    static boolean areStatements(String code) {
        return parse("class C { void m() throws Throwable {", code, "\n; } }").isPresent();
    }

    /** Vrai si {@code code} se lit comme une déclaration ou un import. */
    static boolean isDeclaration(String code) {
        return members(code).isPresent() || parse("", code, "").isPresent();
    }

    /** Vrai si {@code code} ne déclare que des variables ou des types. SourceCodeAnalysis.sourceToSnippets le dirait, mais gâte la documentation ensuite. */
    static boolean declaresVariableOrType(String code) {
        return members(code).map(members -> members.stream().allMatch(member -> member instanceof VariableTree || member instanceof ClassTree)).orElse(false);
    }

    private static Optional<List<? extends Tree>> members(String code) {
        return parse("class C {", code, "\n }").map(unit -> ((ClassTree) unit.getTypeDecls().getFirst()).getMembers());
    }

    /** Ce que le compilateur lit ; vide si ce n'est pas du Java. */
    private static Optional<CompilationUnitTree> parse(String before, String code, String after) {
        var errors = new boolean[1];
        DiagnosticListener<JavaFileObject> listener = problem -> {
            boolean expression = problem.getCode().equals("compiler.err.not.stmt");           // la valeur à montrer n'est pas une instruction
            if (problem.getKind() == Diagnostic.Kind.ERROR && !expression) errors[0] = true;
        };
        try {
            var task = (JavacTask) COMPILER.getTask(null, null, listener, List.of("-proc:none"), null, List.of(new Text(before + code + after)));
            CompilationUnitTree unit = task.parse().iterator().next();
            return errors[0] ? Optional.empty() : Optional.of(unit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(String text) {
            super(URI.create("mem:///C.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
