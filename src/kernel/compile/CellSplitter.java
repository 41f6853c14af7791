package kernel.compile;

import java.util.ArrayList;
import java.util.List;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/**
 * Découpe une cellule en étapes que JShell évalue l'une après l'autre. JShell compile chaque fragment à part, et une expression
 * trois fois ; des instructions qui se suivent sont donc réunies en un bloc, compilé en une fois. JShell ne trouve la fin d'un fragment
 * qu'en relisant ce qui reste de la cellule : là où javac lit des instructions, c'est lui qui les sépare, toutes d'un coup.
 */
public final class CellSplitter {
    /**
     * Un fragment de la cellule.
     *
     * @param line      la ligne de la cellule (à partir de 1) où il commence
     * @param complete  faux si le compilateur ne sait pas où il finit
     * @param end       le caractère de la cellule qui suit sa fin
     * @param statement ce que javac y a lu ; null si c'est JShell qui l'a séparé : une déclaration, une faute, une dernière expression
     */
    public record Piece(String source, int line, boolean complete, boolean semicolon, int start, int end, Syntax.Statement statement) {
        /** Vrai si rien de ce qui le suit ne s'exécutera. */
        public boolean endless() {
            return statement != null && statement.endless();
        }

        /** Vrai s'il contient un {@code return} qui rend une valeur. */
        public boolean returnsValue() {
            return statement != null && statement.value();
        }
    }

    /** Ce qui s'évalue en une fois. */
    public sealed interface Step {
        /** Les fragments de l'étape, dans l'ordre. */
        List<Piece> pieces();

        /**
         * Des instructions qui se suivent.
         *
         * @param code   la cellule
         * @param pieces à évaluer un par un si leur bloc ne compile pas : les messages parleront alors du texte de l'élève
         */
        record Statements(String code, List<Piece> pieces) implements Step {
            /** Les fragments réunis. Le bloc garde les sauts de ligne de la cellule : une exception y aura les bons numéros de ligne. */
            public String block() {
                Piece last = pieces.getLast();
                String statements = code.substring(pieces.getFirst().start(), last.start());
                String end = code.substring(last.start(), last.end());
                return isExpression(last) ? Syntax.block(leaving(statements), end) : Syntax.block(leaving(statements + end), "");
            }

            /** Les mêmes, où chaque {@code return} de la cellule dit aussi que la cellule finit là. */
            private String leaving(String statements) {
                var text = new StringBuilder(statements);
                for (Piece piece : pieces.reversed()) {
                    if (piece.statement() == null) continue;
                    int offset = piece.start() - piece.statement().start() - pieces.getFirst().start();
                    for (Syntax.Return place : piece.statement().returns().reversed())
                        text.insert(place.end() + offset, Syntax.LEFT).insert(place.start() + offset, Syntax.LEAVE);
                }
                return text.toString();
            }

            /** Le fragment où tombe ce caractère du bloc, de 0 au dernier. */
            public int pieceAt(int position) {
                int place = pieces.getFirst().start() + position - Syntax.BLOCK_START;
                for (int i = 0; i < pieces.size(); i++) {
                    Piece piece = pieces.get(i);
                    int added = piece.statement() == null ? 0
                            : piece.statement().returns().size() * (Syntax.LEAVE.length() + Syntax.LEFT.length());
                    if (place < piece.end() + added) return i;
                    place -= added;
                }
                return pieces.size() - 1;
            }

            /** Les fragments de {@code from} à {@code to}, non compris. */
            public Statements part(int from, int to) {
                return new Statements(code, pieces.subList(from, to));
            }
        }

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

    /** Compte les lignes d'un texte, en avançant. */
    private static final class Lines {
        private final String text;
        private int place;
        private int line = 1;

        Lines(String text) {
            this.text = text;
        }

        /** La ligne, à partir de 1, de ce caractère ; il ne précède pas celui d'avant. */
        int at(int next) {
            for (; place < next; place++) if (text.charAt(place) == '\n') line++;
            return line;
        }
    }

    /** Les étapes d'une cellule. Un fragment mal écrit reste seul : rien ne s'exécute avant que le compilateur l'ait refusé. */
    public List<Step> steps(String code) {
        var pieces = pieces(code);
        var wrong = pieces.stream().filter(piece -> !piece.complete()).findFirst();
        boolean read = pieces.stream().allMatch(piece -> piece.statement() != null);
        if (wrong.isEmpty() && !read && pieces.size() > 1 && !syntax.areStatements(code))
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
            if (!run.isEmpty()) steps.add(new Step.Statements(code, List.copyOf(run)));
            run.clear();
            steps.add(new Step.Single(piece));
        }
        if (!run.isEmpty()) steps.add(new Step.Statements(code, List.copyOf(run)));
        return steps;
    }

    private List<Piece> pieces(String code) {
        var pieces = new ArrayList<Piece>();
        var lines = new Lines(code);
        for (int at = 0; at < code.length();) {
            int read = at;
            for (Syntax.Statement statement : syntax.statements(code.substring(at))) {
                read = at + statement.end();
                pieces.add(piece(code, at, statement, lines));
            }
            at = read;
            Piece next = at == code.length() ? null : nextPiece(code, at, lines);
            if (next == null) break;                                               // des commentaires seuls
            pieces.add(next);
            at = next.end();
        }
        return pieces;
    }

    private static Piece piece(String code, int offset, Syntax.Statement statement, Lines lines) {
        int start = offset + statement.start();
        int end = offset + statement.end();
        return new Piece(code.substring(start, end), lines.at(start), true, code.charAt(end - 1) == ';', start,
                end, statement);
    }

    /** Le fragment que JShell voit commencer là ; null s'il n'y en a pas. */
    private Piece nextPiece(String code, int at, Lines lines) {
        String rest = code.substring(at);
        if (rest.isBlank()) return null;
        CompletionInfo info = analysis.analyzeCompletion(rest);
        if (info.completeness() == Completeness.EMPTY) return null;
        String source = info.source() == null ? rest : info.source();
        boolean complete = info.completeness().isComplete();
        String after = complete ? info.remaining() : "";
        int start = at + Math.max(0, rest.indexOf(firstLine(source)));
        int end = code.length() - after.length();
        return new Piece(source, lines.at(start), complete, code.substring(start, end).endsWith(";"), start, end,
                null);
    }

    /** Le dernier mot est à JShell : il sera seul à évaluer ce fragment. */
    private boolean isWrong(Piece piece) {
        return piece.statement() == null && !syntax.areStatements(piece.source()) && !syntax.isDeclaration(piece.source())
                && analysis.sourceToSnippets(piece.source()).stream().anyMatch(snippet -> snippet.kind() == Snippet.Kind.ERRONEOUS);
    }

    private static String firstLine(String source) {
        return source.strip().lines().findFirst().orElse("").replaceFirst(";$", "");          // JShell ajoute parfois le point-virgule
    }

    private static boolean isStatement(Piece piece) {
        return piece.statement() != null && piece.statement().executes();
    }

    /** Peut-être une expression : si ce n'en est pas une, le bloc ne compilera pas, et le fragment sera évalué seul. */
    private static boolean isExpression(Piece piece) {
        return piece.statement() == null && !piece.semicolon() && !piece.source().endsWith("}");
    }
}
