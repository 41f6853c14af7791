package kernel.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis.SnippetWrapper;
import kernel.cell.Cell;

/** Retrouve, pour une ligne d'une pile d'appels, la cellule et la ligne que l'élève a écrites. */
public final class SourceMap {
    private static final Pattern FRAME_CLASS = Pattern.compile("(REPL\\.\\$JShell\\$\\d+)([A-Z]*)(?:\\$(.*))?");

    private static final Pattern BLOCK_CLASS = Pattern.compile("(REPL\\.\\$Block\\$\\d+)(?:\\$(.*))?");

    private static final Pattern PRINTED_FRAME = Pattern.compile("(?:at )?(?:[\\w.@-]*/{1,2})?"
            + "(?<class>REPL\\.\\$(?:JShell|Block)\\$\\d[\\p{L}\\d_$]*)\\.(?<method>[\\p{L}\\d_$<>]+)\\([^():]*(?::(?<line>\\d+))?\\)");

    /** L'appel d'une cellule par le noyau, à la ligne, et ce qui y mène dans le JDK. */
    private static final Pattern KERNEL_FRAMES = Pattern.compile("(?m)(?:^[ \\t]*(?:at )?(?:java\\.base/)?"
            + "(?:jdk\\.internal|java\\.lang)\\.(?:reflect|invoke)\\.\\S+\\R)*^[ \\t]*(?:at )?kernel\\.(?:cell|run)\\.\\S+\\R?");

    /** Un endroit du code de l'élève ; {@code method} est vide au premier niveau d'une cellule. */
    record Place(int cell, int line, String method) {
        @Override
        public String toString() {
            return "cellule [" + cell + "], ligne " + line + (method.isEmpty() ? "" : ", dans " + method);
        }
    }

    private record Origin(Cell cell, int firstLine) {}

    /** Nombre de blocs retenus : une cellule exécutée toutes les secondes ne doit pas remplir la mémoire. */
    private static final int BLOCKS = 2000;

