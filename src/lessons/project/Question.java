package lessons.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Une question et ce qu'il faut dire de chaque réponse. L'élève écrit une lettre, ou ce que le programme affiche.
 *
 * @param lesson la leçon qui contient la réponse
 * @param code un programme, ou un texte vide
 * @param output ce que ce programme affiche, mots séparés par une espace ; vide s'il n'y a pas de programme à deviner
 * @param choices des réponses possibles, désignées par a, b, c... ; vide si la réponse s'écrit
 * @param right la bonne réponse
 * @param why ce que l'on dit d'une bonne réponse
 * @param wrong ce que l'on dit de telle mauvaise réponse
 * @param otherwise ce que l'on dit des autres mauvaises réponses
 */
record Question(int lesson, String text, String code, String output, List<String> choices, String right, String why,
        Map<String, String> wrong, String otherwise) {

    /** Une question dont la réponse est une lettre, ou un nombre. */
    static Question ask(int lesson, String text, String... choices) {
        return new Question(lesson, text, "", "", List.of(choices), "", "", Map.of(), "");
    }

    /** Que va afficher ce programme ? */
    static Question print(int lesson, String code, String output, String... choices) {
        return new Question(lesson, "Que va afficher ce programme ?", code, output, List.of(choices), output, "", Map.of(), "");
    }

    Question right(String answer, String reason) {
        return new Question(lesson, text, code, output, choices, answer, reason, wrong, otherwise);
    }

    Question right(String reason) {
        return right(right, reason);
    }

    Question wrong(String answer, String advice) {
        var all = new LinkedHashMap<>(wrong);
        all.put(normal(answer), advice);
        return new Question(lesson, text, code, output, choices, right, why, all, otherwise);
    }

    Question otherwise(String advice) {
        return new Question(lesson, text, code, output, choices, right, why, wrong, advice);
    }

    boolean accepts(String answer) {
        return normal(answer).equals(normal(right));
    }

    /** Ce qu'il faut dire de cette mauvaise réponse : ce qui ne va pas, mais pas la bonne. */
    String advice(String answer) {
        var unclear = !choices.isEmpty() && !normal(answer).matches("[a-" + (char) ('a' + choices.size() - 1) + "]");
        if (unclear) return "répondez par une lettre, de a à " + (char) ('a' + choices.size() - 1) + ".";
        return wrong.getOrDefault(normal(answer), otherwise);
    }

    /** Sans majuscules, sans ponctuation ni espaces de trop : « 0,8 s » et « 0.8 » sont une même réponse. */
    private static String normal(String answer) {
        return answer.toLowerCase(Locale.FRENCH).replaceAll("(?<=\\d)\\.(?=\\d)", ",").replaceAll("(?<!\\d),|,(?!\\d)|[;.()\"»«]", " ")
                .replaceAll("(?<=\\d)\\s*(s|secondes?)\\b", "").replaceAll("[\\s\u00a0]+", " ").strip();
    }
}
