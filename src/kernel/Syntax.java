package kernel;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.EmptyStatementTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Dit si du texte a la forme de Java, sans chercher ce que ses noms veulent dire : une lecture coûte bien moins qu'une compilation. */
final class Syntax {
    private static final String METHOD = "class C { void m() throws Throwable {";
    private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    private Syntax() { }

    /** Ce que le compilateur a lu, et de quoi retrouver où. */
    private record Parsed(JavacTask task, CompilationUnitTree unit) {
        List<? extends Tree> members() {
            return ((ClassTree) unit.getTypeDecls().getFirst()).getMembers();
        }
    }

    /** Vrai si {@code code} se lit comme des instructions, expression finale comprise. */
    static boolean areStatements(String code) {
        return parse(METHOD, code, "\n; } }").isPresent();
    }

    /** Vrai si {@code code} se lit comme une déclaration ou un import. */
    static boolean isDeclaration(String code) {
        return parse("class C {", code, "\n }").isPresent() || parse("", code, "").isPresent();
    }

    /** Vrai si {@code code} ne déclare que des variables ou des types. SourceCodeAnalysis.sourceToSnippets le dirait, mais gâte la documentation ensuite. */
    static boolean declaresVariableOrType(String code) {
        return parse("class C {", code, "\n }").map(Parsed::members).orElse(List.of()).stream()
                .allMatch(member -> member instanceof VariableTree || member instanceof ClassTree);
    }

    /**
     * La cellule entière en un bloc, si elle ne fait qu'exécuter des instructions ; la dernière peut être une expression à montrer.
     * Vide si elle déclare quelque chose pour les suivantes, ou si elle ne se lit pas.
     */
    static Optional<String> block(String code) {
        Optional<Parsed> parsed = parse(METHOD, code, "\n; } }");
        if (parsed.isEmpty() || parsed.get().members().size() != 1) return Optional.empty();
        var statements = ((MethodTree) parsed.get().members().getFirst()).getBody().getStatements().stream()
                .filter(statement -> !(statement instanceof EmptyStatementTree)).toList();
        if (statements.isEmpty() || statements.stream().anyMatch(statement -> statement instanceof VariableTree || statement instanceof ClassTree)) return Optional.empty();
        if (!(statements.getLast() instanceof ExpressionStatementTree last)) return Optional.of(block(code, ""));
        var positions = Trees.instance(parsed.get().task()).getSourcePositions();
        CompilationUnitTree unit = parsed.get().unit();
        if (positions.getEndPosition(unit, last) <= METHOD.length() + code.length()) return Optional.of(block(code, ""));        // l'élève a écrit le point-virgule
        int start = (int) positions.getStartPosition(unit, last.getExpression()) - METHOD.length();
        int end = (int) positions.getEndPosition(unit, last.getExpression()) - METHOD.length();
        return start < 0 || end < start ? Optional.empty() : Optional.of(block(code.substring(0, start), code.substring(start, end)));
    }

    /** Un bloc de ces instructions, qui finit par montrer la valeur de cette expression, si elle n'est pas vide. Les lignes ne bougent pas. */
    static String block(String statements, String expression) {
        return "{ " + statements + (expression.isEmpty() ? "" : "kernel.CellValue.show(" + expression + "\n);") + "\n}";
    }

    /** Les mots de {@code code} qui peuvent être des noms. */
    static Set<String> identifiers(String code) {
        return IDENTIFIER.matcher(code).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    /** Ce que le compilateur lit ; vide si ce n'est pas du Java. */
    private static Optional<Parsed> parse(String before, String code, String after) {
        var errors = new boolean[1];
        DiagnosticListener<JavaFileObject> listener = problem -> {
            boolean expression = problem.getCode().equals("compiler.err.not.stmt");           // la valeur à montrer n'est pas une instruction
            if (problem.getKind() == Diagnostic.Kind.ERROR && !expression) errors[0] = true;
        };
        try {
            var task = (JavacTask) COMPILER.getTask(null, null, listener, List.of("-proc:none"), null, List.of(new Text(before + code + after)));
            CompilationUnitTree unit = task.parse().iterator().next();
            return errors[0] ? Optional.empty() : Optional.of(new Parsed(task, unit));
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
