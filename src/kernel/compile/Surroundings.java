package kernel.compile;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** Ce qui entoure un endroit du code : une lambda, une méthode, une classe. Ce qu'il faut écrire n'y est pas le même. */
public final class Surroundings extends TreePathScanner<Void, Void> {
    private static final Set<String> OF_OBJECT = Set.of("toString", "equals", "hashCode", "finalize", "clone");

    public enum Kind {
        /** Des instructions que rien n'entoure. */
        NOTHING,
        METHOD,
        CONSTRUCTOR,
        /** Une méthode qui en redéfinit peut-être une autre, ou le constructeur d'un record : ils n'annoncent pas ce qu'ils veulent. */
        INHERITED_METHOD,
        LAMBDA,
        /** La valeur d'un champ, ou un bloc d'initialisation. */
        INITIALIZER
    }

    /**
     * Ce qui entoure l'endroit de plus près.
     *
     * @param start où il commence dans le texte
     * @param end   où il finit
     */
    public record Found(Kind kind, int start, int end) {}

    private final SourcePositions positions;
    private final CompilationUnitTree unit;
    private final int shift;
    private final int position;
    private Found found;

    private Surroundings(SourcePositions positions, CompilationUnitTree unit, int shift, int position) {
        this.positions = positions;
        this.unit = unit;
        this.shift = shift;
        this.position = position;
        found = new Found(Kind.NOTHING, 0, Integer.MAX_VALUE);
    }

    /**
     * Cherche de l'extérieur vers l'intérieur.
     *
     * @param shift    la longueur de ce qui précède le texte dans ce que le compilateur a lu
     * @param position l'endroit, dans le texte
     */
    static Found find(JavacTask task, CompilationUnitTree unit, int shift, int position) {
        var search = new Surroundings(Trees.instance(task).getSourcePositions(), unit, shift, position);
        search.scan(unit, null);
        return search.found;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
        enter(Kind.INITIALIZER, type);
        return super.visitClass(type, unused);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
        boolean alone = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type && start(type) < 0;        // une cellule
        enter(alone ? Kind.METHOD : kind(method), method);
        return super.visitMethod(method, unused);
    }

    @Override
    public Void visitLambdaExpression(LambdaExpressionTree lambda, Void unused) {
        enter(Kind.LAMBDA, lambda);
        return super.visitLambdaExpression(lambda, unused);
    }

    @Override
    public Void visitBlock(BlockTree block, Void unused) {
        if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) enter(Kind.INITIALIZER, block);
        return super.visitBlock(block, unused);
    }

    private void enter(Kind kind, Tree tree) {
        int end = (int) positions.getEndPosition(unit, tree) - shift;
        if (start(tree) >= 0 && start(tree) <= position && position < end) found = new Found(kind, start(tree), end);
    }

    /** Négatif pour ce qui n'est là que pour que le compilateur lise le texte. */
    private int start(Tree tree) {
        return (int) positions.getStartPosition(unit, tree) - shift;
    }

    private Kind kind(MethodTree method) {
        var type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
        if (method.getReturnType() == null) return type.getKind() == Tree.Kind.RECORD ? Kind.INHERITED_METHOD : Kind.CONSTRUCTOR;
        Set<Modifier> modifiers = method.getModifiers().getFlags();
        if (modifiers.contains(Modifier.STATIC) || modifiers.contains(Modifier.PRIVATE)) return Kind.METHOD;
        boolean mayOverride = type.getSimpleName().isEmpty() || type.getExtendsClause() != null || !type.getImplementsClause().isEmpty()
                || OF_OBJECT.contains(method.getName().toString());
        return mayOverride ? Kind.INHERITED_METHOD : Kind.METHOD;
    }
}
