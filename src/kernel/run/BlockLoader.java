package kernel.run;

import java.util.Map;

/** Le chargeur d'un seul bloc : quand plus rien ne se sert du bloc, la JVM reprend la mémoire de ses classes. */
final class BlockLoader extends ClassLoader {
    private final Map<String, byte[]> classes;

    /** @param classes le code des classes du bloc, par nom */
    BlockLoader(CellClassLoader parent, Map<String, byte[]> classes) {
        super("bloc", parent);
        this.classes = classes;
        if (parent.assertionsEnabled()) setDefaultAssertionStatus(true);
    }

    /** Ses propres classes d'abord : le chargeur de la plateforme retiendrait pour toujours chaque nom qu'on lui demande en vain. */
    @Override
    protected synchronized Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        byte[] bytecode = classes.get(name);
        if (bytecode == null) return super.loadClass(name, resolve);
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : defineClass(name, bytecode, 0, bytecode.length);
    }
}
