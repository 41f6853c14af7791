package kernel;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.HashSet;
import java.util.Set;

/**
 * Ajoute au code des cellules les points d'arrêt qui rendent toute boucle interruptible, même {@code while (true) {}}.
 * Le {@code LocalExecutionControl} du JDK fait de même, avec un seul drapeau pour toutes les cellules.
 */
final class Weaver {
    private static final ClassDesc STOP_CHECK = StopCheck.class.describeConstable().orElseThrow();
    private final ClassFile classFile;

    /** @param loader donne, pour calculer les cadres de pile, les classes dont le code d'une cellule parle */
    Weaver(CellClassLoader loader) {
        var cells = ClassHierarchyResolver.ofResourceParsing(loader::bytecodeOf);
        var resolver = cells.orElse(ClassHierarchyResolver.ofClassLoading(loader));
        classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
    }

    /** La même classe, avec ses points d'arrêt ; telle quelle si elle ne peut pas être tissée. */
    byte[] weave(byte[] bytecode) {
        try {
            var model = classFile.parse(bytecode);
            return classFile.transformClass(model, ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(StopChecks::new)));
        } catch (RuntimeException | LinkageError e) {
            Log.warn("classe non tissée, ses boucles ne s'interrompront pas", e);
            return bytecode;
        }
    }

    private static final class StopChecks implements CodeTransform {
        private final Set<Label> passed = new HashSet<>();

        @Override public void atStart(CodeBuilder builder) {
            check(builder);
        }

        @Override public void accept(CodeBuilder builder, CodeElement element) {
            switch (element) {
                case LabelTarget label -> passed.add(label.label());
                case BranchInstruction branch when passed.contains(branch.target()) -> check(builder);    // un saut en arrière : un tour de boucle
                default -> { }
            }
            builder.with(element);
        }

        private static void check(CodeBuilder builder) {
            builder.invokestatic(STOP_CHECK, "check", ConstantDescs.MTD_void);
        }
    }
}
