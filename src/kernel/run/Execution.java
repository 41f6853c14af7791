package kernel.run;

import java.io.File;
import java.lang.instrument.ClassDefinition;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.SPIResolutionException;
import kernel.cell.Cell;
import kernel.cell.CurrentCell;
import kernel.support.Log;

/**
 * Exécute dans cette même JVM ce que les deux moteurs ont compilé : charge les classes, confie leur code à {@link CellThread}, et garde les
 * vrais objets (JShell, lui, ne garde que leur texte).
 */
public final class Execution extends DirectExecutionControl {
    private final CellClassLoader loader;
    private final SourceMap sources;
    private final Redefinition redefinition;
    private final Weaver weaver;
    private final CellThread thread;
    private final Variables variables = new Variables();
    private final Promises promises = new Promises();
    // par classe d'un fragment, ce qu'il fait d'une variable finale
    private final Map<String, Promises.Broken> broken = new HashMap<>();
    // une valeur ou une exception, par la clé donnée à JShell
    private final Map<String, Optional<Object>> outcomes = new ConcurrentHashMap<>();
    private Cell cell;
    private int count;

    public Execution(CellClassLoader loader, SourceMap sources, Redefinition redefinition) {
        super(new Loader(loader));
        this.loader = loader;
        this.sources = sources;
        this.redefinition = redefinition;
        this.weaver = new Weaver(loader);
        this.thread = new CellThread(loader);
        CommonPoolThreads.loadWith(loader);
        CurrentCell.loadWith(loader);
    }

    /** La cellule pour qui JShell demandera d'exécuter ce qui suit : il ne le dit pas lui-même. */
    public void begin(Cell cell) {
        this.cell = cell;
    }

    /** La cellule est finie. */
    public void end() {
        cell = null;
        outcomes.clear();
        broken.clear();
    }

    // --- Les promesses des variables ---

    /** Faux tant qu'aucune variable n'est volatile ni finale. */
    public boolean hasPromises() {
        return !promises.none();
    }

    /** Cette variable va être déclarée : finale, si elle a ce mot et une valeur. */
    public void declare(String variable, Promises.Promise promise) {
        promises.declare(variable, promise);
    }

    /** Ce que promet cette variable. */
    public Promises.Promise promise(String variable) {
        return promises.of(variable);
    }

    /**
     * Une valeur que ce code donne à une variable finale.
     *
     * @param line la ligne de la cellule ; 0 si elle est inconnue
     */
    public record FinalAssigned(String variable, int line) {}

    /** Vide si ce bloc respecte les variables finales. */
    public Optional<FinalAssigned> finalAssigned(Block block) {
        return block.classes().values().stream().flatMap(bytecode -> promises.broken(bytecode).stream()).findFirst().map(this::told);
    }

    /** De même pour un fragment que JShell vient de compiler dans cette classe ; s'il y en a une, rien n'en a été exécuté. */
    public Optional<FinalAssigned> finalAssigned(String className) {
        return Optional.ofNullable(broken.get(className)).map(this::told);
    }

    private FinalAssigned told(Promises.Broken found) {
        return new FinalAssigned(found.variable(), sources.locate(found.place()).map(SourceMap.Place::line).orElse(0));
    }

    private static String outermost(String className) {
        int inner = className.indexOf('$', className.indexOf("$JShell$") + "$JShell$".length());
        return inner < 0 ? className : className.substring(0, inner);
    }

    /** Ce qui se charge à la place de ce que JShell a compilé. */
    private byte[] woven(ClassBytecodes compiled) {
        promises.broken(compiled.bytecodes()).ifPresent(found -> broken.putIfAbsent(outermost(compiled.name()), found));
        return weaver.weave(promises.keep(compiled.bytecodes()));
    }

    // --- Exécuter ---

    /**
     * Exécute {@code code} dans le thread des cellules, au nom de cette cellule, et attend sa valeur.
     *
     * @throws StoppedException          si la cellule est interrompue
     * @throws InvocationTargetException si {@code code} lance une exception : c'est sa cause
     */
    public Object call(Cell cell, CellThread.Code code) throws StoppedException, InvocationTargetException {
        return thread.call(cell, code);
    }

    /** Arrête cette cellule-là, si elle est en cours. Ne bloque pas. */
    public void stop(Cell cell) {
        thread.stop(cell);
    }

    /** Rien d'autre ne sera exécuté. */
    @Override
    public void close() {
        thread.close();
    }

    /** JShell n'a rien à arrêter de lui-même : une interruption vise une cellule, par {@link #stop(Cell)}. */
    @Override
    public void stop() {}

    /** Charge un bloc ; le code rendu l'exécute, et rend ce qu'il montre ou null. */
    public CellThread.Code load(Block block) {
        // le temps du tissage : une classe du bloc peut parler d'une autre
        block.classes().forEach(loader::put);
        var classes = new HashMap<String, byte[]>();
        block.classes().forEach((name, bytecode) -> classes.put(name, weaver.weave(bytecode)));
        block.classes().keySet().forEach(loader::forget);
        var blockLoader = new BlockLoader(loader, classes);
        return () -> {
            var value = new Object[1];
            call(blockLoader.loadClass(block.name()).getMethod("do_it$", Object[].class), (Object) value);
            return value[0] == value ? Block.LEFT : value[0];
        };
    }

