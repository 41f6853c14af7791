package kernel.cell;

import java.io.Serializable;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Optional;
import kernel.support.Log;

/**
 * Fait voyager la cellule avec les lambdas qu'elle donne à une bibliothèque : {@code vertx.setTimer(200, id -> ...)}. Les threads d'une
 * bibliothèque gardent la cellule qui les a fait naître ; {@code Weaver} enveloppe donc ici ce que le code d'une cellule lui passe, pour
 * que la lambda, quel que soit le thread qui l'appelle, travaille pour la cellule qui l'a <em>donnée</em>. Publique, car ce code l'appelle.
 *
 * <p>Seules les lambdas et les références de méthodes sont enveloppées, car elles n'ont pas d'identité : le langage ne promet rien de leur
 * classe. Chaque interface a sa classe d'enveloppe, fabriquée à la première demande : un appel coûte quelques dizaines de nanosecondes,
 * même dans un flux de millions d'éléments, là où {@code java.lang.reflect.Proxy} passerait par la réflexion.
 */
public final class CellLambdas {
    private static final ClassDesc CARRIED = Carried.class.describeConstable().orElseThrow();
    private static final ClassDesc CELL = Cell.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc CONSTRUCTOR = MethodTypeDesc.of(ConstantDescs.CD_void, CELL, ConstantDescs.CD_Object);

