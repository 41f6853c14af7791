package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Des réponses aux exercices d'une leçon, bonnes ou mauvaises, et ce que leur vérification doit en dire. L'exercice {@code n} a une cellule
 * à trou {@code exercise-n}, une vérification {@code check-n} et une réponse repliée {@code solution-n}, qui remplace la cellule à trou.
 */
public final class Exercises {

    private static final String PASSED = "✔ Réussi : ";
    private static final String REFUSED = "✘ Pas encore : ";

    private final Lesson lesson;
    private final List<Answer> answers = new ArrayList<>();

    public Exercises(Lesson lesson) {
        this.lesson = lesson;
    }

    /** @param verdicts la vérification doit contenir l'un d'eux */
    private record Answer(int exercise, String name, String source, boolean right, List<String> verdicts) {

        String hole() {
            return "exercise-" + exercise;
        }

        String check() {
            return "check-" + exercise;
        }

        String label() {
            return "exercice " + exercise + ", " + name + " : " + (right ? "accepté" : "refusé");
        }

        void assertVerdict(NotebookRun.Execution execution) {
            assertEquals("ok", execution.status(), execution::errors);
            var shown = plain(execution.result());
            var expected = plain(right ? PASSED : REFUSED);
            assertTrue(shown.startsWith(expected), () -> "« " + expected + "... » attendu, et non : " + shown);
            assertTrue(verdicts.stream().anyMatch(verdict -> shown.contains(plain(verdict))), () -> verdicts + " attendu dans : " + shown);
        }

        /** Les espaces insécables d'un texte ne se voient pas dans un test. */
        private static String plain(String text) {
            return text.replaceAll("[\u00a0\u202f]", " ");
        }
    }

    /**
     * Une mauvaise réponse.
     *
     * @param name ce que l'élève a fait, en quelques mots
     * @param source ce qui remplace la cellule à trou
     * @param sentences ce que la vérification lui dit, entre autres ; l'une ou l'autre, si cela dépend de la machine
     */
    public Exercises refused(int exercise, String name, String source, String... sentences) {
        return add(new Answer(exercise, name, source, false, List.of(sentences)));
    }

    /** Une bonne réponse. */
    public Exercises accepted(int exercise, String name, String source) {
        return add(new Answer(exercise, name, source, true, List.of("")));
    }

    /** La cellule à trou telle quelle : refusée ; la réponse repliée : acceptée. */
    Exercises asWritten(int exercise) {
        return refused(exercise, "le trou laissé vide", lesson.cell("exercise-" + exercise).source(), "")
                .accepted(exercise, "la réponse repliée", lesson.solution(exercise));
    }

    /** Tous les exercices de la leçon, avec {@link #asWritten}. */
    Exercises allAsWritten() {
        for (int exercise = 1; lesson.has("exercise-" + exercise); exercise++) asWritten(exercise);
        return this;
    }

    private Exercises add(Answer answer) {
        if (answers.stream().anyMatch(other -> other.label().equals(answer.label())))
            throw new IllegalArgumentException("Deux réponses portent le même nom : " + answer.label());
        answers.add(answer);
        return this;
    }

    /** Ajoute au passage l'essai de chaque réponse. La leçon doit déjà avoir été exécutée jusqu'à l'exercice. */
    public NotebookRun.Plan addTo(NotebookRun.Plan plan) {
        for (var answer : answers) plan.runAs(answer.hole(), answer.source()).runLabelled(answer.check(), answer.label());
        return plan;
    }

    void assertAll(NotebookRun run) {
        for (var answer : answers) answer.assertVerdict(run.labelled(answer.label()));
    }

    /** @return un test par réponse */
    public Stream<DynamicTest> tests(NotebookRun run) {
        return answers.stream()
                .map(answer -> DynamicTest.dynamicTest(answer.label(), () -> answer.assertVerdict(run.labelled(answer.label()))));
    }
}
