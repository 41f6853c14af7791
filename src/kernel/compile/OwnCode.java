package kernel.compile;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.util.TreeScanner;

/** Parcourt le code d'une instruction, sans entrer dans ses lambdas ni dans ses classes : ce code-là s'exécute à un autre moment. */
abstract class OwnCode extends TreeScanner<Void, Void> {
    @Override
    public Void visitClass(ClassTree node, Void nothing) {
        return null;
    }

    @Override
    public Void visitLambdaExpression(LambdaExpressionTree node, Void nothing) {
        return null;
    }
}
