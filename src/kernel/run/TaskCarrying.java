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
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import kernel.cell.CellLambdas;
import kernel.cell.TaskContext;

/**
 * Fait voyager la cellule avec les tâches qu'elle confie : chaque appel d'une méthode d'exécuteur qui prend une tâche enveloppe d'abord
 * celle-ci par {@link TaskContext}, et chaque appel d'une bibliothèque, les lambdas qu'il lui donne, par {@link CellLambdas}. Un objet
 * retouche une classe.
 */
final class TaskCarrying implements CodeTransform {
    private static final ClassDesc TASK_CONTEXT = TaskContext.class.describeConstable().orElseThrow();
    private static final ClassDesc CELL_LAMBDAS = CellLambdas.class.describeConstable().orElseThrow();
    /** Les paquets qui ne sont pas d'une bibliothèque : le JDK, les cellules, et ce que le noyau leur donne. */
    private static final List<String> NOT_LIBRARIES =
            List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "REPL.", "display.", "kernel.");
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
    private final CellClassLoader loader;
    private final TracePrinting traces;
    private final List<Bridge> bridges = new ArrayList<>();

    /**
     * @param loader dit quelles classes sont celles des cellules
     * @param traces ce que deviennent les références comme {@code Throwable::printStackTrace}
     */
    TaskCarrying(ClassModel model, CellClassLoader loader, TracePrinting traces) {
        this.loader = loader;
        this.traces = traces;
        owner = model.thisClass().asSymbol();
        isInterface = model.flags().has(AccessFlag.INTERFACE);
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
        if (element instanceof InvokeInstruction call && gives(call)) carryArguments(builder, call.owner().asSymbol(), call.typeSymbol());
        else if (element instanceof InvokeDynamicInstruction reference
                && reference.bootstrapArgs().stream().anyMatch(this::isBridged)) {
                    bridge(builder, reference);
                    return;
                }
        builder.with(element);
    }

    // --- Les appels ---

    private boolean gives(InvokeInstruction call) {
        ClassDesc owner = call.owner().asSymbol();
        return (call.opcode() != Opcode.INVOKESPECIAL || !isExecutor(owner)) && takes(owner, call.typeSymbol());
    }

    /** Cette méthode de {@code owner} prend une tâche, ou peut-être une lambda. */
    private boolean takes(ClassDesc owner, MethodTypeDesc type) {
        for (ClassDesc parameter : type.parameterList()) if (carrier(owner, parameter) != null) return true;
        return false;
    }

    /** Qui enveloppe ce que reçoit ce paramètre d'une méthode de {@code owner} ; null s'il passe tel quel. */
    private ClassDesc carrier(ClassDesc owner, ClassDesc parameter) {
        if (isExecutor(owner)) return isTask(parameter) ? TASK_CONTEXT : null;
        return callsBack(owner) && mayBeLambda(parameter) ? CELL_LAMBDAS : null;
    }

    private static boolean isExecutor(ClassDesc owner) {
        return owner.packageName().startsWith("java.util") && EXECUTORS.contains(owner.displayName());
    }

    /** Une interface publique : la cellule n'aurait pas le droit de nommer une autre, qu'elle peut pourtant donner sous un type à elle. */
    private boolean mayBeLambda(ClassDesc type) {
        if (!type.isClassOrInterface() || type.packageName().equals("java.lang") && !type.displayName().equals("Runnable")) return false;
        try {
            Class<?> loaded = loader.named(type);
            return loaded.isInterface() && Modifier.isPublic(loaded.getModifiers());
        } catch (ClassNotFoundException | LinkageError e) {                         // la cellule le saura bien assez tôt
            return false;
        }
    }

    /**
     * Vrai pour une bibliothèque, qui peut rappeler une lambda depuis ses propres threads, et pour les serveurs et les clients HTTP du JDK.
     * Le reste du JDK rappelle tout de suite, dans le thread de la cellule, ou passe par les exécuteurs.
     */
    private boolean callsBack(ClassDesc owner) {
        if (!owner.isClassOrInterface()) return false;
        String name = owner.packageName() + ".";
        if (name.startsWith("com.sun.net.httpserver.") || name.startsWith("java.net.http.")) return true;
        for (String own : NOT_LIBRARIES) if (name.startsWith(own)) return false;
        return loader.bytecodeOf(owner) == null;
    }

    private static boolean isTask(ClassDesc type) {
        return type.isClassOrInterface() && type.packageName().startsWith("java.") && TASKS.contains(type.displayName());
    }

    /** Les arguments sont sur la pile : on les range, puis on les remet en enveloppant les tâches. */
    private void carryArguments(CodeBuilder builder, ClassDesc owner, MethodTypeDesc type) {
        int count = type.parameterCount();
        int[] locals = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            locals[i] = builder.allocateLocal(kind);
            builder.storeLocal(kind, locals[i]);
        }
        for (int i = 0; i < count; i++) loadCarried(builder, owner, type.parameterType(i), locals[i]);
    }

    private void loadCarried(CodeBuilder builder, ClassDesc owner, ClassDesc type, int local) {
        builder.loadLocal(TypeKind.from(type), local);
        ClassDesc carrier = carrier(owner, type);
        if (carrier == TASK_CONTEXT) builder.invokestatic(TASK_CONTEXT, "carry", MethodTypeDesc.of(type, type));
        else if (carrier == CELL_LAMBDAS) builder
                .invokestatic(CELL_LAMBDAS, "carry", MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object)).checkcast(type);
    }

    // --- Les références à une méthode d'exécuteur : elles désigneront une méthode ajoutée à la classe, qui enveloppe les tâches. ---

    private boolean isBridged(ConstantDesc argument) {
        if (!(argument instanceof DirectMethodHandleDesc handle && METHODS.contains(handle.kind()))) return false;
        var type = MethodTypeDesc.ofDescriptor(handle.lookupDescriptor());
        return takes(handle.owner(), type) || traces.prints(handle.owner(), handle.methodName(), type);
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
            for (int p = 0; p < bridge.type.parameterCount(); p++)
                loadCarried(code, bridge.target.owner(), bridge.type.parameterType(p), code.parameterSlot(p));
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
