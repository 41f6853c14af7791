package kernel;

import java.util.Map;

/** Le chargeur d'un seul bloc : quand plus rien ne se sert du bloc, la JVM reprend la mémoire de ses classes. */
final class BlockLoader extends ClassLoader {
    private final Map<String, byte[]> classes;

    /** @param classes le code des classes du bloc, par nom */
    BlockLoader(CellClassLoader parent, Map<String, byte[]> classes) {
        super("bloc", parent);
        this.classes = classes;
    }

    @Override protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytecode = classes.get(name);
        if (bytecode == null) throw new ClassNotFoundException(name);
        return defineClass(name, bytecode, 0, bytecode.length);
    }
}
