package kernel.run;

import java.lang.instrument.ClassDefinition;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.SPIResolutionException;
import kernel.cell.Cell;
import kernel.support.Log;

/**
 * Exécute dans cette même JVM ce que JShell a compilé : charge les classes, lance les instructions d'une cellule dans {@link CellThread},
 * et garde les vrais objets (JShell, lui, ne garde que leur texte).
 */
public final class Execution extends DirectExecutionControl {
    private static final Pattern SNIPPET_CLASS = Pattern.compile("(REPL\\.\\$JShell\\$\\d+)[A-Z]*");

    private final CellClassLoader loader;
    private final SourceMap snippets;
    private final Weaver weaver;
    private final Redefinition redefinition;
    private final Map<String, Optional<Object>> results = new ConcurrentHashMap<>();
    private final Map<String, Class<?>> latest = new ConcurrentHashMap<>();      // classe d'un fragment, sans sa lettre -> dernière version
    private final CellThread thread;
    private Cell cell;
    private Throwable failure;
    private int count;

    public Execution(CellClassLoader loader, SourceMap snippets, Redefinition redefinition) {
        super(new Loader(loader));
        this.loader = loader;
        this.snippets = snippets;
        this.redefinition = redefinition;
        this.weaver = new Weaver(loader);
        this.thread = new CellThread(loader);
    }

    /** La cellule au nom de laquelle tourneront les prochaines instructions. */
    public void begin(Cell cell) {
        this.cell = cell;
        failure = null;
    }

    /** La cellule est finie. */
    public void end() {
        cell = null;
        results.clear();
    }

    /** Le vrai objet derrière une valeur rendue par JShell ; peut être null. */
    public Object result(String key) {
        return results.get(key).orElse(null);
    }

    /** L'exception qui a fini la dernière instruction, avec sa vraie pile, ou null. */
    public Throwable failure() {
        return failure;
    }

    @Override public void load(ClassBytecodes[] classes) throws ClassInstallException, NotImplementedException, EngineTerminationException {
        for (var c : classes) loader.put(c.name(), c.bytecodes());
        var woven = new ArrayList<ClassBytecodes>();
        for (var c : classes) woven.add(new ClassBytecodes(c.name(), weaver.weave(c.bytecodes())));
        super.load(woven.toArray(ClassBytecodes[]::new));
        for (var c : classes) {
            snippets.loaded(c.name());
            keepVariables(c.name());
        }
    }

    /**
     * Change le corps de classes chargées.
     *
     * @throws ClassInstallException si la JVM le refuse : JShell charge alors d'autres classes, qui les remplacent
     */
    @Override public void redefine(ClassBytecodes[] classes) throws ClassInstallException, NotImplementedException {
        if (!redefinition.available()) throw new NotImplementedException("redefine");
        var before = new HashMap<String, byte[]>();
        for (var c : classes) before.put(c.name(), loader.put(c.name(), c.bytecodes()));
        var definitions = new ArrayList<ClassDefinition>();
        for (var c : classes) definitions.add(new ClassDefinition(loaded(c.name()), weaver.weave(c.bytecodes())));
        if (redefinition.redefine(definitions)) return;
        before.forEach(loader::put);
        throw new ClassInstallException("redefine", new boolean[classes.length]);
    }

