package kernel.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import kernel.cell.StackTraces;

/** {@code e.printStackTrace(...)} et {@code Thread.dumpStack()} deviennent ceux de {@link StackTraces}, qui parlent de cellules. */
final class TracePrinting implements CodeTransform {
    private static final ClassDesc STACK_TRACES = StackTraces.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc PRINT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Throwable);
    private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
    private static final Set<String> FORMS = Set.of("()V", "(Ljava/io/PrintStream;)V", "(Ljava/io/PrintWriter;)V");

    private final CellClassLoader loader;

    /** @param loader dit si une classe est celle d'une exception */
    TracePrinting(CellClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
        if (element instanceof InvokeInstruction call && call.opcode() != Opcode.INVOKESPECIAL
                && prints(call.owner().asSymbol(), call.name().stringValue(), call.typeSymbol()))
            print(builder, call.name().stringValue(), call.typeSymbol());
        else builder.with(element);
    }

    /** Vrai si cette méthode écrit une pile d'appels. */
    boolean prints(ClassDesc owner, String name, MethodTypeDesc type) {
        if (name.equals("dumpStack")) return owner.equals(THREAD) && type.parameterCount() == 0;
        return name.equals("printStackTrace") && FORMS.contains(type.descriptorString()) && isThrowable(owner);
    }

    /** L'exception, puis les arguments s'il y en a, sont sur la pile. */
    static void print(CodeBuilder builder, String name, MethodTypeDesc type) {
        if (name.equals("dumpStack")) builder.invokestatic(STACK_TRACES, name, type);
        else builder.invokestatic(STACK_TRACES, "print",
                PRINT.insertParameterTypes(1, type.parameterList().toArray(ClassDesc[]::new)));
    }

    /** Une classe de cellule n'est pas encore chargée : son code dit de qui elle hérite. */
    private boolean isThrowable(ClassDesc type) {
        try {
            ClassDesc parent = type;
            for (InputStream code; (code = loader.bytecodeOf(parent)) != null;) {
                var superclass = ClassFile.of().parse(code.readAllBytes()).superclass();
                if (superclass.isEmpty()) return false;
                parent = superclass.get().asSymbol();
            }
            return Throwable.class.isAssignableFrom(loader.named(parent));
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
