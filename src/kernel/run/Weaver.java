package kernel.run;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kernel.cell.StopCheck;
import kernel.cell.TaskContext;
import kernel.support.Log;

/**
 * Retouche le code des cellules avant de le charger :
 * <ul>
 * <li>des points d'arrêt rendent toute boucle interruptible, même {@code while (true) {}} (le {@code LocalExecutionControl} du JDK
 *     fait de même, avec un seul drapeau pour toutes les cellules) ;
 * <li>une tâche confiée à un exécuteur emporte sa cellule ({@link TaskContext}) ;
 * <li>{@code System.exit} ne finit pas le noyau ;
 * <li>ce que les cellules déclarent devient public, sauf ce qui est privé : chaque bloc a son propre chargeur de classes, pour que la
 *     mémoire en soit rendue, et il doit voir les déclarations.
 * </ul>
 */
public final class Weaver {
    private static final ClassDesc STOP_CHECK = StopCheck.class.describeConstable().orElseThrow();
    private static final ClassDesc TASK_CONTEXT = TaskContext.class.describeConstable().orElseThrow();
    /** Les types à qui l'on confie des tâches. */
    private static final Set<String> EXECUTORS = Set.of("Executor", "ExecutorService", "ScheduledExecutorService", "AbstractExecutorService", "ThreadPoolExecutor",
            "ScheduledThreadPoolExecutor", "ForkJoinPool", "CompletableFuture", "CompletionStage", "CompletionService", "ExecutorCompletionService", "Timer");
    /** Les types de tâches, ceux des paramètres de {@link TaskContext}. */
    private static final Set<String> TASKS = Set.of("Runnable", "Callable", "Supplier", "Function", "BiFunction", "Consumer", "BiConsumer", "Collection", "TimerTask");
    private final ClassFile classFile;

    /** @param loader donne, pour calculer les cadres de pile, les classes dont le code d'une cellule parle */
    public Weaver(CellClassLoader loader) {
        var cells = ClassHierarchyResolver.ofResourceParsing(loader::bytecodeOf);
        var resolver = cells.orElse(ClassHierarchyResolver.ofClassLoading(loader));
        classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
    }