    private Class<?> loaded(String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * JShell remplace la classe d'un fragment dont une dépendance change, et ses variables repartent de zéro.
     * On recopie donc les valeurs de l'ancienne classe quand les types sont restés les mêmes.
     */
    private void keepVariables(String name) {
        var matcher = SNIPPET_CLASS.matcher(name);
        if (!matcher.matches()) return;
        Class<?> fresh = loaded(name);
        Class<?> old = latest.put(matcher.group(1), fresh);
        if (old == null || old == fresh) return;
        for (Field field : fresh.getDeclaredFields()) copyStatic(old, field);
    }

    /** Une variable déclarée à nouveau sans valeur initiale repart de zéro, comme à sa première déclaration. */
    public void reset(String className, String variable) {
        try {
            Field field = findClass(className).getDeclaredField(variable);
            field.setAccessible(true);
            field.set(null, Array.get(Array.newInstance(field.getType(), 1), 0));          // la valeur par défaut de son type
        } catch (ReflectiveOperationException e) {
            Log.warn("variable " + variable + " non remise à zéro", e);
        }
    }

    private static void copyStatic(Class<?> old, Field field) {
        if (!Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) return;
        try {
            Field before = old.getDeclaredField(field.getName());
            if (!before.getGenericType().equals(field.getGenericType())) return;
            before.setAccessible(true);
            field.setAccessible(true);
            field.set(null, before.get(null));
        } catch (NoSuchFieldException e) {
            // la variable n'existait pas encore
        } catch (IllegalAccessException e) {
            Log.warn("variable " + field.getName() + " non reprise", e);
        }
    }

    @Override protected String invoke(Method method) throws Exception {
        Object value;
        try {
            value = call(() -> {
                try {
                    return method.invoke(null);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SPIResolutionException) throw e;
            throw new InvocationTargetException(new RuntimeException());       // JShell en copierait les causes, sans fin si elles tournent en rond
        }
        String key = "r" + count++;
        results.put(key, Optional.ofNullable(value));
        return key;
    }

    /**
     * Charge et exécute un bloc dans le thread des cellules.
     *
     * @throws StoppedException          si la cellule est interrompue
     * @throws InvocationTargetException si le bloc lance une exception : c'est sa cause
     */
    public void run(Block block) throws StoppedException, InvocationTargetException {
        var classes = new HashMap<String, byte[]>();
        block.classes().forEach(loader::put);                                      // le temps du tissage : une classe du bloc peut parler d'une autre
        block.classes().forEach((name, bytecode) -> classes.put(name, weaver.weave(bytecode)));
        block.classes().keySet().forEach(loader::forget);
        var blockLoader = new BlockLoader(loader, classes);
        call(() -> {
            try {
                return blockLoader.loadClass(block.name()).getMethod("do_it$").invoke(null);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    /**
     * Exécute {@code code} dans le thread des cellules, au nom de la cellule en cours, et attend sa valeur.
     *
     * @throws StoppedException          si la cellule est interrompue
     * @throws InvocationTargetException si {@code code} lance une exception : c'est sa cause
     */
    public Object call(CellThread.Code code) throws StoppedException, InvocationTargetException {
        if (cell == null) throw new StoppedException();
        try {
            return thread.call(cell, code);
        } catch (InvocationTargetException e) {
            failure = e.getCause();
            throw e;
        }
    }

    /** Arrête cette cellule-là, si elle est en cours. Ne bloque pas. */
    public void stop(Cell cell) {
        thread.stop(cell);
    }

    /** JShell n'a rien à arrêter de lui-même : une interruption vise une cellule, par {@link #stop(Cell)}. */
    @Override public void stop() { }

    /** Ce que DirectExecutionControl attend d'un chargeur de classes. */
    private record Loader(CellClassLoader loader) implements LoaderDelegate {
        @Override public void load(ClassBytecodes[] classes) throws ExecutionControl.ClassInstallException {
            for (var c : classes) loader.put(c.name(), c.bytecodes());
            for (int i = 0; i < classes.length; i++) {
                try {
                    loader.loadClass(classes[i].name()).getDeclaredMethods();      // comme le JDK : une classe qui ne se lie pas échoue ici
                } catch (ClassNotFoundException | LinkageError e) {
                    throw new ExecutionControl.ClassInstallException("load: " + e.getMessage(), new boolean[classes.length]);
                }
            }
        }

        @Override public void classesRedefined(ClassBytecodes[] classes) {
            for (var c : classes) loader.put(c.name(), c.bytecodes());
        }

        @Override public void addToClasspath(String path) {
            for (String entry : path.split(java.io.File.pathSeparator)) loader.add(Path.of(entry));
        }

        @Override public Class<?> findClass(String name) throws ClassNotFoundException {
            return loader.loadClass(name);
        }
    }
}
