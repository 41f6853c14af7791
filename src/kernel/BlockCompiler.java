package kernel;

import com.sun.tools.javac.api.BasicJavacTask;
import com.sun.tools.javac.api.JavacTaskPool;
import com.sun.tools.javac.code.ClassFinder;
import com.sun.tools.javac.code.Symtab;
import com.sun.tools.javac.util.Context;
import com.sun.tools.javac.util.Names;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.DiagnosticListener;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compile en une fois un bloc d'instructions, qui ne déclare rien pour les cellules suivantes. JShell analyserait trois fois le même
 * texte : pour une cellule ordinaire, c'est l'essentiel du temps. Comme JShell, garde le compilateur chaud d'une cellule à l'autre
 * ({@link JavacTaskPool}, une classe interne du JDK : si elle change, {@link Evaluator} se passe de ce compilateur).
 */
final class BlockCompiler {
    private static final List<String> OPTIONS = List.of("-proc:none", "-Xlint:none", "-g", "-parameters");
    private static final String PACKAGE = "REPL";                                // celui où JShell range les déclarations

    /** Le nombre de blocs au bout duquel prendre un compilateur neuf : celui-ci retient pour toujours chaque nom qu'il a lu. */
    private static final int RENEWAL = 1000;

    private JavacTaskPool pool = new JavacTaskPool(1);
    private final CellClassLoader loader;
    private final Files files;
    private int count;

    BlockCompiler(CellClassLoader loader, Classpath classpath) {
        this.loader = loader;
        this.files = new Files(classpath.watch(ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)));
    }

    /**
     * Un bloc compilé.
     *
     * @param name    la classe dont la méthode {@code do_it$} exécute le bloc
     * @param classes le code de cette classe et de celles que le bloc contient, par nom
     */
    record Block(String name, Map<String, byte[]> classes) { }

    /**
     * Compile un bloc ; vide s'il ne compile pas.
     *
     * @param imports ce qui suit le mot {@code import}, sans point-virgule
     * @param block   des instructions entre accolades
     */
    Optional<Block> compile(List<String> imports, String block) {
        if (count % RENEWAL == RENEWAL - 1) pool = new JavacTaskPool(1);
        String name = "$Block$" + ++count;
        // Tout l'en-tête tient sur une ligne : la ligne n de la classe est la ligne n du bloc.
        String source = "package " + PACKAGE + "; " + imports.stream().map(path -> "import " + path + "; ").collect(Collectors.joining()) + "class " + name + " { public static void do_it$() throws Throwable " + block + " }";
        files.classes.clear();
        DiagnosticListener<JavaFileObject> silent = problem -> { };           // JShell dira ce qui ne va pas
        boolean compiled = pool.getTask(Writer.nullWriter(), files, silent, OPTIONS, null, List.of(new Source(name, source)), task -> {
            Context context = ((BasicJavacTask) task).getContext();
            boolean ok = task.call();
            forgetDeclarations(context);
            return ok;
        });
        if (!compiled) return Optional.empty();
        var classes = new LinkedHashMap<String, byte[]>();
        files.classes.forEach((className, bytes) -> classes.put(className, bytes.toByteArray()));
        return Optional.of(new Block(PACKAGE + "." + name, classes));
    }

    /** Le compilateur garde ce qu'il a lu : le JDK pour toujours, mais les déclarations de l'élève peuvent changer d'ici la prochaine cellule. */
    private static void forgetDeclarations(Context context) {
        var symbols = Symtab.instance(context);
        var module = symbols.java_base == symbols.noModule ? symbols.noModule : symbols.unnamedModule;
        var declarations = symbols.getPackage(module, Names.instance(context).fromString(PACKAGE));
        if (declarations == null) return;
        for (var type : symbols.getAllClasses()) if (type.packge() == declarations) symbols.removeClass(module, type.flatName());
        declarations.members_field = null;
        declarations.completer = ClassFinder.instance(context).getCompleter();
    }

    /** Lit les classes des déclarations chez le chargeur des cellules, et garde en mémoire celles du bloc. */
    private final class Files extends ForwardingJavaFileManager<StandardJavaFileManager> {
        final Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();

        Files(StandardJavaFileManager files) {
            super(files);
        }

        @Override public Iterable<JavaFileObject> list(Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse) throws IOException {
            if (location != StandardLocation.CLASS_PATH || !packageName.equals(PACKAGE)) return super.list(location, packageName, kinds, recurse);
            var declared = new ArrayList<JavaFileObject>();
            loader.declared(PACKAGE + ".").forEach((name, bytecode) -> declared.add(new Bytecode(name, bytecode)));
            return declared;
        }

        @Override public String inferBinaryName(Location location, JavaFileObject file) {
            return file instanceof Bytecode bytecode ? bytecode.name : super.inferBinaryName(location, file);
        }

        @Override public boolean isSameFile(FileObject a, FileObject b) {
            return a == b;
        }

        @Override public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(uri(name, kind), kind) {
                @Override public OutputStream openOutputStream() {
                    var bytes = new ByteArrayOutputStream();
                    classes.put(name, bytes);
                    return bytes;
                }
            };
        }
    }

    private static URI uri(String name, JavaFileObject.Kind kind) {
        return URI.create("mem:///" + name.replace('.', '/') + kind.extension);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(uri(name, Kind.SOURCE), Kind.SOURCE);
            this.text = text;
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Bytecode extends SimpleJavaFileObject {
        private final String name;
        private final byte[] bytecode;

        Bytecode(String name, byte[] bytecode) {
            super(uri(name, Kind.CLASS), Kind.CLASS);
            this.name = name;
            this.bytecode = bytecode;
        }

        @Override public InputStream openInputStream() {
            return new ByteArrayInputStream(bytecode);
        }
    }
}
