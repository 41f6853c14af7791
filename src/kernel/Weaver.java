package kernel;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.Set;

/**
 * Retouche le code des cellules avant de le charger :
 * <ul>
 * <li>des points d'arrêt rendent toute boucle interruptible, même {@code while (true) {}} (le {@code LocalExecutionControl} du JDK
 *     fait de même, avec un seul drapeau pour toutes les cellules) ;
 * <li>une tâche confiée à un exécuteur emporte sa cellule ({@link TaskContext}) ;
 * <li>{@code System.exit} ne finit pas le noyau.
 * </ul>
 */
final class Weaver {
    private static final ClassDesc STOP_CHECK = StopCheck.class.describeConstable().orElseThrow();
    private static final ClassDesc TASK_CONTEXT = TaskContext.class.describeConstable().orElseThrow();
    /** Les types à qui l'on confie des tâches. */
    private static final Set<String> EXECUTORS = Set.of("Executor", "ExecutorService", "ScheduledExecutorService", "AbstractExecutorService", "ThreadPoolExecutor",
            "ScheduledThreadPoolExecutor", "ForkJoinPool", "CompletableFuture", "CompletionStage", "CompletionService", "ExecutorCompletionService");
    /** Les types de tâches, ceux des paramètres de {@link TaskContext}. */
    private static final Set<String> TASKS = Set.of("Runnable", "Callable", "Supplier", "Function", "BiFunction", "Consumer", "BiConsumer", "Collection");
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
            return classFile.transformClass(model, ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Retouch::new)));
        } catch (RuntimeException | LinkageError e) {
            Log.warn("classe non tissée, ses boucles ne s'interrompront pas", e);
            return bytecode;
        }
    }

    private static final class Retouch implements CodeTransform {
        private final Set<Label> passed = new HashSet<>();

        @Override public void atStart(CodeBuilder builder) {
            check(builder);
        }

        @Override public void accept(CodeBuilder builder, CodeElement element) {
            switch (element) {
                case LabelTarget label -> passed.add(label.label());
                case BranchInstruction branch when passed.contains(branch.target()) -> check(builder);    // un saut en arrière : un tour de boucle
                case InvokeInstruction call when exits(call) -> {
                    builder.invokestatic(STOP_CHECK, "exit", call.opcode() == Opcode.INVOKESTATIC ? call.typeSymbol() : call.typeSymbol().insertParameterTypes(0, call.owner().asSymbol()));
                    return;
                }
                case InvokeInstruction call when handsTasks(call) -> carryTasks(builder, call.typeSymbol());
                default -> { }
            }
            builder.with(element);
        }

        private static boolean exits(InvokeInstruction call) {
            String owner = call.owner().asInternalName();
            String name = call.name().stringValue();
            return owner.equals("java/lang/System") && name.equals("exit") || owner.equals("java/lang/Runtime") && (name.equals("exit") || name.equals("halt"));
        }

        private static boolean handsTasks(InvokeInstruction call) {
            ClassDesc owner = call.owner().asSymbol();
            return owner.packageName().equals("java.util.concurrent") && EXECUTORS.contains(owner.displayName())
                    && call.opcode() != Opcode.INVOKESPECIAL && call.typeSymbol().parameterList().stream().anyMatch(Retouch::isTask);
        }

        private static boolean isTask(ClassDesc type) {
            return type.isClassOrInterface() && type.packageName().startsWith("java.") && TASKS.contains(type.displayName());
        }

        /** Les arguments sont sur la pile : on les range, puis on les remet en enveloppant les tâches. */
        private static void carryTasks(CodeBuilder builder, MethodTypeDesc type) {
            int count = type.parameterCount();
            int[] locals = new int[count];
            for (int i = count - 1; i >= 0; i--) {
                TypeKind kind = TypeKind.from(type.parameterType(i));
                locals[i] = builder.allocateLocal(kind);
                builder.storeLocal(kind, locals[i]);
            }
            for (int i = 0; i < count; i++) {
                ClassDesc parameter = type.parameterType(i);
                builder.loadLocal(TypeKind.from(parameter), locals[i]);
                if (isTask(parameter)) builder.invokestatic(TASK_CONTEXT, "carry", MethodTypeDesc.of(parameter, parameter));
            }
        }

        private static void check(CodeBuilder builder) {
            builder.invokestatic(STOP_CHECK, "check", ConstantDescs.MTD_void);
        }
    }
}
