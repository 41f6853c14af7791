package kernel.compile;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.EmptyStatementTree;
import com.sun.source.tree.ErroneousTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.JavaFileObject;

/** Dit si du texte a la forme de Java, sans chercher ce que ses noms veulent dire : une lecture coûte bien moins qu'une compilation. */
public final class Syntax {
    private static final String METHOD = "class C { void m() throws Throwable {";
    private static final String BLOCK = "{ ";
    /** Le rang, dans un bloc, du premier caractère de ses instructions. */
    static final int BLOCK_START = BLOCK.length();
    /** Ce qui entoure un {@code return} de la cellule : la valeur du bloc est alors le tableau où il la range, voir {@code Execution}. */
    static final String LEAVE = "{ value$[0] = value$; ";
    static final String LEFT = " }";
    private static final String NOT_A_STATEMENT = "compiler.err.not.stmt";
    private static final Pattern IDENTIFIER = Pattern.compile("(?<![.\\p{L}\\p{N}_$])[\\p{L}_$][\\p{L}\\p{N}_$]*");

    private final WarmCompiler compiler;

    public Syntax(WarmCompiler compiler) {
        this.compiler = compiler;
    }

    /** Ce que le compilateur a lu, et de quoi retrouver où. */
    private record Parsed(JavacTask task, CompilationUnitTree unit) {
        List<? extends Tree> members() {
            return ((ClassTree) unit.getTypeDecls().getFirst()).getMembers();
        }
    }

    /** Vrai si {@code code} se lit comme des instructions, expression finale comprise. */
    public boolean areStatements(String code) {
        return parse(METHOD, code, "\n; } }", _ -> true).isPresent();
    }

    /** Vrai si {@code code} se lit comme une déclaration ou un import. */
    public boolean isDeclaration(String code) {
        return parse("class C {", code, "\n }", _ -> true).isPresent() || parse("", code, "", _ -> true).isPresent();
    }

    /**
     * Vrai si {@code code} se lit d'un bout à l'autre : des déclarations ou des instructions.
     *
     * @param value vrai si la dernière instruction peut être une expression à montrer
     */
    public boolean isWhole(String code, boolean value) {
        String text = code.stripTrailing().replaceFirst(";$", "");
        Predicate<Diagnostic<?>> last = problem -> value
                && !text.substring(Math.clamp(problem.getPosition() - METHOD.length(), 0, text.length())).matches("(?s).*[;{}].*");
        return parse(METHOD, code, "\n; } }", last, _ -> true).isPresent() || isDeclaration(code);
    }

