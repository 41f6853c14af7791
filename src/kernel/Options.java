package kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import kernel.cell.Cell;
import kernel.run.CellClassLoader;

/**
 * Les directives de jbang qui règlent la JVM ou le compilateur. Ceux du noyau tournent déjà : ce qui peut encore se faire est fait, le
 * reste est dit. Celles qui décrivent un script ({@code //DESCRIPTION}, {@code //MAIN}, {@code //GAV}...) ne demandent rien à une cellule.
 */
final class Options {
    /** Ce que la compilation des cellules fait déjà : voir WarmCompiler.OPTIONS. */
    private static final Pattern COMPILED_ALREADY = Pattern.compile("-g|-parameters|--enable-preview|-proc:none|-Xlint:none|-nowarn");
    /** Une propriété de la JVM elle-même se lit au démarrage : trop tard. */
    private static final Pattern PROPERTY = Pattern.compile("-D(?!jdk\\.|sun\\.|java\\.|user\\.|file\\.|std)([^=]+)=?(.*)", Pattern.DOTALL);

    private final CellClassLoader loader;

    Options(CellClassLoader loader) {
        this.loader = loader;
    }

    /** Fait ce que demande cette directive, si elle en est une, ou dit sous la cellule ce qui ne se fera pas. */
    void apply(Cell cell, Directive directive) {
        switch (directive.name()) {
            case "RUNTIME_OPTIONS", "JAVA_OPTIONS" -> {
                var late = directive.options().stream().filter(option -> !runtime(option)).toList();
                if (!late.isEmpty())
                    cell.warn(sentence(directive, late, "la JVM du noyau tourne déjà, elle ne peut plus le prendre en compte."));
            }
            case "JAVAC_OPTIONS", "COMPILE_OPTIONS" -> {
                var other = compilation(directive.options());
                if (!other.isEmpty()) cell.warn(sentence(directive, other, "une cellule se compile avec les options du noyau."));
            }
            case "FILES" -> cell.warn("//FILES n’est pas suivi : un notebook lit ses fichiers par leur chemin, qui part de son dossier.");
            case "JAVAAGENT" -> cell.warn("//JAVAAGENT n’est pas suivi : un agent se charge avec la JVM, et celle du noyau tourne déjà.");
            case "JAVA" -> version(cell, directive.value());
            default -> {}
        }
    }

    private static String sentence(Directive directive, List<String> options, String why) {
        return "//" + directive.name() + " " + String.join(" ", options) + " n’est pas suivi : " + why;
    }

    private boolean runtime(String option) {
        if (option.equals("--enable-preview")) return true;
        if (option.equals("-ea") || option.equals("-enableassertions")) loader.enableAssertions(true);
        else if (option.equals("-da") || option.equals("-disableassertions")) loader.enableAssertions(false);
        else {
            var property = PROPERTY.matcher(option);
            if (!property.matches()) return false;
            System.setProperty(property.group(1), property.group(2));
        }
        return true;
    }

    private static List<String> compilation(List<String> options) {
        var other = new ArrayList<String>();
        for (var rest = options.iterator(); rest.hasNext();) {
            String option = rest.next();
            if (COMPILED_ALREADY.matcher(option).matches()) continue;
            boolean release = option.matches("--release|--source|-source");
            String value = release && rest.hasNext() ? rest.next() : "";
            if (!value.equals(String.valueOf(Runtime.version().feature()))) other.add((option + " " + value).strip());
        }
        return other;
    }

    private static void version(Cell cell, String wanted) {
        int current = Runtime.version().feature();
        if (wanted.matches("\\d{1,4}\\+?") && Integer.parseInt(wanted.replace("+", "")) > current)
            cell.warn("//JAVA " + wanted + " n’est pas suivi : ce noyau est Java " + current + ".");
    }
}
