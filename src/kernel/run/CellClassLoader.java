package kernel.run;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.constant.ClassDesc;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Les classes des cellules et leurs dépendances. Il ne voit du programme que deux paquets, {@code display} et {@code kernel.cell} :
 * une cellule peut donc demander par {@code //DEPS} une autre version d'une bibliothèque dont le noyau se sert.
 */
public final class CellClassLoader extends URLClassLoader {
    private final Map<String, byte[]> bytecodes = new ConcurrentHashMap<>();
    private volatile boolean assertions;

    public CellClassLoader() {
        super("cellules", new URL[0], ClassLoader.getPlatformClassLoader());
    }

    /** Ajoute un dossier de classes ou un jar. */
    void add(Path path) {
        try {
            addURL(path.toUri().toURL());
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }

    /** Les classes chargées à partir de maintenant vérifieront, ou non, leurs {@code assert}. */
    public void enableAssertions(boolean enabled) {
        assertions = enabled;
        setDefaultAssertionStatus(enabled);
    }

    public boolean assertionsEnabled() {
        return assertions;
    }

    /** Rend une classe disponible ; elle sera liée au premier usage. Rend son code d'avant, ou null. */
    public byte[] put(String name, byte[] bytecode) {
        return bytecodes.put(name, bytecode);
    }

    /** Le code des classes dont le nom commence ainsi. */
    public Map<String, byte[]> declared(String prefix) {
        var found = new HashMap<String, byte[]>();
        bytecodes.forEach((name, bytecode) -> {
            if (name.startsWith(prefix)) found.put(name, bytecode);
        });
        return found;
    }

    /** Oublie le code d'une classe dont plus rien ne sera compilé. */
    void forget(String name) {
        bytecodes.remove(name);
    }

    /** Vrai pour une classe dont l'élève peut lire la source : cellule ou {@code //SOURCES}. */
    public boolean hasSource(String className) {
        return bytecodes.containsKey(className);
    }

    /** Le contenu d'une classe de cellule, ou null. */
    InputStream bytecodeOf(ClassDesc type) {
        String name = type.packageName().isEmpty() ? type.displayName() : type.packageName() + "." + type.displayName();
        byte[] bytecode = bytecodes.get(name);
        return bytecode == null ? null : new ByteArrayInputStream(bytecode);
    }

    /** Cette classe, qui n'est pas un tableau, chargée sans être initialisée. */
    Class<?> named(ClassDesc type) throws ClassNotFoundException {
        String descriptor = type.descriptorString();
        return Class.forName(descriptor.substring(1, descriptor.length() - 1).replace('/', '.'), false, this);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("display.") || name.startsWith("kernel.cell.")) return CellClassLoader.class.getClassLoader().loadClass(name);
        return super.loadClass(name, resolve);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytecode = bytecodes.get(name);
        return bytecode == null ? super.findClass(name) : defineClass(name, bytecode, 0, bytecode.length);
    }
}
