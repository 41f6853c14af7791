package kernel.run;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.HashSet;
import java.util.Set;
import kernel.cell.StopCheck;
import kernel.support.Log;

/**
 * Retouche le code des cellules avant de le charger, de cinq façons :
 * <ul>
 * <li>{@link StopPoints} : des points d'arrêt rendent toute boucle interruptible, même {@code while (true) {}} (le
 *     {@code LocalExecutionControl} du JDK fait de même, avec un seul drapeau pour toutes les cellules) ;
 * <li>{@link ExitRefusal} : {@code System.exit} ne finit pas le noyau ;
 * <li>{@link TracePrinting} : {@code e.printStackTrace()} parle de cellules et de lignes ;
 * <li>{@link TaskCarrying} : une tâche confiée à un exécuteur, une lambda donnée à une bibliothèque emportent leur cellule ;
 * <li>{@link PublicMembers} : ce que les cellules déclarent devient public, sauf ce qui est privé. Chaque bloc a son propre chargeur de
 *     classes, pour que la mémoire en soit rendue, et il doit voir les déclarations.
 * </ul>
 */
public final class Weaver {
    private static final ClassDesc STOP_CHECK = StopCheck.class.describeConstable().orElseThrow();

    private final CellClassLoader loader;
    private final ClassFile classFile;
    private final TracePrinting traces;

    /** @param loader donne, pour calculer les cadres de pile, les classes dont le code d'une cellule parle */
    public Weaver(CellClassLoader loader) {
        this.loader = loader;
        traces = new TracePrinting(loader);
        var cells = ClassHierarchyResolver.ofResourceParsing(loader::bytecodeOf);
        var resolver = cells.orElse(ClassHierarchyResolver.ofClassLoading(loader));
        classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
    }

    /** La même classe, avec ses points d'arrêt ; telle quelle si elle ne peut pas être tissée. */
    public byte[] weave(byte[] bytecode) {
        try {
            ClassModel model = classFile.parse(bytecode);
            return classFile.transformClass(model, transform(model));
        } catch (RuntimeException | LinkageError e) {
            Log.warn("classe non tissée, ses boucles ne s'interrompront pas", e);
            return bytecode;
        }
    }

    private ClassTransform transform(ClassModel model) {
        var tasks = new TaskCarrying(model, loader, traces);
        var code = CodeTransform.ofStateful(StopPoints::new).andThen(new ExitRefusal()).andThen(traces).andThen(tasks);
        var woven = ClassTransform.transformingMethodBodies(code).andThen(tasks.addedMethods()).andThen(new PublicMembers());
        // En dernier, et non à côté de l'autre transformation des corps de méthodes : le JDK fondrait leurs filtres en un.
        return TaskCarrying.isTimerTask(model) ? woven.andThen(TaskCarrying.timerRun()) : woven;
    }

    /** Un point d'arrêt au début de chaque méthode, et à chaque saut en arrière : un tour de boucle. */
    private static final class StopPoints implements CodeTransform {
        private final Set<Label> passed = new HashSet<>();

        @Override
        public void atStart(CodeBuilder builder) {
            check(builder);
        }

        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            if (element instanceof LabelTarget label) passed.add(label.label());
            else if (element instanceof BranchInstruction branch && passed.contains(branch.target())) check(builder);
            builder.with(element);
        }

        private static void check(CodeBuilder builder) {
            builder.invokestatic(STOP_CHECK, "check", ConstantDescs.MTD_void);
        }
    }

    /** {@code System.exit}, {@code Runtime.exit} et {@code Runtime.halt} deviennent {@link StopCheck#exit}, qui refuse. */
    private static final class ExitRefusal implements CodeTransform {
        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            if (element instanceof InvokeInstruction call && exits(call)) refuse(builder, call);
            else builder.with(element);
        }

        private static boolean exits(InvokeInstruction call) {
            String owner = call.owner().asInternalName();
            String name = call.name().stringValue();
            return owner.equals("java/lang/System") && name.equals("exit")
                    || owner.equals("java/lang/Runtime") && (name.equals("exit") || name.equals("halt"));
        }

        private static void refuse(CodeBuilder builder, InvokeInstruction call) {
            var type = call.typeSymbol();
            boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
            builder.invokestatic(STOP_CHECK, "exit", isStatic ? type : type.insertParameterTypes(0, call.owner().asSymbol()));
        }
    }

    /** La classe et ses membres deviennent publics, sauf ce qui est privé. */
    private static final class PublicMembers implements ClassTransform {
        @Override
        public void accept(ClassBuilder builder, ClassElement element) {
            if (element instanceof AccessFlags flags) builder.withFlags(opened(flags));
            else if (element instanceof FieldModel field) builder.transformField(field, (b, e) -> {
                if (e instanceof AccessFlags flags) b.withFlags(opened(flags));
                else b.with(e);
            });
            else if (element instanceof MethodModel method) builder.transformMethod(method, (b, e) -> {
                if (e instanceof AccessFlags flags) b.withFlags(opened(flags));
                else b.with(e);
            });
            else builder.with(element);
        }

        private static int opened(AccessFlags access) {
            int flags = access.flagsMask();
            return (flags & ClassFile.ACC_PRIVATE) != 0 ? flags : flags & ~ClassFile.ACC_PROTECTED | ClassFile.ACC_PUBLIC;
        }
    }
}
