package kernel.run;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import kernel.cell.TaskContext;

/**
 * Fait voyager la cellule avec les tâches qu'elle confie : chaque appel d'une méthode d'exécuteur qui prend une tâche enveloppe d'abord
 * celle-ci par {@link TaskContext}. Un objet retouche une classe.
 */
final class TaskCarrying implements CodeTransform {
    private static final ClassDesc TASK_CONTEXT = TaskContext.class.describeConstable().orElseThrow();
    /** Les types à qui l'on confie des tâches. */
    private static final Set<String> EXECUTORS =
            Set.of("Executor", "ExecutorService", "ScheduledExecutorService", "AbstractExecutorService",
                    "ThreadPoolExecutor", "ScheduledThreadPoolExecutor", "ForkJoinPool", "CompletableFuture", "CompletionStage",
                    "CompletionService",
                    "ExecutorCompletionService", "Timer");
    /** Les types de tâches, ceux des paramètres de {@link TaskContext}. */
    private static final Set<String> TASKS = Set.of("Runnable", "Callable", "Supplier", "Function", "BiFunction", "Consumer", "BiConsumer",
            "Collection", "TimerTask");
    private static final Set<DirectMethodHandleDesc.Kind> METHODS = Set.of(DirectMethodHandleDesc.Kind.VIRTUAL,
            DirectMethodHandleDesc.Kind.INTERFACE_VIRTUAL, DirectMethodHandleDesc.Kind.STATIC,
            DirectMethodHandleDesc.Kind.INTERFACE_STATIC);

    /** @param type celui de la méthode ajoutée, qui reçoit l'exécuteur en premier paramètre */
    private record Bridge(DirectMethodHandleDesc target, MethodTypeDesc type) {}

    private final ClassDesc owner;
    private final boolean isInterface;
    private final TracePrinting traces;
    private final List<Bridge> bridges = new ArrayList<>();

    /** @param traces ce que deviennent les références comme {@code Throwable::printStackTrace} */
    TaskCarrying(ClassModel model, TracePrinting traces) {
        this.traces = traces;
        owner = model.thisClass().asSymbol();
        isInterface = model.flags().has(AccessFlag.INTERFACE);
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
        if (element instanceof InvokeInstruction call && givesTasks(call)) carryArguments(builder, call.typeSymbol());
        else if (element instanceof InvokeDynamicInstruction reference
                && reference.bootstrapArgs().stream().anyMatch(this::isBridged)) {
                    bridge(builder, reference);
                    return;
                }
        builder.with(element);
    }

    // --- Les appels ---

    private static boolean givesTasks(InvokeInstruction call) {
        return call.opcode() != Opcode.INVOKESPECIAL && takesTasks(call.owner().asSymbol(), call.typeSymbol());
    }

    /** Le type {@code owner} reçoit des tâches, et cette méthode en prend une. */
    private static boolean takesTasks(ClassDesc owner, MethodTypeDesc type) {
        return owner.packageName().startsWith("java.util") && EXECUTORS.contains(owner.displayName())
                && type.parameterList().stream().anyMatch(TaskCarrying::isTask);
    }

    private static boolean isTask(ClassDesc type) {
        return type.isClassOrInterface() && type.packageName().startsWith("java.") && TASKS.contains(type.displayName());
    }

    /** Les arguments sont sur la pile : on les range, puis on les remet en enveloppant les tâches. */
    private static void carryArguments(CodeBuilder builder, MethodTypeDesc type) {
        int count = type.parameterCount();
        int[] locals = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            locals[i] = builder.allocateLocal(kind);
            builder.storeLocal(kind, locals[i]);
        }
        for (int i = 0; i < count; i++) loadCarried(builder, type.parameterType(i), locals[i]);
    }

    private static void loadCarried(CodeBuilder builder, ClassDesc type, int local) {
        builder.loadLocal(TypeKind.from(type), local);
        if (isTask(type)) builder.invokestatic(TASK_CONTEXT, "carry", MethodTypeDesc.of(type, type));
    }

    // --- Les références à une méthode d'exécuteur : elles désigneront une méthode ajoutée à la classe, qui enveloppe les tâches. ---

    private boolean isBridged(ConstantDesc argument) {
        if (!(argument instanceof DirectMethodHandleDesc handle && METHODS.contains(handle.kind()))) return false;
        var type = MethodTypeDesc.ofDescriptor(handle.lookupDescriptor());
        return takesTasks(handle.owner(), type) || traces.prints(handle.owner(), handle.methodName(), type);
    }

    private void bridge(CodeBuilder builder, InvokeDynamicInstruction reference) {
        var captured = reference.typeSymbol().parameterList();
        var arguments = reference.bootstrapArgs().stream()
                .map(argument -> isBridged(argument) ? bridge((DirectMethodHandleDesc) argument, captured) : argument)
                .toArray(ConstantDesc[]::new);
        builder.invokedynamic(
                DynamicCallSiteDesc.of(reference.bootstrapMethod(), reference.name().stringValue(), reference.typeSymbol(), arguments));
    }

    /** @param captured ce que la référence capture : dans {@code pool::submit}, le pool, sous son type déclaré */
    private ConstantDesc bridge(DirectMethodHandleDesc target, List<ClassDesc> captured) {
        MethodTypeDesc type = target.invocationType();
        if (!captured.isEmpty()) type = type.changeParameterType(0, captured.getFirst());
        bridges.add(new Bridge(target, type));
        var kind = isInterface ? DirectMethodHandleDesc.Kind.INTERFACE_STATIC : DirectMethodHandleDesc.Kind.STATIC;
        return MethodHandleDesc.ofMethod(kind, owner, bridgeName(bridges.size()), type);
    }

    private static String bridgeName(int number) {
        return "carry$" + number;
    }

    /** Ajoute à la classe, à la fin, les méthodes que ses références désignent maintenant. */
    ClassTransform addedMethods() {
        return ClassTransform.endHandler(builder -> {
            for (int i = 0; i < bridges.size(); i++) add(builder, bridgeName(i + 1), bridges.get(i));
        });
    }

    private void add(ClassBuilder builder, String name, Bridge bridge) {
        int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;
        builder.withMethodBody(name, bridge.type, flags, code -> {
            for (int p = 0; p < bridge.type.parameterCount(); p++) loadCarried(code, bridge.type.parameterType(p), code.parameterSlot(p));
            invoke(code, bridge.target);
            code.return_(TypeKind.from(bridge.type.returnType()));
        });
    }

    private void invoke(CodeBuilder code, DirectMethodHandleDesc target) {
        var type = MethodTypeDesc.ofDescriptor(target.lookupDescriptor());
        if (traces.prints(target.owner(), target.methodName(), type)) TracePrinting.print(code, target.methodName(), type);
        else switch (target.kind()) {
            case INTERFACE_VIRTUAL -> code.invokeinterface(target.owner(), target.methodName(), type);
            case STATIC -> code.invokestatic(target.owner(), target.methodName(), type);
            default -> code.invokevirtual(target.owner(), target.methodName(), type);
        }
    }

    // --- Un minuteur : son thread passe d'une tâche à l'autre, chacune dit donc laquelle elle est en commençant. ---

    static boolean isTimerTask(ClassModel model) {
        return model.superclass().filter(type -> type.asInternalName().equals("java/util/TimerTask")).isPresent();
    }

    static ClassTransform timerRun() {
        return ClassTransform.transformingMethodBodies(method -> method.methodName().equalsString("run"), new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                builder.aload(0).invokestatic(TASK_CONTEXT, "begin",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of("java.util.TimerTask")));
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                builder.with(element);
            }
        });
    }
}
