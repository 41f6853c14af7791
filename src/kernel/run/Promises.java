package kernel.run;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Ce que {@code volatile} et {@code final} promettent d'une variable des cellules. JShell efface ces mots en faisant d'elle un champ
 * statique.
 *
 * <p>{@code volatile} est rendu au champ : la JVM n'a besoin que de ce drapeau-là (JVMS 4.5), les instructions qui lisent et qui écrivent
 * un tel champ sont celles de tous les autres. {@code final} ne peut pas l'être, puisque JShell remet la variable à zéro et la recopie :
 * c'est le code qui lui donne une autre valeur qui est cherché, dans le bytecode, où une variable locale du même nom ne trompe pas.
 */
public final class Promises {
    private static final Pattern SNIPPET = Pattern.compile("REPL/\\$JShell\\$\\d+[A-Z]*");

    private final Set<String> volatiles = new HashSet<>();
    private final Set<String> finals = new HashSet<>();

    /** Une valeur donnée à une variable qui n'en change plus, et d'où. */
    record Broken(String variable, StackTraceElement place) {}

    /** Les mots d'une déclaration. */
    public record Promise(boolean isVolatile, boolean isFinal) {}

    /** Cette variable va être déclarée ainsi. */
    void declare(String variable, Promise promise) {
        volatiles.remove(variable);
        finals.remove(variable);
        if (promise.isVolatile) volatiles.add(variable);
        if (promise.isFinal) finals.add(variable);
    }

    /** Ce que promet cette variable ; rien, si elle n'est pas déclarée. */
    Promise of(String variable) {
        return new Promise(volatiles.contains(variable), finals.contains(variable));
    }

    boolean none() {
        return volatiles.isEmpty() && finals.isEmpty();
    }

    /** La même classe, si elle n'est pas celle d'une variable volatile ; sinon, son champ l'est. */
    byte[] keep(byte[] bytecode) {
        if (volatiles.isEmpty()) return bytecode;
        ClassModel model = ClassFile.of().parse(bytecode);
        if (!SNIPPET.matcher(model.thisClass().asInternalName()).matches() || model.fields().stream().noneMatch(this::isVolatile))
            return bytecode;
        FieldTransform flag = (builder, element) -> {
            if (element instanceof AccessFlags flags) builder.withFlags(flags.flagsMask() | ClassFile.ACC_VOLATILE);
            else builder.with(element);
        };
        return ClassFile.of().transformClass(model, (builder, element) -> {
            if (element instanceof FieldModel field && isVolatile(field)) builder.transformField(field, flag);
            else builder.with(element);
        });
    }

    private boolean isVolatile(FieldModel field) {
        return volatiles.contains(field.fieldName().stringValue());
    }

    /** La première valeur que cette classe donne à une variable finale d'ailleurs. */
    Optional<Broken> broken(byte[] bytecode) {
        if (finals.isEmpty()) return Optional.empty();
        ClassModel model = ClassFile.of().parse(bytecode);
        return model.methods().stream().flatMap(method -> broken(model, method).stream()).findFirst();
    }

    private Optional<Broken> broken(ClassModel model, MethodModel method) {
        if (method.code().isEmpty()) return Optional.empty();
        String self = model.thisClass().asInternalName();
        int line = 0;
        for (CodeElement element : method.code().get()) {
            if (element instanceof LineNumber number) line = number.line();
            if (element instanceof FieldInstruction field && field.opcode() == Opcode.PUTSTATIC
                    && finals.contains(field.name().stringValue()) && SNIPPET.matcher(field.owner().asInternalName()).matches()
                    && !self.equals(field.owner().asInternalName()))
                return Optional.of(new Broken(field.name().stringValue(),
                        new StackTraceElement(self.replace('/', '.'), method.methodName().stringValue(), null, line)));
        }
        return Optional.empty();
    }
}
