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
 * dossier du notebook ; {@code //DEPS groupe:artefact:version} ajoute une bibliothèque ; les autres sont pour {@link Options}. Une
 * cellule et un script jbang disent ainsi la même chose ; pour un autre noyau, ce sont des commentaires.
 */
final class Directives {
    private static final Pattern COORDINATES = Pattern.compile("([^:@]+):([^:@]+):([^:@]+).*");

    private final TempFolder folder;
    private final CellClassLoader loader;
    private final Consumer<String> classpath;
    private final Consumer<String> ignored;
    private final Options options;
    private final Weaver weaver;
    private final Set<String> repositories = new LinkedHashSet<>();              // les lignes « //REPOS … »
    private final Set<String> dependencies = new LinkedHashSet<>();              // les lignes « //DEPS … » déjà résolues
    private final Set<String> entries = new LinkedHashSet<>();                   // dossiers et jars déjà ajoutés
    private final Map<String, String> versions = new HashMap<>();                // bibliothèque -> la version chargée
    private int compilations;
    private final Map<Path, String> loaded = new HashMap<>();                     // source chargée -> son texte d'alors

    /**
     * @param classpath reçoit chaque dossier ou jar à ajouter
     * @param ignored   reçoit une ligne qui ressemble à une directive et n'en est pas une : elle explique peut-être une erreur à venir ;
     *                  ou null quand ce n'est plus le cas
     */
    Directives(TempFolder folder, CellClassLoader loader, Consumer<String> classpath, Consumer<String> ignored) {
        this.folder = folder;
        this.loader = loader;
        this.classpath = classpath;
        this.ignored = ignored;
        this.options = new Options(loader);
        this.weaver = new Weaver(loader);
    }

    /**
     * Fait ce que demandent les directives d'une cellule ; rien si c'est déjà fait. Bloque le temps de télécharger et de compiler.
     *
     * @throws CellError si un motif ne désigne aucun fichier, une source ne compile pas, ou une dépendance est introuvable
     */
    void apply(Cell cell, String code) throws CellError {
        if (!code.contains("//")) return;
        if (Directive.lookalike(code) instanceof String line) ignored.accept(line);
        var directives = Directive.in(code);
        if (directives.isEmpty()) return;
        try {
            var wanted = new LinkedHashSet<String>();
            var sources = new LinkedHashMap<Path, String>();
            var before = Set.copyOf(repositories);
            directives.forEach(directive -> apply(cell, directive));
            collect(Path.of("").toAbsolutePath(), directives, wanted, sources);
            try {
                resolve(cell, wanted);
            } catch (CellError e) {
                repositories.retainAll(before);                                  // le mauvais dépôt d'une cellule gâterait les suivantes
                throw e;
            }
            sources.entrySet().removeIf(source -> alreadyLoaded(cell, source.getKey(), source.getValue()));
            if (!sources.isEmpty()) load(sources);
        } catch (IOException e) {
            throw CellError.of("Directive", "Lecture ou écriture impossible : " + e.getMessage());
        }
    }

    private void apply(Cell cell, Directive directive) {
        switch (directive.name()) {
            case "DEPS" -> warnIfEmpty(cell, directive, "groupe:artefact:version");
            case "SOURCES" -> warnIfEmpty(cell, directive, "dossier/*.java");
            case "REPOS" -> warnIfEmpty(cell, directive, "nom=adresse");
            default -> options.apply(cell, directive);
        }
    }

    private static void warnIfEmpty(Cell cell, Directive directive, String example) {
        if (directive.words().isEmpty()) cell.warn("//" + directive.name() + " est seul : écrivez la suite sur la même ligne, //"
                + directive.name() + " " + example + ".");
    }

    /** Suit des directives dont les chemins partent de {@code from}, et celles des sources qu'elles nomment. */
    private void collect(Path from, List<Directive> directives, Set<String> wanted, Map<Path, String> sources)
            throws IOException, CellError {
        for (Directive directive : directives) {
            switch (directive.name()) {
                case "DEPS" -> directive.words().forEach(word -> wanted.add("//DEPS " + word));
                case "REPOS" -> directive.words().forEach(word -> repositories.add("//REPOS " + word));
                case "SOURCES" -> {
                    for (String pattern : directive.words()) addSources(from, pattern, wanted, sources);
                }
                default -> {}
            }
        }
    }

    private void addSources(Path from, String pattern, Set<String> wanted, Map<Path, String> sources) throws IOException, CellError {
        for (Path source : expand("//SOURCES", from, pattern)) {
            if (sources.containsKey(source)) continue;
            String content = Files.readString(source);
            sources.put(source, content);
            collect(source.getParent(), Directive.in(content), wanted, sources);
        }
    }

    private static List<Path> expand(String command, Path folder, String pattern) throws IOException, CellError {
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
        throw CellError.of(command, "Aucun fichier ne correspond à « " + pattern + " ».",
                "Le chemin part du dossier " + folder + " : corrigez-le, ou déplacez le notebook.");
    }

    /** Vrai si les {@code assert} de cette cellule seront vérifiés. */
    boolean assertionsEnabled(String code) {
        return loader.assertionsEnabled() || Directive.in(code).stream().anyMatch(directive -> directive.value().contains("-ea"));
    }

    /**
     * Ajoute au classpath un dossier de classes, ou les jars de ce motif.
     *
     * @param command ce qui le demande, pour les messages
     */
    void addLocal(String command, String pattern) throws CellError {
        try {
            Path folder = Path.of("").toAbsolutePath();
            Path directory = pattern.contains("*") ? null : folder.resolve(pattern);
            if (directory != null && Files.isDirectory(directory)) addToClasspath(directory.toString());
            else for (Path jar : expand(command, folder, pattern)) addToClasspath(jar.toString());
        } catch (IOException e) {
            throw CellError.of(command, "Lecture impossible : " + e.getMessage());
        }
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
        wanted.removeIf(directive -> isAnotherVersion(cell, directive));
        if (dependencies.containsAll(wanted)) return;
        var all = new LinkedHashSet<>(repositories);
        all.addAll(dependencies);
        all.addAll(wanted);
        for (String entry : JBang.classpath(cell, folder.directory("deps"), all, newcomers(wanted))) addJar(cell, Path.of(entry));
        dependencies.addAll(wanted);
        ignored.accept(null);                                                    // la faute est sans doute corrigée
    }

    /** Une bibliothèque chargée le reste : ses classes servent déjà. */
    private boolean isAnotherVersion(Cell cell, String directive) {
        var wanted = COORDINATES.matcher(directive.substring("//DEPS ".length()));
        if (!wanted.matches()) return false;
        return isAnotherVersion(cell, wanted.group(1) + ":" + wanted.group(2), wanted.group(3));
    }

    private boolean isAnotherVersion(Cell cell, String library, String version) {
        String loaded = versions.get(library);
        if (loaded == null || loaded.equals(version)) return false;
        cell.warn("La version " + loaded + " de " + library + " est déjà chargée, et le reste. Pour prendre la " + version
                + ", redémarrez le noyau (menu Noyau, « Redémarrer »), puis exécutez d’abord la cellule qui la demande.");
        return true;
    }

    private String newcomers(Set<String> wanted) {
        return wanted.stream().filter(directive -> !dependencies.contains(directive)).map(directive -> directive.replace("//DEPS ", ""))
                .collect(Collectors.joining(", "));
    }

    /** Le dépôt de Maven range chaque jar dans groupe/artefact/version. Un jar rangé ailleurs n'a pas de version. */
    private void addJar(Cell cell, Path jar) {
        int count = jar.getNameCount();
        int repository = jar.toString().replace('\\', '/').lastIndexOf("/repository/");
        if (repository >= 0 && count > 4) {
            Path inside = Path.of(jar.toString().substring(repository + "/repository/".length()));
            String version = jar.getName(count - 2).toString();
            String group = inside.subpath(0, inside.getNameCount() - 3).toString().replace('\\', '.').replace('/', '.');
            String library = group + ":" + jar.getName(count - 3);
            if (isAnotherVersion(cell, library, version)) return;
            versions.put(library, version);
        }
        addToClasspath(jar.toString());
    }

    private void addToClasspath(String entry) {
        if (entries.add(entry)) classpath.accept(entry);
    }
}
