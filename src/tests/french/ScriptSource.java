package french;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** La prose d'un script en shell, en Python ou sous Windows : les commentaires, et les textes qui ont l'air de phrases françaises. */
final class ScriptSource {

    private static final Pattern COMMENT = Pattern.compile("(?:^|(?<=\\s\\s))\\s*(?:#(?!!)|rem )\\s?(.*)$");
    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|^\\s*echo (.+?)(?: 1>&2)?$");
    private static final Pattern VALUE = Pattern.compile("\\$\\{?\\w+(?:[^}\\s]*\\})?|%~?\\w+%?|\\{[^}]*\\}");
    private static final String DOCSTRING = "\"\"\"";

    private final List<Passage> passages = new ArrayList<>();
    private final StringBuilder comment = new StringBuilder();
    private int firstLine;

    private ScriptSource() {}

    static List<Passage> passages(String text) {
        var reader = new ScriptSource();
        reader.read(text.split("\\R", -1));
        return reader.passages;
    }

    private void read(String[] lines) {
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].contains(DOCSTRING)) {
                end();
                i = readDocstring(lines, i);
                continue;
            }
            var found = COMMENT.matcher(lines[i]);
            if (found.find()) {
                append(found.group(1).replaceAll("^-{3,}|-{3,}$", "").strip(), i + 1);
            } else {
                end();
                readStrings(lines[i], i + 1);
            }
        }
        end();
    }

    /** @return la dernière ligne du texte */
    private int readDocstring(String[] lines, int first) {
        int last = first;
        var text = new StringBuilder(lines[first].substring(lines[first].indexOf(DOCSTRING) + 3));
        while (text.indexOf(DOCSTRING) < 0 && last + 1 < lines.length) text.append('\n').append(lines[++last]);
        var end = text.indexOf(DOCSTRING);
        for (var passage : Markdown.passages(end < 0 ? text.toString() : text.substring(0, end)))
            if (JavaSource.isFrench(passage.text())) passages.add(new Passage(first + passage.line(), passage.text()));
        return last;
    }

    private void append(String line, int number) {
        if (line.isEmpty() || line.startsWith("  ")) {
            end();
            return;
        }
        if (comment.isEmpty()) firstLine = number;
        else comment.append('\n');
        comment.append(line);
    }

    private void end() {
        var text = Passage.plain(comment.toString());
        comment.setLength(0);
        if (JavaSource.isFrench(text)) passages.add(new Passage(firstLine, text));
    }

    private void readStrings(String line, int number) {
        STRING.matcher(line).results().forEach(string -> {
            var raw = string.group(1) != null ? string.group(1) : string.group(2) != null ? string.group(2) : string.group(3);
            for (var piece : raw.split("\\\\n| {2,}")) {
                var text = Passage.plain(VALUE.matcher(piece.replace("^", "")).replaceAll(Passage.NAME)).strip();
                if (JavaSource.isFrench(text)) passages.add(new Passage(number, text));
            }
        });
    }
}
