package french;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.languagetool.JLanguageTool;
import org.languagetool.language.French;
import org.languagetool.rules.Rule;
import org.languagetool.rules.RuleMatch;
import org.languagetool.rules.spelling.SpellingCheckRule;

/** LanguageTool, réglé pour le cours. Le préparer prend des secondes et de la mémoire : un seul sert à tous les textes. */
final class FrenchChecker {

    private static final String BREAK = "\n\n";
    private static final int CONTEXT = 45;    // caractères montrés de chaque côté d'une faute

    /** LanguageTool y cherche une mesure que personne ne demande, et cela s'affiche. */
    private static final Logger OTHER_LIBRARY = Logger.getLogger("io.opentelemetry");

    private final JLanguageTool tool;
    private final List<Entry> accepted;

    /** Une ligne d'une liste : un nom de règle, puis la raison ou la phrase. */
    record Entry(String rule, String text) {

        static List<Entry> read(Path file) throws IOException {
            return lines(file).stream().map(line -> line.split("\\s+", 2))
                    .map(parts -> new Entry(parts[0], parts.length > 1 ? parts[1] : "")).toList();
        }
    }

    /** Une faute, ou ce qui y ressemble. */
    record Finding(String where, String phrase, String rule, String message, List<String> suggestions) {
        @Override
        public String toString() {
            return where + "\n    " + phrase + "\n    " + message + " [" + rule + "]"
                    + (suggestions.isEmpty() ? "" : "\n    → " + String.join(", ", suggestions));
        }
    }

    /**
     * @param folder les trois listes du cours : {@code allowed-words.txt} (les mots à accepter), {@code disabled-rules.txt} (les règles
     *         à ne pas appliquer, et pourquoi), {@code accepted-phrases.txt} (les phrases justes qu'une règle refuse à tort)
     */
    FrenchChecker(Path folder) throws IOException {
        accepted = Entry.read(folder.resolve("accepted-phrases.txt"));
        OTHER_LIBRARY.setLevel(Level.WARNING);
        tool = new JLanguageTool(French.getInstance());
        for (var disabled : Entry.read(folder.resolve("disabled-rules.txt"))) disable(disabled.rule());
        var words = lines(folder.resolve("allowed-words.txt"));
        for (var rule : tool.getAllActiveRules())
            if (rule instanceof SpellingCheckRule spelling) spelling.addIgnoreTokens(words);
    }

    /** @param name celui d'une règle, ou d'une famille quand il finit par une étoile */
    private void disable(String name) {
        if (!name.endsWith("*")) tool.disableRule(name);
        else tool.getAllRules().stream().map(Rule::getId).filter(id -> id.startsWith(name.replace("*", ""))).forEach(tool::disableRule);
    }

    /** Les lignes d'une liste, sans les remarques. */
    static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(line -> line.replaceFirst("(^|\\s)#.*", "").strip()).filter(line -> !line.isEmpty())
                .toList();
    }

    /** Les passages sont lus ensemble, séparés comme des paragraphes : c'est bien plus rapide qu'un par un. */
    List<Finding> check(List<Passage> passages) throws IOException {
        var text = passages.stream().map(passage -> passage.text() + BREAK).collect(Collectors.joining());
        var findings = new ArrayList<Finding>();
        int index = 0, start = 0;
        for (var match : tool.check(text).stream().sorted((a, b) -> a.getFromPos() - b.getFromPos()).toList()) {
            while (match.getFromPos() >= start + passages.get(index).text().length() + BREAK.length())
                start += passages.get(index++).text().length() + BREAK.length();
            var passage = passages.get(index);
            if (!isName(passage, match, start) && !isAccepted(passage, match, start)) findings.add(finding(passage, match, start));
        }
        return findings;
    }

    private static boolean isName(Passage passage, RuleMatch match, int start) {
        return match.getRule() instanceof SpellingCheckRule
                && passage.names().contains(passage.text().substring(match.getFromPos() - start, match.getToPos() - start));
    }

    /** La phrase acceptée, écrite avec des espaces ordinaires, recouvre ce que la règle montre. */
    private boolean isAccepted(Passage passage, RuleMatch match, int start) {
        var text = passage.text().replaceAll("[\n\u00a0\u202f]", " ");
        return accepted.stream().filter(entry -> entry.rule().equals(match.getRule().getId())).anyMatch(entry -> {
            for (int at = text.indexOf(entry.text()); at >= 0; at = text.indexOf(entry.text(), at + 1))
                if (at <= match.getFromPos() - start && match.getToPos() - start <= at + entry.text().length()) return true;
            return false;
        });
    }

    private static Finding finding(Passage passage, RuleMatch match, int start) {
        var text = passage.text().replace('\n', ' ');
        int from = match.getFromPos() - start, to = Math.min(match.getToPos() - start, text.length());
        var phrase = text.substring(Math.max(0, from - CONTEXT), from) + "⟦" + text.substring(from, to) + "⟧"
                + text.substring(to, Math.min(text.length(), to + CONTEXT));
        return new Finding(passage.where(from), phrase, match.getRule().getId(), match.getMessage().replaceAll("</?suggestion>", "“"),
                match.getSuggestedReplacements().stream().limit(4).toList());
    }
}
