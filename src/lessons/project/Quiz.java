package lessons.project;

import display.Rich;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Vingt questions qui se corrigent elles-mêmes. Une mauvaise réponse apprend ce qui ne va pas et où relire, jamais la bonne. Les réponses
 * sont gardées d'une cellule à l'autre, jusqu'au redémarrage du noyau.
 */
public final class Quiz {

    private static final int GROUP = 5;
    private static final Map<Integer, String> TITLES =
            Map.of(1, "01-premiers-threads", 3, "03-ce-qui-casse", 4, "04-http", 5, "05-fichiers",
                    6, "06-partager", 7, "07-sous-processus", 8, "08-postgresql", 9, "09-s-arreter-a-temps", 11, "11-boucle-d-evenements");

    private static final Map<Integer, String> answers = new TreeMap<>();

    private Quiz() {}

    /** Les cinq questions de ce groupe, de 1 à 4, et ce qu'il faut dire de chaque réponse. Un texte vide : pas encore de réponse. */
    public static synchronized Rich group(int group, String... given) {
        if (group < 1 || group > Questions.ALL.size() / GROUP) throw new IllegalArgumentException("Les groupes vont de 1 à 4.");
        if (given.length > GROUP)
            throw new IllegalArgumentException(
                    "Il y a " + GROUP + " questions dans ce groupe, et vous donnez " + given.length + " réponses.");
        int first = GROUP * (group - 1) + 1;
        for (int i = 0; i < GROUP; i++) answers.put(first + i, i < given.length && given[i] != null ? given[i].strip() : "");
        var html = new StringBuilder();
        var text = new ArrayList<String>();
        for (int number = first; number < first + GROUP; number++) {
            html.append(html(number));
            text.add(text(number));
        }
        var forms = new LinkedHashMap<String, String>();
        forms.put("text/html", html.toString());
        forms.put("text/plain", String.join("\n", text));
        return new Rich.Forms(forms);
    }

    /** Combien de réponses justes, et les leçons à relire. */
    public static synchronized String score() {
        var right = answers.keySet().stream().filter(Quiz::isRight).count();
        var wrong = answers.keySet().stream().filter(number -> !answers.get(number).isEmpty() && !isRight(number)).toList();
        var again = wrong.stream().map(number -> question(number).lesson()).collect(Collectors.toCollection(TreeSet::new));
        int silent = (int) (Questions.ALL.size() - right - wrong.size());
        return "Justes : " + right + " sur " + Questions.ALL.size() + (silent == 0 ? "" : " ; sans réponse : " + silent)
                + (again.isEmpty() ? "."
                        : " ; à relire : " + again.stream().map(number -> "leçon " + number).collect(Collectors.joining(", ")) + ".");
    }

    private static Question question(int number) {
        return Questions.ALL.get(number - 1);
    }

    private static boolean isRight(int number) {
        return question(number).accepts(answers.get(number));
    }

    /** Ce que l'on dit de la réponse donnée à cette question. */
    private static String verdict(int number) {
        var given = answers.get(number);
        if (given.isEmpty()) return "pas encore de réponse";
        return isRight(number) ? "✔ juste : " + question(number).why()
                : "✘ « " + given + " », pas encore : " + question(number).advice(given) + " À relire : leçon " + question(number).lesson()
                        + ".";
    }

    private static String text(int number) {
        var question = question(number);
        var lines = new ArrayList<>(List.of(number + ". " + question.text()));
        if (!question.code().isEmpty()) lines.add(question.code());
        for (int i = 0; i < question.choices().size(); i++) lines.add(letter(i) + ") " + question.choices().get(i));
        lines.add(verdict(number));
        return String.join("\n", lines);
    }

    private static String html(int number) {
        var question = question(number);
        var html =
                new StringBuilder("<div style=\"margin: 0 0 20px; max-width: 860px\"><p style=\"margin: 0 0 4px\"><b>" + number + ".</b> "
                        + styled(question.text()) + " <a href=\"" + TITLES.get(question.lesson()) + ".ipynb\">leçon " + question.lesson()
                        + "</a></p>");
        if (!question.code().isEmpty())
            html.append("<pre style=\"margin: 4px 0 4px 24px; line-height: 1.25\">").append(escape(question.code())).append("</pre>");
        if (!question.choices().isEmpty()) {
            html.append("<p style=\"margin: 4px 0 4px 24px\">");     // JupyterLab change en nombres les lettres d'une liste
            for (int i = 0; i < question.choices().size(); i++)
                html.append(i == 0 ? "<b>" : "<br><b>").append(letter(i)).append("</b>  ").append(escape(question.choices().get(i)));
            html.append("</p>");
        }
        return html.append("<p style=\"margin: 4px 0 0 24px").append(color(number)).append("\">").append(escape(verdict(number)))
                .append("</p></div>").toString();
    }

    private static String color(int number) {
        if (answers.get(number).isEmpty()) return "; opacity: 0.7";
        return isRight(number) ? "; border-left: 4px solid #1f5fa8; padding-left: 8px"
                : "; border-left: 4px solid #c22f2f; padding-left: 8px";
    }

    private static char letter(int index) {
        return (char) ('a' + index);
    }

    /** {@code `code`} et {@code **important**}, comme dans un texte du notebook. */
    private static String styled(String text) {
        return escape(text).replaceAll("`([^`]+)`", "<code>$1</code>").replaceAll("\\*\\*([^*]+)\\*\\*", "<b>$1</b>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
