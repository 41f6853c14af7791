package french;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** La prose d'un texte en Markdown : paragraphes, titres, éléments de listes, cases de tableaux, textes de remplacement des images. */
final class Markdown {

    private static final Pattern FENCE = Pattern.compile("^\\s*(```|~~~)");
    private static final Pattern TABLE_RULE = Pattern.compile("^[\\s|:-]+$");
    private static final Pattern LEAD = Pattern.compile("^\\s*(?:#{1,6}\\s+|[-*+]\\s+|\\d+[.)]\\s+|>\\s?)");
    private static final Pattern ALT = Pattern.compile("alt=\"([^\"]*)\"");
    private static final Pattern BLOCK_TAG =
            Pattern.compile("<!--.*?-->|</?(?!(?:a|b|code|em|i|kbd|span|strong|sub|sup)\\b)[a-zA-Z][^>]*>");

    private final List<Passage> passages = new ArrayList<>();
    private final StringBuilder paragraph = new StringBuilder();
    private int firstLine;

    private Markdown() {}

    static List<Passage> passages(String text) {
        var reader = new Markdown();
        reader.read(text.split("\n", -1));
        return reader.passages;
    }

    private void read(String[] lines) {
        var inCode = false;
        for (int i = 0; i < lines.length; i++) {
            var line = lines[i].stripTrailing();
            var fence = FENCE.matcher(line).find();
            if (fence || inCode) {
                end();
                if (fence) inCode = !inCode;
            } else if (line.isBlank()) {
                end();
            } else if (paragraph.isEmpty() && line.startsWith("    ")) {
                end();    // du code, par son retrait
            } else if (line.strip().startsWith("|")) {
                end();
                readTableRow(line, i + 1);
            } else {
                readText(line, i + 1);
            }
        }
        end();
    }

    private void readTableRow(String line, int number) {
        if (TABLE_RULE.matcher(line).matches()) return;
        for (var cell : Passage.plain(line).split("\\|")) add(number, cell.strip());
    }

    private void readText(String line, int number) {
        ALT.matcher(line).results().forEach(alt -> add(number, Passage.plain(alt.group(1))));
        var lead = LEAD.matcher(line);
        var starts = lead.find();
        if (starts) end();
        var isTitle = line.startsWith("#");
        var parts = BLOCK_TAG.split(starts ? line.substring(lead.end()) : line, -1);
        for (int part = 0; part < parts.length; part++) {
            if (part > 0) end();
            append(parts[part], number);
        }
        if (isTitle) end();
    }

    private void append(String text, int number) {
        if (text.isBlank()) return;
        if (paragraph.isEmpty()) firstLine = number;
        else paragraph.append('\n');
        paragraph.append(paragraph.isEmpty() ? text.stripLeading() : text);
    }

    private void end() {
        if (!paragraph.isEmpty()) add(firstLine, Passage.plain(paragraph.toString()));
        paragraph.setLength(0);
    }

    private void add(int line, String text) {
        if (!text.isBlank()) passages.add(new Passage(line, text));
    }
}