    /** Ce qui entoure de plus près cet endroit de {@code code}, et où il commence et finit ; vide si {@code code} ne se lit pas. */
    public Optional<Surroundings.Found> around(String code, int position) {
        for (String before : List.of(METHOD, "class C {", "")) {
            String after = before.equals(METHOD) ? "\n; } }" : before.isEmpty() ? "" : "\n }";
            var found = parse(before, code, after, parsed -> Surroundings.find(parsed.task(), parsed.unit(), before.length(), position));
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /**
     * Vrai si {@code code} ne déclare que des variables ou des types. SourceCodeAnalysis.sourceToSnippets le dirait, mais gâte la
     * documentation ensuite.
     */
    public boolean declaresVariableOrType(String code) {
        return parse("class C {", code, "\n }", parsed -> parsed.members().stream()
                .allMatch(member -> member instanceof VariableTree || member instanceof ClassTree)).orElse(true);
    }

    /**
     * La cellule entière en un bloc, si elle ne fait qu'exécuter des instructions ; la dernière peut être une expression à montrer.
     * Vide si elle déclare quelque chose pour les suivantes, ou si elle ne se lit pas.
     */
    public Optional<String> block(String code) {
        return parse(METHOD, code, "\n; } }", parsed -> block(code, parsed)).flatMap(block -> block);
    }

    private static Optional<String> block(String code, Parsed parsed) {
        if (parsed.members().size() != 1) return Optional.empty();
        var statements = ((MethodTree) parsed.members().getFirst()).getBody().getStatements().stream()
                .filter(statement -> !(statement instanceof EmptyStatementTree)).toList();
        if (statements.isEmpty()
                || statements.stream().anyMatch(statement -> statement instanceof VariableTree || statement instanceof ClassTree))
            return Optional.empty();
        if (!(statements.getLast() instanceof ExpressionStatementTree last)) return Optional.of(block(code, ""));
        var positions = Trees.instance(parsed.task()).getSourcePositions();
        CompilationUnitTree unit = parsed.unit();
        // l'élève a écrit le point-virgule
        if (positions.getEndPosition(unit, last) <= METHOD.length() + code.length()) return Optional.of(block(code, ""));
        int start = (int) positions.getStartPosition(unit, last.getExpression()) - METHOD.length();
        int end = (int) positions.getEndPosition(unit, last.getExpression()) - METHOD.length();
        return start < 0 || end < start ? Optional.empty() : Optional.of(block(code.substring(0, start), code.substring(start, end)));
    }

    /**
     * Un bloc de ces instructions, qui finit par ranger la valeur de cette expression, si elle n'est pas vide. Les lignes ne bougent pas.
     */
    public static String block(String statements, String expression) {
        return BLOCK + statements + (expression.isEmpty() ? "" : "value$[0] = kernel.cell.CellValue.shown(" + expression + "\n);") + "\n}";
    }

    /** Où commence et où finit un {@code return}, point-virgule compris. */
    record Return(int start, int end) {}

    /**
     * Une instruction du premier niveau d'une cellule.
     *
     * @param start    son premier caractère
     * @param end      le caractère qui suit sa fin, point-virgule compris
     * @param declares vrai si elle déclare une variable ou un type
     * @param executes vrai si elle s'exécute telle quelle ; faux aussi pour une expression que rien n'emploie
     * @param endless  vrai si rien de ce qui la suit ne peut s'exécuter
     * @param returns  ses {@code return;} à elle, dans l'ordre ; non ceux de ses lambdas et de ses classes
     * @param value    vrai si l'un d'eux rend une valeur
     */
    public record Statement(int start, int end, boolean declares, boolean executes, boolean endless, List<Return> returns, boolean value) {}

    /**
     * Les instructions par où {@code code} commence, jusqu'à ce qui n'en est pas une (une méthode, un import, une faute), ou jusqu'à une
     * dernière qui n'a pas son point-virgule. Une seule lecture, quel que soit leur nombre.
     */
    List<Statement> statements(String code) {
        var wrong = new int[] {Integer.MAX_VALUE};
        DiagnosticListener<JavaFileObject> listener = problem -> {
            if (problem.getKind() == Diagnostic.Kind.ERROR && !problem.getCode().equals(NOT_A_STATEMENT))
                wrong[0] = Math.min(wrong[0], (int) problem.getPosition());
        };
        return compiler.run("C", METHOD + code + "\n; } }", listener, task -> {
            try {
                return statements(new Parsed(task, task.parse().iterator().next()), code, wrong[0]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static List<Statement> statements(Parsed parsed, String code, int wrong) {
        if (parsed.unit().getTypeDecls().isEmpty() || parsed.members().isEmpty()) return List.of();
        var body = ((MethodTree) parsed.members().getFirst()).getBody();
        var positions = Trees.instance(parsed.task()).getSourcePositions();
        var found = new ArrayList<Statement>();
        for (StatementTree tree : body.getStatements()) {
            int start = (int) positions.getStartPosition(parsed.unit(), tree) - METHOD.length();
            int end = (int) positions.getEndPosition(parsed.unit(), tree) - METHOD.length();
            // ce qui touche à une faute n'est pas lu comme l'élève l'a écrit
            if (start < 0 || end <= start || end > code.length() || end + METHOD.length() >= wrong) break;
            if (tree instanceof EmptyStatementTree) continue;
            // deux variables déclarées d'un seul tenant
            if (!found.isEmpty() && found.getLast().start() == start) found.removeLast();
            found.add(statement(tree, start, end,
                    node -> new Return((int) positions.getStartPosition(parsed.unit(), node) - METHOD.length(),
                            (int) positions.getEndPosition(parsed.unit(), node) - METHOD.length())));
        }
        return found;
    }

    private static Statement statement(StatementTree tree, int start, int end, Function<Tree, Return> place) {
        boolean declares = tree instanceof VariableTree || tree instanceof ClassTree;
        boolean executes = !declares && !(tree instanceof ExpressionStatementTree e && e.getExpression() instanceof ErroneousTree);
        var returns = new ArrayList<Return>();
        var value = new boolean[1];
        if (!declares) new OwnCode() {
            @Override
            public Void visitReturn(ReturnTree node, Void nothing) {
                returns.add(place.apply(node));
                value[0] |= node.getExpression() != null;
                return super.visitReturn(node, nothing);
            }
        }.scan(tree, null);
        return new Statement(start, end, declares, executes, !declares && Endless.is(tree), List.copyOf(returns), value[0]);
    }

    /** Où commence et où finit, dans le texte lu, chaque partie de ce que le compilateur y a lu. */
    record Places(SourcePositions positions, CompilationUnitTree unit, int before) {
        int start(Tree tree) {
            return (int) positions.getStartPosition(unit, tree) - before;
        }

        int end(Tree tree) {
            return (int) positions.getEndPosition(unit, tree) - before;
        }
    }

    /** Donne à {@code reader} les types et les variables que ce texte déclare ; rien s'il ne se lit pas. */
    void declarations(String code, BiConsumer<Tree, Places> reader) {
        Function<Parsed, Boolean> types = parsed -> read(parsed.members(), parsed, "class C {".length(), reader);
        Function<Parsed, Boolean> variables = parsed -> read(((MethodTree) parsed.members().getFirst()).getBody().getStatements(), parsed,
                METHOD.length(), reader);
        if (parse(METHOD, code, "\n; } }", variables).isEmpty()) parse("class C {", code, "\n }", types);
    }

    /** Une variable du premier niveau d'une cellule. */
    public record Variable(String name, boolean isVolatile, boolean isFinal, boolean hasValue) {}

    /** Les variables que ce texte déclare. */
    public List<Variable> variables(String code) {
        var found = new ArrayList<Variable>();
        declarations(code, (tree, _) -> {
            if (!(tree instanceof VariableTree variable)) return;
            var flags = variable.getModifiers().getFlags();
            found.add(new Variable(variable.getName().toString(), flags.contains(Modifier.VOLATILE), flags.contains(Modifier.FINAL),
                    variable.getInitializer() != null));
        });
        return found;
    }

    private static boolean read(List<? extends Tree> trees, Parsed parsed, int before, BiConsumer<Tree, Places> reader) {
        var places = new Places(Trees.instance(parsed.task()).getSourcePositions(), parsed.unit(), before);
        for (Tree tree : trees) if (tree instanceof ClassTree || tree instanceof VariableTree) reader.accept(tree, places);
        return true;
    }

    /** Les mots de {@code code} qui peuvent être des noms ; après un point, c'est celui d'un membre, qu'aucun import ne donne. */
    public static Set<String> identifiers(String code) {
        return IDENTIFIER.matcher(code).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    /** Ce que {@code reader} trouve dans ce que le compilateur lit ; vide si ce n'est pas du Java. */
    private <R> Optional<R> parse(String before, String code, String after, Function<Parsed, R> reader) {
        return parse(before, code, after, _ -> true, reader);
    }

    /** @param shown dit si une expression, qui n'est pas une instruction, est à sa place : la valeur à montrer */
    private <R> Optional<R> parse(String before, String code, String after, Predicate<Diagnostic<?>> shown, Function<Parsed, R> reader) {
        var errors = new boolean[1];
        DiagnosticListener<JavaFileObject> listener = problem -> {
            boolean expression = problem.getCode().equals(NOT_A_STATEMENT) && shown.test(problem);
            if (problem.getKind() == Diagnostic.Kind.ERROR && !expression) errors[0] = true;
        };
        return compiler.run("C", before + code + after, listener, task -> {
            try {
                CompilationUnitTree unit = task.parse().iterator().next();
                return errors[0] ? Optional.empty() : Optional.of(reader.apply(new Parsed(task, unit)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
