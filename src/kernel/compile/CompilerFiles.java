package kernel.compile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import kernel.run.CellClassLoader;

/**
 * Les fichiers d'un compilateur qui n'en écrit pas : il lit les déclarations des cellules chez leur chargeur, ce que le noyau leur
 * donne dans son jar, et garde en mémoire les classes qu'il produit.
 */
public final class CompilerFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {
    /** Le paquet où JShell range les déclarations. */
    static final String PACKAGE = "REPL";

    private final CellClassLoader loader;
    private final Map<String, ByteArrayOutputStream> written = new LinkedHashMap<>();

    public CompilerFiles(CellClassLoader loader, StandardJavaFileManager files) {
        super(files);
        this.loader = loader;
    }

    /** Un texte à compiler. */
    static JavaFileObject source(String className, String text) {
        return new Source(className, text);
    }

    /** Rend les classes produites depuis la dernière demande, par nom. */
    Map<String, byte[]> takeClasses() {
        var classes = new LinkedHashMap<String, byte[]>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        written.clear();
        return classes;
    }

    @Override
    public Iterable<JavaFileObject> list(Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
            throws IOException {
        if (location != StandardLocation.CLASS_PATH) return super.list(location, packageName, kinds, recurse);
        List<JavaFileObject> classes = new ArrayList<>();
        if (packageName.equals(PACKAGE))
            loader.declared(PACKAGE + ".").forEach((name, code) -> classes.add(new Bytecode(name, () -> new ByteArrayInputStream(code))));
        else Api.in(packageName).forEach(name -> classes.add(new Bytecode(name, () -> Api.open(name))));
        return classes.isEmpty() ? super.list(location, packageName, kinds, recurse) : classes;
    }

    @Override
    public String inferBinaryName(Location location, JavaFileObject file) {
        return file instanceof Bytecode bytecode ? bytecode.name : super.inferBinaryName(location, file);
    }

    @Override
    public boolean isSameFile(FileObject a, FileObject b) {
        return a == b;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
        return new SimpleJavaFileObject(uri(name, kind), kind) {
            @Override
            public OutputStream openOutputStream() {
                var bytes = new ByteArrayOutputStream();
                written.put(name, bytes);
                return bytes;
            }
        };
    }

    private static URI uri(String className, JavaFileObject.Kind kind) {
        return URI.create("mem:///" + className.replace('.', '/') + kind.extension);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(uri(className, Kind.SOURCE), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Bytecode extends SimpleJavaFileObject {
        private final String name;
        private final Supplier<InputStream> code;

        Bytecode(String name, Supplier<InputStream> code) {
            super(uri(name, Kind.CLASS), Kind.CLASS);
            this.name = name;
            this.code = code;
        }

        @Override
        public InputStream openInputStream() {
            return code.get();
        }
    }
}