    /** Le constructeur de l'enveloppe d'une interface ; vide si elle n'en a pas. */
    private static final ClassValue<Optional<MethodHandle>> WRAPPERS = new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
            try {
                return isWrappable(type) ? Optional.of(define(type)) : Optional.empty();
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                Log.warn("les lambdas de " + type.getName() + " n'emporteront pas leur cellule", e);
                return Optional.empty();
            }
        }
    };

    private CellLambdas() {}

    /** Ce qu'une cellule donne à une bibliothèque : l'enveloppe d'une lambda, au nom de la cellule courante ; le reste, tel quel. */
    public static Object carry(Object argument) {
        if (argument == null || !argument.getClass().isHidden() || !isCellLambda(argument)) return argument;
        Class<?>[] interfaces = argument.getClass().getInterfaces();
        if (interfaces.length != 1) return argument;                               // plusieurs interfaces : la bibliothèque y tient
        Optional<MethodHandle> wrapper = WRAPPERS.get(interfaces[0]);
        Cell cell = wrapper.isPresent() ? CurrentCell.get() : null;
        if (cell == null) return argument;
        try {
            return (Object) wrapper.get().invokeExact(cell, argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Une lambda {@code Serializable} reste telle quelle : la bibliothèque l'enverra ailleurs. */
    private static boolean isCellLambda(Object argument) {
        return argument.getClass().getName().startsWith("REPL.") && !(argument instanceof Serializable);
    }

    private static boolean isWrappable(Class<?> type) {
        return Modifier.isPublic(type.getModifiers()) && !type.isSealed();
    }

    /** Une lambda et sa cellule. Égale à toute autre enveloppe de la même lambda : une bibliothèque la retrouve pour la retirer. */
    public abstract static class Carried {
        protected final Object lambda;
        private final Cell cell;

        protected Carried(Cell cell, Object lambda) {
            this.cell = cell;
            this.lambda = lambda;
        }

        /** Le thread courant travaille pour cette cellule ; rend celle d'avant. Dans un long flux, c'est le plus souvent la même. */
        protected final Cell enter() {
            Cell before = CurrentCell.own();
            return before == cell ? before : CurrentCell.enter(cell);
        }

        protected final void leave(Cell before) {
            if (before != cell) CurrentCell.leave(before);
        }

        /** Comme {@link #leave}, quand la lambda a lancé une exception. */
        protected final void fail(Cell before, Throwable thrown) {
            CurrentCell.leaveFailed(cell, before, thrown);
        }

        @Override
        public final boolean equals(Object other) {
            return other instanceof Carried carried && carried.lambda.equals(lambda);
        }

        @Override
        public final int hashCode() {
            return lambda.hashCode();
        }

        @Override
        public final String toString() {
            return lambda.toString();
        }
    }

    // --- La classe d'enveloppe d'une interface ---

    private static MethodHandle define(Class<?> type) throws ReflectiveOperationException {
        String name = "carried." + type.getSimpleName();
        byte[] bytecode = ClassFile.of().build(ClassDesc.of(name), builder -> {
            builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL).withSuperclass(CARRIED).withInterfaceSymbols(describe(type));
            builder.withMethodBody(ConstantDescs.INIT_NAME, CONSTRUCTOR, ClassFile.ACC_PUBLIC, code -> code.aload(0).aload(1).aload(2)
                    .invokespecial(CARRIED, ConstantDescs.INIT_NAME, CONSTRUCTOR).return_());
            var seen = new HashSet<String>();
            for (Method method : type.getMethods())
                if (Modifier.isAbstract(method.getModifiers()) && !isOfObject(method) && seen.add(method.getName() + typeOf(method)))
                    addCall(builder, type, method);
        });
        var wrapper = new WrapperLoader(type, bytecode).wrapper();
        var constructor =
                MethodHandles.publicLookup().findConstructor(wrapper, MethodType.methodType(void.class, Cell.class, Object.class));
        return constructor.asType(MethodType.methodType(Object.class, Cell.class, Object.class));
    }

    private static ClassDesc describe(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private static MethodTypeDesc typeOf(Method method) {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes()).describeConstable().orElseThrow();
    }

    /** {@code Comparator.equals} est abstraite, mais toute classe l'a. */
    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    /** Entre dans la cellule, appelle la même méthode de la lambda, et en sort, qu'elle réussisse ou non. */
    private static void addCall(ClassBuilder builder, Class<?> type, Method method) {
        MethodTypeDesc signature = typeOf(method);
        builder.withMethodBody(method.getName(), signature, ClassFile.ACC_PUBLIC, code -> {
            int before = code.allocateLocal(TypeKind.REFERENCE);
            int thrown = code.allocateLocal(TypeKind.REFERENCE);
            var start = code.newLabel();
            var end = code.newLabel();
            var failed = code.newLabel();
            code.aload(0).invokevirtual(CARRIED, "enter", MethodTypeDesc.of(CELL)).astore(before);
            code.labelBinding(start);
            code.aload(0).getfield(CARRIED, "lambda", ConstantDescs.CD_Object).checkcast(describe(type));
            for (int i = 0; i < signature.parameterCount(); i++)
                code.loadLocal(TypeKind.from(signature.parameterType(i)), code.parameterSlot(i));
            code.invokeinterface(describe(type), method.getName(), signature);
            code.labelBinding(end);
            code.aload(0).aload(before).invokevirtual(CARRIED, "leave", MethodTypeDesc.of(ConstantDescs.CD_void, CELL));
            code.return_(TypeKind.from(signature.returnType()));
            code.labelBinding(failed).astore(thrown);
            code.aload(0).aload(before).aload(thrown);
            code.invokevirtual(CARRIED, "fail", MethodTypeDesc.of(ConstantDescs.CD_void, CELL, ConstantDescs.CD_Throwable));
            code.aload(thrown).athrow();
            code.exceptionCatchAll(start, end, failed);
        });
    }

    /** Le chargeur d'une seule enveloppe, qui voit l'interface et {@link Carried}. La JVM le reprend avec l'interface. */
    private static final class WrapperLoader extends ClassLoader {
        private final byte[] bytecode;

        /** Le chargeur d'une cellule voit aussi ce paquet ; celui d'une interface du JDK, non. */
        WrapperLoader(Class<?> type, byte[] bytecode) {
            super("enveloppe", seesCells(type) ? type.getClassLoader() : CellLambdas.class.getClassLoader());
            this.bytecode = bytecode;
        }

        private static boolean seesCells(Class<?> type) {
            return type.getClassLoader() != null && type.getClassLoader() != ClassLoader.getPlatformClassLoader();
        }

        Class<?> wrapper() {
            return defineClass(null, bytecode, 0, bytecode.length);
        }
    }
}
