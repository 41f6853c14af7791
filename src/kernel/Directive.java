package kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import kernel.compile.Regions;

/**
 * Une directive de jbang, {@code //NOM valeur}. Comme jbang (dev.jbang.source.parser.Directives, version 0.132) : au début d'une ligne,
 * sans espace, et un commentaire peut la suivre. Mais dans un texte entre guillemets ou dans un commentaire de plusieurs lignes, où jbang
 * la suivrait, ce n'en est pas une.
 *
 * @param value ce qui suit le nom ; vide s'il n'y a rien
 */
record Directive(String name, String value) {
    private static final Pattern LINE =
            Pattern.compile("^//((?:[A-Z]+:)?[A-Z_]+)(?:\\h+(.*?))?(?:\\h//\\h.*)?\\h*$", Pattern.MULTILINE | Pattern.UNIX_LINES);
    /** Ce qui voulait sans doute en être une. */
    private static final Pattern LIKE =
            Pattern.compile("^\\h*//\\h*(?:(?i:deps?)\\b[\\h:]*\\S+:\\S+:\\S+|SOURCES\\h+\\S+\\.java\\b).*$",
                    Pattern.MULTILINE | Pattern.UNIX_LINES);
    private static final Pattern WORD = Pattern.compile("[^\\s;,\"']+|\"([^\"]*)\"|'([^']*)'");
    private static final Pattern OPTION = Pattern.compile("[^\\s\"']+|\"([^\"]*)\"|'([^']*)'");

    /** Les directives de ce texte, dans l'ordre. */
    static List<Directive> in(String text) {
        text = text.replace("\r", "");
        var matches = LINE.matcher(text).results().toList();
        var found = new ArrayList<Directive>();
        if (matches.isEmpty()) return found;
        var regions = new Regions(text);
        for (MatchResult line : matches) {
            if (regions.isLineComment(line.start()))
                found.add(new Directive(line.group(1), value(line.group(2))));
        }
        return found;
    }

    private static String value(String text) {
        return text == null || text.startsWith("// ") ? "" : text.strip();
    }

    /** La première ligne de ce texte qui ressemble à une directive et n'en est pas une, ou null. */
    static String lookalike(String text) {
        var matches = LIKE.matcher(text).results().filter(line -> !line.group().matches("(?s)//(?:DEPS|SOURCES)\\h.*")).toList();
        if (matches.isEmpty()) return null;
        var regions = new Regions(text);
        return matches.stream().filter(line -> regions.isLineComment(line.end() - 1)).map(line -> line.group().strip()).findFirst()
                .orElse(null);
    }

    /** Les noms de la valeur, que séparent des espaces, des virgules ou des points-virgules. */
    List<String> words() {
        return split(WORD);
    }

    /** Les options de la valeur, que des espaces séparent. */
    List<String> options() {
        return split(OPTION);
    }

    private List<String> split(Pattern pattern) {
        return pattern.matcher(value).results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group()).toList();
    }
}