    private static Object call(Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Ce que JShell exécute : il ne reçoit en retour qu'une clé, celle de la valeur ou de l'exception. */
    @Override
    protected String invoke(Method method) throws Exception {
        // l'échauffement, où compiler suffit ; ou une faute, que la cellule dira
        if (cell == null || broken.containsKey(method.getDeclaringClass().getName())) throw new StoppedException();
        sources.running(method.getDeclaringClass().getName());
        try {
            return keep(thread.call(cell, () -> call(method)));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SPIResolutionException) throw e;
            // JShell en copierait les causes, sans fin si elles tournent en rond
            throw new InvocationTargetException(new RuntimeException(keep(e.getCause())));
        }
    }

    private String keep(Object outcome) {
        String key = String.valueOf(count++);
        outcomes.put(key, Optional.ofNullable(outcome));
        return key;
    }

    /** Le vrai objet derrière une clé rendue à JShell, valeur ou exception ; peut être null. */
    public Object outcome(String key) {
        return outcomes.get(key).orElse(null);
    }

    // --- Charger ---

    @Override
    public void load(ClassBytecodes[] classes) throws ClassInstallException, NotImplementedException, EngineTerminationException {
        for (var c : classes) loader.put(c.name(), c.bytecodes());
        var woven = new ArrayList<ClassBytecodes>();
        for (var c : classes) woven.add(new ClassBytecodes(c.name(), woven(c)));
        super.load(woven.toArray(ClassBytecodes[]::new));
        for (var c : classes) {
            sources.loaded(c.name());
            variables.keep(loaded(c.name()));
        }
    }

    /**
     * Change le corps de classes chargées.
     *
     * @throws ClassInstallException si la JVM le refuse : JShell charge alors d'autres classes, qui les remplacent
     */
    @Override
    public void redefine(ClassBytecodes[] classes) throws ClassInstallException, NotImplementedException {
        if (!redefinition.available()) throw new NotImplementedException("redefine");
        var before = new HashMap<String, byte[]>();
        for (var c : classes) before.put(c.name(), loader.put(c.name(), c.bytecodes()));
        var definitions = new ArrayList<ClassDefinition>();
        for (var c : classes) definitions.add(new ClassDefinition(loaded(c.name()), woven(c)));
        if (redefinition.redefine(definitions)) return;
        before.forEach(loader::put);
        throw new ClassInstallException("redefine", new boolean[classes.length]);
    }

    /** La variable de cette classe repart de zéro. */
    public void reset(String className, String variable) {
        Variables.reset(loaded(className), variable);
    }

    /**
     * Déclare à {@code DriverManager} les pilotes de bases de données du classpath : il ne les cherche lui-même qu'une fois par JVM,
     * peut-être avant le {@code //DEPS} qui les apporte. Leur code s'exécute dans le thread des cellules.
     *
     * @throws StoppedException si la cellule est interrompue
     */
    public void declareDrivers(Cell cell) throws StoppedException {
        if (loader.findResource("META-INF/services/java.sql.Driver") == null) return;
        try {
            thread.call(cell, () -> {
                for (var drivers = ServiceLoader.load(Driver.class, loader).iterator(); drivers.hasNext();) drivers.next();
                return null;
            });
        } catch (InvocationTargetException e) {                                  // DriverManager le tairait aussi
            Log.warn("pilote de base de données refusé", e.getCause());
        }
    }

    /** Les variables qui viennent de perdre leur valeur : leur classe a été remplacée. */
    public Set<String> takeEmptied() {
        return variables.takeEmptied();
    }

    /** Ce que vaut une variable qui va être déclarée de nouveau ; vide si sa classe n'a jamais été chargée. */
    public Optional<Variables.Held> hold(String className, String variable) {
        return variables.hold(className, variable);
    }

    /** Rend à une variable déclarée de nouveau la valeur qu'elle avait ; faux si c'est impossible. */
    public boolean restore(String className, String variable, Variables.Held held) {
        try {
            Variables.restore(loaded(className), variable, held);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private Class<?> loaded(String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ce que DirectExecutionControl attend d'un chargeur de classes. */
    private record Loader(CellClassLoader loader) implements LoaderDelegate {
        @Override
        public void load(ClassBytecodes[] classes) throws ExecutionControl.ClassInstallException {
            for (var c : classes) loader.put(c.name(), c.bytecodes());
            for (var c : classes) {
                try {
                    loader.loadClass(c.name()).getDeclaredMethods();              // comme le JDK : une classe qui ne se lie pas échoue ici
                } catch (ClassNotFoundException | LinkageError e) {
                    throw new ExecutionControl.ClassInstallException("load: " + e.getMessage(), new boolean[classes.length]);
                }
            }
        }

        @Override
        public void classesRedefined(ClassBytecodes[] classes) {
            for (var c : classes) loader.put(c.name(), c.bytecodes());
        }

        @Override
        public void addToClasspath(String path) {
            for (String entry : path.split(File.pathSeparator)) loader.add(Path.of(entry));
        }

        @Override
        public Class<?> findClass(String name) throws ClassNotFoundException {
            return loader.loadClass(name);
        }
    }
}
