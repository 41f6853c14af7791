package kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.compile.Api;
import kernel.compile.SourceCompiler;
import kernel.run.CellClassLoader;
import kernel.run.Weaver;
import kernel.support.TempFolder;

/**
 * Les directives de jbang dans une cellule : {@code //SOURCES motif...} compile et charge des sources, dont le chemin part du
 * dossier du notebook ; {@code //DEPS groupe:artefact:version} ajoute une bibliothèque. Une cellule et un script jbang disent
 * ainsi la même chose ; pour un autre noyau, ce sont des commentaires.
 */
final class Directives {
    private static final Pattern DIRECTIVE = Pattern.compile("^//(SOURCES|DEPS|REPOS)\\s+(.+)$", Pattern.MULTILINE);

    private final TempFolder folder;
    private final CellClassLoader loader;
    private final Consumer<String> classpath;
    private final Weaver weaver;
    private final Set<String> dependencies = new LinkedHashSet<>();              // les lignes déjà résolues, « DEPS ... » ou « REPOS ... »
    private final Set<String> entries = new LinkedHashSet<>();                   // dossiers et jars déjà ajoutés
    private int compilations;
    private final Map<Path, String> loaded = new HashMap<>();                     // source chargée -> son texte d'alors

    /** @param classpath reçoit chaque dossier ou jar à ajouter */
    Directives(TempFolder folder, CellClassLoader loader, Consumer<String> classpath) {
        this.folder = folder;
        this.loader = loader;
        this.classpath = classpath;
        this.weaver = new Weaver(loader);
    }

    /**
     * Fait ce que demandent les directives d'une cellule ; rien si c'est déjà fait. Bloque le temps de télécharger et de compiler.
     *
     * @throws CellError si un motif ne désigne aucun fichier, une source ne compile pas, ou une dépendance est introuvable
     */
    void apply(Cell cell, String code) throws CellError {
        if (!code.contains("//SOURCES") && !code.contains("//DEPS")) return;
        try {
            var wanted = new LinkedHashSet<String>();
            var sources = new LinkedHashMap<Path, String>();
            collect(Path.of("").toAbsolutePath(), code, wanted, sources);
            resolve(cell, wanted);
            sources.entrySet().removeIf(source -> alreadyLoaded(cell, source.getKey(), source.getValue()));
            if (!sources.isEmpty()) load(sources);
        } catch (IOException e) {
            throw CellError.of("Directive", "Lecture ou écriture impossible : " + e.getMessage());
        }
    }

    /** Suit les directives de {@code text}, dont les chemins partent de {@code from}, et celles des sources qu'il nomme. */
    private void collect(Path from, String text, Set<String> wanted, Map<Path, String> sources) throws IOException, CellError {
        var matcher = DIRECTIVE.matcher(text);
        while (matcher.find()) {
            String arguments = matcher.group(2).strip();
            if (!matcher.group(1).equals("SOURCES")) {
                wanted.add("//" + matcher.group(1) + " " + arguments);
                continue;
            }
            for (String pattern : arguments.split("\\s+")) {
                for (Path source : expand(from, pattern)) {
                    if (sources.containsKey(source)) continue;
                    String content = Files.readString(source);
                    sources.put(source, content);
                    collect(source.getParent(), content, wanted, sources);
                }
            }
        }
    }

    private static List<Path> expand(Path folder, String pattern) throws IOException, CellError {
        int star = pattern.indexOf('*');
        int fixed = star < 0 ? pattern.length() : pattern.lastIndexOf('/', star) + 1;
        Path base = folder.resolve(pattern.substring(0, fixed)).normalize();
        var found = new ArrayList<Path>();
        if (star < 0 && Files.isRegularFile(base)) found.add(base);
        if (star >= 0 && Files.isDirectory(base)) {
            var matcher = base.getFileSystem().getPathMatcher("glob:" + pattern.substring(fixed));
            try (var files = Files.walk(base)) {
                files.filter(file -> Files.isRegularFile(file) && matcher.matches(base.relativize(file))).sorted().forEach(found::add);
            }
        }
        if (!found.isEmpty()) return found;
        throw CellError.of("//SOURCES", "Aucun fichier ne correspond à « " + pattern + " ».",
                "Le chemin part du dossier " + folder + " : corrigez-le, ou déplacez le notebook.");
    }

    private boolean alreadyLoaded(Cell cell, Path source, String text) {
        String before = loaded.get(source);
        if (before != null && !before.equals(text))
            cell.warn(source.getFileName() + " a changé depuis son chargement : redémarrez le noyau (menu Noyau, « Redémarrer ») "
                    + "pour prendre la nouvelle version.");
        return before != null;
    }

    private void load(Map<Path, String> sources) throws IOException, CellError {
        var visible = new ArrayList<>(List.of(Api.writeTo(folder).toString()));
        visible.addAll(entries);
        var compiler = new SourceCompiler(folder.directory("sources-" + ++compilations), visible);
        Path classes = compiler.compile(sources);
        for (String name : compiler.classes().keySet()) {
            if (name.indexOf('.') < 0) throw CellError.of("//SOURCES",
                    "La classe " + name + " n’est dans aucun paquet : une cellule ne peut pas s’en servir.",
                    "Ajoutez en tête de son fichier une ligne package, puis exécutez de nouveau la cellule.");
        }
        compiler.classes().forEach((name, bytecode) -> loader.put(name, bytecode));
        compiler.classes().forEach((name, bytecode) -> loader.put(name, weaver.weave(bytecode)));
        addToClasspath(classes.toString());
        loaded.putAll(sources);
    }

    private void resolve(Cell cell, Set<String> wanted) throws IOException, CellError {
        if (dependencies.containsAll(wanted)) return;
        var all = new LinkedHashSet<>(dependencies);
        all.addAll(wanted);
        for (String entry : JBang.classpath(cell, folder.directory("deps"), all, newcomers(wanted))) addToClasspath(entry);
        dependencies.addAll(wanted);
    }

    private String newcomers(Set<String> wanted) {
        return wanted.stream().filter(directive -> !dependencies.contains(directive)).map(directive -> directive.replace("//DEPS ", ""))
                .collect(Collectors.joining(", "));
    }

    private void addToClasspath(String entry) {
        if (entries.add(entry)) classpath.accept(entry);
    }
}