    private final Map<String, Origin> origins = new ConcurrentHashMap<>();        // classe d'un fragment, sans sa lettre de version
    private final Map<String, Origin> blocks = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Origin> eldest) {
            return size() > BLOCKS;
        }
    });
    private volatile Origin evaluating;
    private volatile JShell shell;

    /** Les fragments à retrouver seront ceux de cette session. */
    public void follow(JShell shell) {
        this.shell = shell;
    }

    /** Un fragment qui commence à la ligne {@code firstLine} (à partir de 1) de la cellule {@code cell} va être évalué. */
    public void evaluating(Cell cell, int firstLine) {
        evaluating = new Origin(cell, firstLine);
    }

    /** Le fragment de cette classe va être évalué une autre fois. */
    public void evaluatingAgain(String className) {
        Matcher matcher = FRAME_CLASS.matcher(className);
        if (matcher.matches() && origins.get(matcher.group(1)) instanceof Origin origin) evaluating = origin;
    }

    /** La classe {@code className} est celle d'un bloc : ses lignes sont celles du bloc. */
    public void block(String className, Cell cell, int firstLine) {
        blocks.put(className, new Origin(cell, firstLine));
    }

    /** Une classe vient d'être chargée : celle du fragment en cours, ou une nouvelle version d'un fragment d'avant. */
    void loaded(String className) {
        Matcher matcher = FRAME_CLASS.matcher(className);
        Origin origin = evaluating;
        if (matcher.matches() && origin != null) origins.putIfAbsent(matcher.group(1), origin);
    }

    /** Cette classe est celle du fragment en cours, qui va s'exécuter : s'il en remplace un autre, ses lignes ne sont plus les mêmes. */
    void running(String className) {
        Matcher matcher = FRAME_CLASS.matcher(className);
        if (matcher.matches() && evaluating != null) origins.put(matcher.group(1), evaluating);
    }

    /** Le fragment évalué vient de cette cellule, même s'il en remplace un autre. */
    public void remember(Snippet snippet, Cell cell, int firstLine) {
        Matcher matcher = FRAME_CLASS.matcher(shell.sourceCodeAnalysis().wrapper(snippet).fullClassName());
        if (matcher.matches()) origins.put(matcher.group(1), new Origin(cell, firstLine));
    }

    /** La cellule qui a écrit cette classe, ou null si ce n'est pas du code de cellule. */
    public Cell cell(String className) {
        Matcher block = BLOCK_CLASS.matcher(className);
        Matcher snippet = FRAME_CLASS.matcher(className);
        Origin origin = block.matches() ? blocks.get(block.group(1)) : snippet.matches() ? origins.get(snippet.group(1)) : null;
        return origin == null ? null : origin.cell;
    }

    /** L'endroit du code de l'élève où passe cet appel ; vide si ce n'est pas du code de cellule. */
    public Optional<Place> locate(StackTraceElement frame) {
        if (frame.getLineNumber() < 1) return Optional.empty();                    // une classe que la JVM a inventée
        Matcher block = BLOCK_CLASS.matcher(frame.getClassName());
        if (block.matches() && blocks.get(block.group(1)) instanceof Origin origin)
            return Optional.of(new Place(origin.cell.number(), origin.firstLine + frame.getLineNumber() - 1,
                    method(block.group(2), frame.getMethodName())));
        Matcher matcher = FRAME_CLASS.matcher(frame.getClassName());
        if (!matcher.matches()) return Optional.empty();
        Origin origin = origins.get(matcher.group(1));
        if (origin == null) return Optional.empty();
        int line = wrapper(matcher.group(1), matcher.group(2)).map(wrapper -> snippetLine(wrapper, frame.getLineNumber())).orElse(0);
        return Optional.of(new Place(origin.cell.number(), origin.firstLine + line, method(matcher.group(3), frame.getMethodName())));
    }

    /**
     * Ce texte, où un appel écrit à la façon du JDK, {@code REPL.$JShell$12.read(...)}, devient « cellule [3], ligne 2, dans read ». Les
     * appels du noyau en disparaissent.
     */
    public String rename(String text) {
        String renamed = PRINTED_FRAME.matcher(text).replaceAll(frame -> {
            int line = frame.group("line") == null ? -1 : Integer.parseInt(frame.group("line"));
            var place = locate(new StackTraceElement(frame.group("class"), frame.group("method"), null, line));
            return Matcher.quoteReplacement(place.map(Place::toString).orElse(frame.group()));
        });
        return KERNEL_FRAMES.matcher(renamed).replaceAll("");
    }

    /** Le fragment compilé dans cette version de cette classe ; à défaut, sa dernière version. */
    private Optional<SnippetWrapper> wrapper(String className, String version) {
        var versions = shell.snippets().map(shell.sourceCodeAnalysis()::wrapper)
                .filter(wrapper -> wrapper.fullClassName().replaceFirst("[A-Z]*$", "").equals(className)).toList();
        var exact = versions.stream().filter(wrapper -> wrapper.fullClassName().equals(className + version)).reduce((first, last) -> last);
        return exact.isPresent() || versions.isEmpty() ? exact : Optional.of(versions.getLast());
    }

    /** La ligne (à partir de 0) du fragment qui correspond à une ligne (à partir de 1) de la classe que JShell en a faite. */
    private static int snippetLine(SnippetWrapper wrapper, int wrappedLine) {
        String wrapped = wrapper.wrapped();
        int start = 0;
        for (int line = 1; line < wrappedLine; line++) {
            int end = wrapped.indexOf('\n', start);
            if (end < 0) return 0;
            start = end + 1;
        }
        while (start < wrapped.length() && wrapped.charAt(start) == ' ') start++;
        String source = wrapper.source();
        int position = Math.clamp(wrapper.wrappedToSourcePosition(start), 0, source.length());
        // JShell rapporte ce qu'il ajoute (le début d'un « var ») au premier caractère, qui peut précéder la première ligne
        return Math.max(0, lines(source.substring(0, position)) - lines(leadingBlank(source)));
    }

    public static String leadingBlank(String source) {
        return source.substring(0, source.length() - source.stripLeading().length());
    }

    public static int lines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    /** Le nom que l'élève reconnaîtra : ni {@code do_it$}, ni {@code lambda$job$0}. */
    private static String method(String type, String method) {
        String name = method.startsWith("do_it$") || method.startsWith("lambda$do_it$") || method.equals("<clinit>") ? ""
                : method.replaceFirst("^lambda\\$(.*?)\\$\\d+$", "$1");
        String types = type == null ? "" : writtenTypes(type);
        if (types.isEmpty()) return name.equals("<init>") ? "" : name;
        return name.equals("<init>") ? "new " + types : types + (name.isEmpty() ? "" : "." + name);
    }

    /** Les noms que l'élève a donnés aux types qui s'emboîtent là, à partir de la dernière classe sans nom. */
    private static String writtenTypes(String type) {
        var names = new ArrayList<String>();
        // d'une variable « var » qui reçoit une classe anonyme, JShell fait une classe de ce nom
        for (String part : type.replaceFirst("^\\$JShell\\$anonymous\\$\\d+", "").split("\\$")) {
            if (part.matches("\\d+")) names.clear();
            else if (!part.isEmpty()) names.add(part.replaceFirst("^\\d+", ""));           // « 1Local », une classe d'une méthode
        }
        return String.join(".", names);
    }
}