    /** La même classe, avec ses points d'arrêt ; telle quelle si elle ne peut pas être tissée. */
    public byte[] weave(byte[] bytecode) {
        try {
            var model = classFile.parse(bytecode);
            var bridges = new Bridges(model.thisClass().asSymbol(), model.flags().has(AccessFlag.INTERFACE));
            boolean timerTask = model.superclass().filter(type -> type.asInternalName().equals("java/util/TimerTask")).isPresent();
            return classFile.transformClass(model, ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(() -> new Retouch(bridges)))
                    .andThen(ClassTransform.endHandler(bridges::addTo))
                    .andThen(Weaver::makePublic)
                    .andThen(ClassTransform.transformingMethodBodies(method -> timerTask && method.methodName().equalsString("run"), new TimerRun())));   // pas à côté de Retouch : le JDK fondrait leurs filtres en un
        } catch (RuntimeException | LinkageError e) {
            Log.warn("classe non tissée, ses boucles ne s'interrompront pas", e);
            return bytecode;
        }
    }

    private static void makePublic(ClassBuilder builder, ClassElement element) {
        if (element instanceof AccessFlags flags) builder.withFlags(publicFlags(flags.flagsMask()));
        else if (element instanceof FieldModel field) builder.transformField(field, (b, e) -> {
            if (e instanceof AccessFlags flags) b.withFlags(publicFlags(flags.flagsMask()));
            else b.with(e);
        });
        else if (element instanceof MethodModel method) builder.transformMethod(method, (b, e) -> {
            if (e instanceof AccessFlags flags) b.withFlags(publicFlags(flags.flagsMask()));
            else b.with(e);
        });
        else builder.with(element);
    }

    private static int publicFlags(int flags) {
        return (flags & ClassFile.ACC_PRIVATE) != 0 ? flags : flags & ~ClassFile.ACC_PROTECTED | ClassFile.ACC_PUBLIC;
    }

    /** Le type {@code owner} reçoit des tâches, et cette méthode en prend une. */
    private static boolean takesTasks(ClassDesc owner, MethodTypeDesc type) {
        return owner.packageName().startsWith("java.util") && EXECUTORS.contains(owner.displayName()) && type.parameterList().stream().anyMatch(Weaver::isTask);
    }

    private static boolean isTask(ClassDesc type) {
        return type.isClassOrInterface() && type.packageName().startsWith("java.") && TASKS.contains(type.displayName());
    }

    /** Une référence comme {@code pool::submit} confie aussi des tâches : elle désignera une méthode ajoutée à la classe, qui les enveloppe. */
    private record Bridges(ClassDesc owner, boolean isInterface, List<Bridge> bridges) {
        /** @param type celui de la méthode ajoutée */
        record Bridge(DirectMethodHandleDesc target, MethodTypeDesc type) { }

        Bridges(ClassDesc owner, boolean isInterface) {
            this(owner, isInterface, new ArrayList<>());
        }

        private static final Set<DirectMethodHandleDesc.Kind> METHODS = Set.of(DirectMethodHandleDesc.Kind.VIRTUAL, DirectMethodHandleDesc.Kind.INTERFACE_VIRTUAL,
                DirectMethodHandleDesc.Kind.STATIC, DirectMethodHandleDesc.Kind.INTERFACE_STATIC);

        static boolean needed(ConstantDesc argument) {
            return argument instanceof DirectMethodHandleDesc handle && METHODS.contains(handle.kind())
                    && takesTasks(handle.owner(), MethodTypeDesc.ofDescriptor(handle.lookupDescriptor()));
        }

        /**
         * La référence à la méthode ajoutée, qui reçoit l'exécuteur en premier paramètre.
         *
         * @param captured ce que la référence capture : dans {@code pool::submit}, le pool, sous son type déclaré
         */
        ConstantDesc bridge(ConstantDesc argument, List<ClassDesc> captured) {
            if (!needed(argument)) return argument;
            var target = (DirectMethodHandleDesc) argument;
            MethodTypeDesc type = captured.isEmpty() ? target.invocationType() : target.invocationType().changeParameterType(0, captured.getFirst());
            bridges.add(new Bridge(target, type));
            var kind = isInterface ? DirectMethodHandleDesc.Kind.INTERFACE_STATIC : DirectMethodHandleDesc.Kind.STATIC;
            return MethodHandleDesc.ofMethod(kind, owner, "carry$" + bridges.size(), type);
        }

        void addTo(ClassBuilder builder) {
            for (int i = 0; i < bridges.size(); i++) {
                var target = bridges.get(i).target();
                var type = bridges.get(i).type();
                builder.withMethodBody("carry$" + (i + 1), type, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC, code -> {
                    for (int p = 0; p < type.parameterCount(); p++) {
                        code.loadLocal(TypeKind.from(type.parameterType(p)), code.parameterSlot(p));
                        if (isTask(type.parameterType(p))) code.invokestatic(TASK_CONTEXT, "carry", MethodTypeDesc.of(type.parameterType(p), type.parameterType(p)));
                    }
                    var called = MethodTypeDesc.ofDescriptor(target.lookupDescriptor());
                    switch (target.kind()) {
                        case INTERFACE_VIRTUAL -> code.invokeinterface(target.owner(), target.methodName(), called);
                        case STATIC -> code.invokestatic(target.owner(), target.methodName(), called);
                        default -> code.invokevirtual(target.owner(), target.methodName(), called);
                    }
                    code.return_(TypeKind.from(type.returnType()));
                });
            }
        }
    }

    /** Le thread d'un minuteur passe d'une tâche à l'autre : en commençant, chacune dit laquelle elle est. */
    private static final class TimerRun implements CodeTransform {
        @Override public void atStart(CodeBuilder builder) {
            builder.aload(0).invokestatic(TASK_CONTEXT, "begin", MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of("java.util.TimerTask")));
        }

        @Override public void accept(CodeBuilder builder, CodeElement element) {
            builder.with(element);
        }
    }

    private static final class Retouch implements CodeTransform {
        private final Set<Label> passed = new HashSet<>();
        private final Bridges bridges;

        Retouch(Bridges bridges) {
            this.bridges = bridges;
        }

        @Override public void atStart(CodeBuilder builder) {
            check(builder);
        }

        @Override public void accept(CodeBuilder builder, CodeElement element) {
            if (element instanceof LabelTarget label) passed.add(label.label());
            else if (element instanceof BranchInstruction branch && passed.contains(branch.target())) check(builder);    // un saut en arrière : un tour de boucle
            else if (element instanceof InvokeInstruction call && exits(call)) {
                builder.invokestatic(STOP_CHECK, "exit", call.opcode() == Opcode.INVOKESTATIC ? call.typeSymbol() : call.typeSymbol().insertParameterTypes(0, call.owner().asSymbol()));
                return;
            } else if (element instanceof InvokeInstruction call && call.opcode() != Opcode.INVOKESPECIAL && takesTasks(call.owner().asSymbol(), call.typeSymbol())) carryTasks(builder, call.typeSymbol());
            else if (element instanceof InvokeDynamicInstruction reference && reference.bootstrapArgs().stream().anyMatch(Bridges::needed)) {
                var arguments = reference.bootstrapArgs().stream().map(argument -> bridges.bridge(argument, reference.typeSymbol().parameterList())).toArray(ConstantDesc[]::new);
                builder.invokedynamic(DynamicCallSiteDesc.of(reference.bootstrapMethod(), reference.name().stringValue(), reference.typeSymbol(), arguments));
                return;
            }
            builder.with(element);
        }

        private static boolean exits(InvokeInstruction call) {
            String owner = call.owner().asInternalName();
            String name = call.name().stringValue();
            return owner.equals("java/lang/System") && name.equals("exit") || owner.equals("java/lang/Runtime") && (name.equals("exit") || name.equals("halt"));
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
