package french;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * La prose d'un fichier Java ou d'une cellule : les commentaires, et les textes qui ont l'air de phrases françaises. Un texte coupé en
 * plusieurs par des {@code +} est lu d'un trait.
 */
final class JavaSource {

    private static final Pattern DIRECTIVE = Pattern.compile("^(?:/|[A-Z_]{3,}\\b|\\s*(?:\\./)?jbangw? |\\s*(?:sh|curl|java) )");
    private static final Pattern COMMENTED_CODE =
            Pattern.compile("(?<![\\s\u00a0\u202f]);\\s*$|\\{\\s*$|^\\s*\\}|^\\s*[\\w.]+\\(.*\\)\\s*$|^\\s*@\\w+\\s*$");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s(?:[^{}]|\\{[^{}]*\\})*\\}");
    private static final Pattern BLOCK_TAG = Pattern.compile("^(?:@(?:param|throws)\\s+\\S+|@\\w+|</?(?:p|ul|ol|li|pre)>)\\s*");
    private static final Pattern JOINED = Pattern.compile("\\s*\\+\\s*");
    private static final Pattern JOINED_BY_VALUE = Pattern.compile("(?s)\\s*\\+[^;{},]*\\+\\s*");
    private static final Pattern FORMAT = Pattern.compile("%(?:\\d+\\$)?[-+,0#]*\\d*(?:\\.\\d+)?[a-zA-Z%]");
    private static final Pattern ACCENT = Pattern.compile("[àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜŒ’«]");
    private static final Pattern CODE = Pattern.compile(
            "[{}=;<>$\\\\]|\\w\\(|\\)\\.|::|\\w\\.\\w+\\(|&&|^\\s*//|^import |\\[\\^|\\.\\*"
                    + "|\\b(?:SELECT|FROM|WHERE|VALUES|INSERT)\\b"
                    + "|(?i:\\binsert into\\b|\\bselect\\b.* from |\\bcreate table\\b|\\bdelete from\\b|\\bupdate \\w+ set\\b)"
                    + "|\\), \\('|^[a-z]+:\\p{L}|^\\.\\.?/");
    private static final Pattern WORD = Pattern.compile("[A-Za-z]\\w*");
    private static final Set<String> SMALL_WORDS = Set.of("le", "la", "les", "l", "de", "du", "des", "d", "un", "une", "et", "ou", "est",
            "sont", "pas", "que", "qui", "dans", "sur", "pour", "par", "avec", "sans", "en", "au", "aux", "ce", "cette", "vous", "votre");

    /** Ce qu'un commentaire ou un message peut nommer dans n'importe quel fichier. */
    private static final Set<String> KEYWORDS =
            Set.of("catch", "class", "else", "finally", "if", "instanceof", "int", "return", "throws", "try",
                    "volatile", "while");

    private final String source;
    private final List<Passage> passages = new ArrayList<>();
    private final Set<String> names = new HashSet<>(KEYWORDS);
    private int at;

    private JavaSource(String source) {
        this.source = source;
    }

    static List<Passage> passages(String source) {
        var reader = new JavaSource(source);
        reader.read();
        return reader.passages.stream().map(passage -> passage.among(reader.names)).toList();
    }

    /** Les mots du code, sans ceux des commentaires ni des messages. */
    static Set<String> names(String source) {
        var reader = new JavaSource(source);
        reader.read();
        return reader.names;
    }

    private void read() {
        while (at < source.length()) {
            if (startsWith("//")) readLineComments();
            else if (startsWith("/*")) readBlockComment();
            else if (startsWith("\"")) readStrings();
            else if (startsWith("'")) at = endOfQuoted(at, "'");
            else if (Character.isJavaIdentifierStart(source.charAt(at))) readName();
            else at++;
        }
    }

    private void readName() {
        var start = at;
        while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) at++;
        names.add(source.substring(start, at));
    }

    private boolean startsWith(String text) {
        return source.startsWith(text, at);
    }

    /** Des commentaires l'un sous l'autre n'en font qu'un ; à droite du code, seulement s'ils se continuent par des points. */
    private void readLineComments() {
        var first = lineOf(at);
        var column = columnOf(at);
        var besideCode = !source.substring(at - column, at).isBlank();
        var lines = new ArrayList<String>();
        while (true) {
            var end = endOfLine(at);
            lines.add(source.substring(at + 2, end));
            at = end;
            var next = nextCommentAt(column);
            if (next < 0 || besideCode && !source.startsWith("// ...", next)) break;
            at = next;
        }
        addComment(first, lines);
    }

    private int nextCommentAt(int column) {
        if (at >= source.length()) return -1;
        var next = at + 1 + column;
        return next < source.length() && endOfLine(at + 1) > next && source.startsWith("//", next)
                && !source.substring(at + 1, next).contains("\"") && !source.substring(at + 1, next).contains("//") ? next : -1;
    }

    private void readBlockComment() {
        var first = lineOf(at);
        var end = source.indexOf("*/", at + 2);
        if (end < 0) end = source.length();
        var lines = source.substring(at + 2, end).lines().map(line -> line.replaceFirst("^\\s*\\*+\\s?", "")).toList();
        at = Math.min(end + 2, source.length());
        addComment(first, lines);
    }

    private void addComment(int firstLine, List<String> lines) {
        var text = new StringBuilder();
        int start = firstLine, number = firstLine;
        var inSnippet = false;
        for (var line : lines) {
            if (line.contains("{@snippet")) inSnippet = true;
            if (inSnippet) {
                if (line.strip().equals("}")) inSnippet = false;
                number++;
                continue;
            }
            line = line.replaceAll("^\\s*-{3,}|-{3,}\\s*$", "");
            var tag = BLOCK_TAG.matcher(line.strip());
            var breaks = tag.find() || line.isBlank();
            if (DIRECTIVE.matcher(line).find() || COMMENTED_CODE.matcher(line).find()) {
                breaks = true;
                line = "";
            } else if (breaks && !line.isBlank()) {
                line = line.strip().substring(tag.end());
            }
            if (breaks) {
                add(start, text);
                start = number;
            }
            if (!text.isEmpty()) text.append('\n');
            else start = number;
            text.append(line.strip().replaceAll(" {2,}", " ; "));
            number++;
        }
        add(start, text);
    }

    private void add(int line, StringBuilder text) {
        var plain = Passage.plain(INLINE_TAG.matcher(text).replaceAll(Passage.NAME));
        if (!plain.isBlank()) passages.add(new Passage(line, plain));
        text.setLength(0);
    }

    private void readStrings() {
        var first = lineOf(at);
        var text = new StringBuilder();
        while (true) {
            var block = startsWith("\"\"\"");
            var end = endOfQuoted(at, block ? "\"\"\"" : "\"");
            text.append(block ? source.substring(at + 3, Math.max(at + 3, end - 3)).stripIndent()
                    : source.substring(at + 1, Math.max(at + 1, end - 1)));
            at = end;
            var next = nextString();
            if (next < 0) break;
            var between = source.substring(at, next);
            at = next;
            if (!JOINED.matcher(between).matches()) appendValue(text);
        }
        addMessages(first, text.toString());
    }

    /** Une valeur au milieu d'un message ; l'espace qui l'entoure est parfois dans la valeur. */
    private void appendValue(StringBuilder text) {
        if (!text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1))) text.append(' ');
        text.append(Passage.NAME);
        if (at + 1 < source.length() && Character.isLetter(source.charAt(at + 1))) text.append(' ');
    }

    /** @return où continue le texte qui vient d'être lu, ou -1 s'il est fini */
    private int nextString() {
        var next = source.indexOf('"', at);
        if (next < 0) return -1;
        var between = source.substring(at, next);
        return JOINED.matcher(between).matches() || JOINED_BY_VALUE.matcher(between).matches() && balanced(between) ? next : -1;
    }

    private static boolean balanced(String text) {
        int depth = 0;
        for (var c : text.toCharArray()) {
            if (c == '(') depth++;
            if (c == ')' && --depth < 0) return false;
        }
        return depth == 0;
    }

    /** Une ligne vide, un retrait ou une colonne séparent deux messages. */
    private void addMessages(int firstLine, String raw) {
        var text = raw.replace("\\\"", "\"").replace("\\\n", "").replaceAll("\\\\[tsrb]", " ").replaceAll("\\\\u00[aA]0", "\u00a0");
        int line = firstLine;
        var message = new StringBuilder();
        int start = line;
        for (var piece : text.split("\n|\\\\n", -1)) {
            if (piece.isBlank() || piece.startsWith("  ")) {
                addMessage(start, message);
                start = line;
            }
            for (var column : piece.strip().split(" {2,}")) {
                if (column.isBlank()) continue;
                if (message.isEmpty()) start = line;
                else if (!piece.strip().equals(column)) addMessage(start, message);
                if (!message.isEmpty()) message.append('\n');
                message.append(column);
            }
            if (raw.contains("\n")) line++;
        }
        addMessage(start, message);
    }

    private void addMessage(int line, StringBuilder message) {
        var text = FORMAT.matcher(message).replaceAll(JavaSource::sample);
        message.setLength(0);
        if (!isFrench(text)) WORD.matcher(text).results().forEach(word -> names.add(word.group()));
        else passages.add(new Passage(line, Passage.plain(text)));
    }

    /** Ce qui pourrait venir à la place d'une demande de mise en forme. */
    private static String sample(MatchResult format) {
        return switch (format.group().charAt(format.group().length() - 1)) {
            case 'n' -> " ";
            case '%' -> "%";
            case 'd', 'f' -> "2";
            default -> Passage.NAME;
        };
    }

    static boolean isFrench(String text) {
        var words = Stream.of(text.toLowerCase().split("[^\\p{L}\\d]+")).filter(word -> !word.isEmpty()).toList();
        if (words.size() < 2 || words.stream().allMatch(word -> word.length() < 3) || CODE.matcher(text).find()) return false;
        return ACCENT.matcher(text).find() || words.stream().filter(SMALL_WORDS::contains).count() >= (words.size() > 4 ? 2 : 1);
    }

    private int endOfQuoted(int start, String quote) {
        int i = start + quote.length();
        while (i < source.length() && !source.startsWith(quote, i)) i += source.charAt(i) == '\\' ? 2 : 1;
        return Math.min(i + quote.length(), source.length());
    }

    private int endOfLine(int from) {
        var end = source.indexOf('\n', from);
        return end < 0 ? source.length() : end;
    }

    private int lineOf(int offset) {
        return 1 + (int) source.substring(0, offset).chars().filter(c -> c == '\n').count();
    }

    private int columnOf(int offset) {
        return offset - (source.lastIndexOf('\n', offset - 1) + 1);
    }
}
