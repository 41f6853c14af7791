package kernel.compile;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import kernel.cell.CellError;

/** Compile ensemble les sources d'une directive {@code //SOURCES}, avec le compilateur du JDK. */
public final class SourceCompiler {
    private final Path output;
    private final List<String> classpath;
    private final Map<String, byte[]> classes = new LinkedHashMap<>();

    public SourceCompiler(Path output, List<String> classpath) {
        this.output = output;
        this.classpath = classpath;
    }

    /**
     * Compile ces sources (chemin et texte).
     *
     * @return le dossier des classes
     * @throws CellError si l'une d'elles ne compile pas : fichier, ligne et mots du compilateur
     */
    public Path compile(Map<Path, String> sources) throws IOException, CellError {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var problems = new DiagnosticCollector<JavaFileObject>();
        try (var files = compiler.getStandardFileManager(problems, Locale.ROOT, null)) {
            var options = List.of("-g", "-proc:none", "-Xlint:none", "-d", output.toString(), "-classpath",
                    String.join(File.pathSeparator, classpath));
            boolean ok = compiler.getTask(null, files, problems, options, null, files.getJavaFileObjectsFromPaths(sources.keySet())).call();
            if (!ok) throw error(problems.getDiagnostics());
        }
        try (var all = Files.walk(output)) {
            all.filter(file -> file.toString().endsWith(".class")).forEach(this::read);
        }
        return output;
    }

    /** Les classes produites, par nom. */
    public Map<String, byte[]> classes() {
        return classes;
    }

    private void read(Path file) {
        String path = output.relativize(file).toString();
        String name = path.substring(0, path.length() - ".class".length()).replace(File.separatorChar, '.');
        try {
            classes.put(name, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CellError error(List<Diagnostic<? extends JavaFileObject>> problems) throws IOException {
        var lines = new ArrayList<String>();
        for (var problem : problems) {
            if (problem.getKind() != Diagnostic.Kind.ERROR) continue;
            lines.add((problem.getSource() == null ? ""
                    : Path.of(problem.getSource().toUri()).getFileName() + ", ligne " + problem.getLineNumber() + " : ")
                    + problem.getMessage(Locale.ROOT));
            if (problem.getSource() == null || problem.getLineNumber() < 1) continue;
            String line =
                    problem.getSource().getCharContent(true).toString().lines().skip(problem.getLineNumber() - 1).findFirst().orElse("");
            lines.add("    " + line);
            lines.add("    " + " ".repeat((int) Math.max(0, problem.getColumnNumber() - 1)) + "^");
        }
        lines.addFirst("Ces sources ne compilent pas : corrigez-les, puis exécutez de nouveau la cellule.");
        return CellError.of("//SOURCES", lines.toArray(String[]::new));
    }
}
