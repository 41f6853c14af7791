package kernel;

import display.Display;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.ImportSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import kernel.compile.Syntax;

/** Ce qu'une cellule voit sans import ; et ce qu'un bloc, compilé à part, doit importer de ce que les cellules d'avant déclarent. */
final class Imports {
    /**
     * Les paquets qu'une cellule voit sans import. {@code import module java.base} en donnerait plus, comme un fichier source compact,
     * mais chaque cellule met alors 8 ms de plus à compiler.
     */
    private static final List<String> PACKAGES = List.of("java.io.*", "java.math.*", "java.net.*", "java.nio.charset.*", "java.nio.file.*",
            "java.time.*", "java.util.*", "java.util.concurrent.*", "java.util.concurrent.atomic.*", "java.util.concurrent.locks.*",
            "java.util.function.*", "java.util.regex.*", "java.util.stream.*");
    /** Les méthodes qu'elle voit de même. */
    private static final String METHODS = "static display.Display.*";
    private static final Set<String> METHOD_NAMES = Stream.of(Display.class.getMethods()).map(Method::getName).collect(Collectors.toSet());

    private Imports() {}

    /** Ce qu'une session importe en commençant : ce qui suit le mot {@code import}, sans point-virgule. */
    static List<String> initial() {
        return Stream.concat(PACKAGES.stream(), Stream.of(METHODS)).toList();
    }

    /** Les imports des cellules, et les déclarations dont le nom paraît dans le bloc. Ce dont il ne peut pas avoir besoin ne coûte rien. */
    static List<String> of(String block, Session session) {
        Set<String> names = Syntax.identifiers(block);
        var imports = new LinkedHashSet<String>();
        if (session.started()) addDeclared(imports, names, session.shell());       // sinon, rien n'a encore pu être déclaré
        if (names.stream().anyMatch(METHOD_NAMES::contains)) imports.add(METHODS);
        if (names.stream().anyMatch(Imports::mayBeImported)) imports.addAll(PACKAGES);
        return List.copyOf(imports);
    }

    private static void addDeclared(Set<String> imports, Set<String> names, JShell shell) {
        shell.imports().map(Imports::path).filter(path -> !path.equals(METHODS) && !PACKAGES.contains(path)).forEach(imports::add);
        shell.snippets()
                .filter(snippet -> snippet instanceof DeclarationSnippet d && names.contains(d.name())
                        && shell.status(snippet) == Status.VALID)
                .forEach(snippet -> imports.add("static " + shell.sourceCodeAnalysis().wrapper(snippet).fullClassName()
                        + "." + ((DeclarationSnippet) snippet).name()));
    }

    private static String path(ImportSnippet snippet) {
        return (snippet.subKind() == SubKind.MODULE_IMPORT_SUBKIND ? "module " : snippet.isStatic() ? "static " : "") + snippet.fullname();
    }

    /** Un type du JDK commence par une majuscule ; ceux de java.lang se voient sans import. */
    private static boolean mayBeImported(String name) {
        if (!Character.isUpperCase(name.charAt(0))) return false;
        try {
            Class.forName("java.lang." + name, false, null);
            return false;
        } catch (ClassNotFoundException e) {
            return true;
        }
    }
}
