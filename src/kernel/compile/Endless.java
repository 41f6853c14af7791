package kernel.compile;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.BreakTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LabeledStatementTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.WhileLoopTree;
import javax.lang.model.element.Name;

/**
 * Dit qu'une instruction ne peut pas finir normalement, comme l'entend Java (JLS 14.22) : ce qui la suit ne s'exécutera jamais. Dans le
 * doute (une condition qui n'est pas le mot {@code true}, un {@code switch}), dit non.
 */
final class Endless {
    private Endless() {}

    static boolean is(StatementTree tree) {
        if (tree instanceof ReturnTree || tree instanceof ThrowTree) return true;
        if (tree instanceof WhileLoopTree loop) return isTrue(loop.getCondition()) && !breaks(loop.getStatement(), null);
        if (tree instanceof ForLoopTree loop)
            return (loop.getCondition() == null || isTrue(loop.getCondition())) && !breaks(loop.getStatement(), null);
        if (tree instanceof DoWhileLoopTree loop) return isTrue(loop.getCondition()) && !breaks(loop.getStatement(), null);
        if (tree instanceof LabeledStatementTree labeled)
            return is(labeled.getStatement()) && !breaks(labeled.getStatement(), labeled.getLabel());
        if (tree instanceof BlockTree block) return block.getStatements().stream().anyMatch(Endless::is);
        if (tree instanceof IfTree choice)
            return choice.getElseStatement() != null && is(choice.getThenStatement()) && is(choice.getElseStatement());
        if (tree instanceof SynchronizedTree locked) return is(locked.getBlock());
        return tree instanceof TryTree attempt && (attempt.getFinallyBlock() != null && is(attempt.getFinallyBlock())
                || is(attempt.getBlock()) && attempt.getCatches().stream().allMatch(caught -> is(caught.getBlock())));
    }

    private static boolean isTrue(ExpressionTree condition) {
        Tree inside = condition;
        while (inside instanceof ParenthesizedTree parentheses) inside = parentheses.getExpression();
        return inside instanceof LiteralTree literal && Boolean.TRUE.equals(literal.getValue());
    }

    /** Vrai si un {@code break} sort d'ici : d'une boucle dont c'est le corps, ou de l'instruction qui porte ce nom. */
    private static boolean breaks(StatementTree body, Name label) {
        var found = new boolean[1];
        new OwnCode() {
            private int depth;                                                    // un break sans nom sort de la boucle la plus proche

            @Override
            public Void visitBreak(BreakTree node, Void nothing) {
                found[0] |= label == null ? node.getLabel() == null && depth == 0 : label.equals(node.getLabel());
                return null;
            }

            @Override
            public Void scan(Tree tree, Void nothing) {
                boolean inner = tree instanceof WhileLoopTree || tree instanceof DoWhileLoopTree || tree instanceof ForLoopTree
                        || tree instanceof EnhancedForLoopTree || tree instanceof SwitchTree;
                if (inner) depth++;
                super.scan(tree, nothing);
                if (inner) depth--;
                return null;
            }
        }.scan(body, null);
        return found[0];
    }
}
