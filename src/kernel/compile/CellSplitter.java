package kernel.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import kernel.run.SourceMap;

/**
 * Découpe une cellule en étapes que JShell évalue l'une après l'autre. JShell compile chaque fragment à part, et une expression
 * trois fois ; des instructions qui se suivent sont donc réunies en un bloc, compilé en une fois.
 */
public final class CellSplitter {
    /** Un appel ({@code a.b(...)}) ou une instruction comme {@code if (...)} : rien qui déclare un nom pour les cellules suivantes. */
    private static final Pattern STATEMENT = Pattern.compile("[\\p{L}\\p{N}_$.]+\\s*\\(.*", Pattern.DOTALL);

    /**
     * Un fragment de la cellule.
     *
     * @param line     la ligne de la cellule (à partir de 1) où il commence
     * @param complete faux si le compilateur ne sait pas où il finit
     * @param end      le caractère de la cellule qui suit sa fin
     */
    public record Piece(String source, int line, boolean complete, boolean semicolon, int start, int end) {}

    /** Ce qui s'évalue en une fois. */
    public sealed interface Step {
        /** Les fragments de l'étape, dans l'ordre. */
        List<Piece> pieces();

        /**
         * Des instructions qui se suivent.
         *
         * @param block  les fragments réunis
         * @param pieces à évaluer un par un si le bloc ne compile pas : les messages parleront alors du texte de l'élève
         */
        record Statements(String block, List<Piece> pieces) implements Step {}

        /** Un fragment que JShell seul sait évaluer : une déclaration, ou ce qui est mal écrit. */
        record Single(Piece piece) implements Step {
            @Override
            public List<Piece> pieces() {
                return List.of(piece);
            }
        }
    }

    private final SourceCodeAnalysis analysis;
    private final Syntax syntax;

    public CellSplitter(SourceCodeAnalysis analysis, Syntax syntax) {
        this.analysis = analysis;
        this.syntax = syntax;
    }

    /** Les étapes d'une cellule. Un fragment mal écrit reste seul : rien ne s'exécute avant que le compilateur l'ait refusé. */
    public List<Step> steps(String code) {
        var pieces = pieces(code);
        var wrong = pieces.stream().filter(piece -> !piece.complete()).findFirst();
        if (wrong.isEmpty() && pieces.size() > 1 && !syntax.areStatements(code))
            wrong = pieces.stream().filter(this::isWrong).findFirst();
        if (wrong.isPresent()) return List.of(new Step.Single(wrong.get()));
        var steps = new ArrayList<Step>();
        var run = new ArrayList<Piece>();
        for (Piece piece : pieces) {
            boolean last = piece == pieces.getLast();
            if (isStatement(piece) || last && isExpression(piece)) {
                run.add(piece);
                continue;
            }
            if (!run.isEmpty()) steps.add(block(code, run));
            run.clear();
            steps.add(new Step.Single(piece));
        }
        if (!run.isEmpty()) steps.add(block(code, run));
        return steps;
    }

    private List<Piece> pieces(String code) {
        var pieces = new ArrayList<Piece>();
        for (String rest = code; !rest.isBlank();) {
            CompletionInfo info = analysis.analyzeCompletion(rest);
            if (info.completeness() == Completeness.EMPTY) break;                  // des commentaires seuls
            String source = info.source() == null ? rest : info.source();
            boolean complete = info.completeness().isComplete();
            String after = complete ? info.remaining() : "";
            int start = code.length() - rest.length() + Math.max(0, rest.indexOf(firstLine(source)));
            int end = code.length() - after.length();
            pieces.add(new Piece(source, 1 + SourceMap.lines(code.substring(0, start)), complete, code.substring(start, end).endsWith(";"),
                    start, end));
            rest = after;
        }
        return pieces;
    }

    /** Le dernier mot est à JShell : il sera seul à évaluer ce fragment. */
    private boolean isWrong(Piece piece) {
        return !syntax.areStatements(piece.source()) && !syntax.isDeclaration(piece.source())
                && analysis.sourceToSnippets(piece.source()).stream().anyMatch(snippet -> snippet.kind() == Snippet.Kind.ERRONEOUS);
    }

    private static String firstLine(String source) {
        return source.strip().lines().findFirst().orElse("").replaceFirst(";$", "");          // JShell ajoute parfois le point-virgule
    }

    private static boolean isStatement(Piece piece) {
        return (piece.semicolon() || piece.source().endsWith("}")) && STATEMENT.matcher(piece.source().strip()).matches();
    }

    /** Peut-être une expression : si ce n'en est pas une, le bloc ne compilera pas, et le fragment sera évalué seul. */
    private static boolean isExpression(Piece piece) {
        return !piece.semicolon() && !piece.source().endsWith("}");
    }

    /** Le bloc garde les sauts de ligne de la cellule : une exception y aura les bons numéros de ligne. */
    private static Step block(String code, List<Piece> run) {
        Piece last = run.getLast();
        String statements = code.substring(run.getFirst().start(), last.start());
        String end = code.substring(last.start(), last.end());
        return new Step.Statements(isExpression(last) ? Syntax.block(statements, end) : Syntax.block(statements + end, ""),
                List.copyOf(run));
    }
}
