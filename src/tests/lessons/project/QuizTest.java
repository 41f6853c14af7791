//SOURCES ../../../lessons/project/Quiz.java ../../../lessons/project/Question.java ../../../lessons/project/Questions.java
package lessons.project;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lessons.Lesson;
import lessons.NotebookRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Les vingt questions de la leçon 12 : les programmes affichent ce que l'on attend, et une mauvaise réponse apprend quelque chose. */
@DisplayName("leçon 12, vingt questions")
class QuizTest {

    private static final String CELL = "quiz-1";

    @BeforeEach
    void forget() {
        IntStream.rangeClosed(1, 4).forEach(group -> Quiz.group(group));
    }

    @TestFactory
    @DisplayName("chaque programme, exécuté dans une cellule, affiche ce que la question attend")
    @Timeout(900)
    Stream<DynamicTest> programs() throws Exception {
        var programs = Questions.ALL.stream().filter(question -> !question.output().isEmpty()).toList();
        var plan = new NotebookRun.Plan(Lesson.of("12-projet")).run("setup");
        for (var question : programs) plan.runAs(CELL, question.code());
        var run = plan.execute();
        run.assertClean();
        return IntStream.range(0, programs.size()).mapToObj(i -> DynamicTest.dynamicTest("question " + number(programs.get(i)),
                () -> assertEquals(programs.get(i).output(), String.join(" ", run.all(CELL).get(i).lines()).strip())));
    }

    @Test
    @DisplayName("vingt questions, dont dix demandent ce qu'un programme affiche ; elles tiennent à l'écran")
    void shape() {
        assertEquals(20, Questions.ALL.size());
        assertTrue(10 <= Questions.ALL.stream().filter(question -> !question.output().isEmpty()).count());
        for (var question : Questions.ALL) {
            assertTrue(question.code().lines().count() <= 12, question.code());
            question.code().lines().forEach(line -> assertTrue(line.length() <= 92, line));
        }
    }

    @Test
    @DisplayName("la bonne réponse est acceptée, avec une raison ; à l'écran, aucune question sans réponse ne la donne")
    void rightAnswers() {
        for (var question : Questions.ALL) {
            assertTrue(question.accepts(question.right()), question.right());
            assertFalse(question.why().isBlank());
            if (!question.choices().isEmpty() && !question.output().isEmpty())
                assertEquals(question.output(), question.choices().get(question.right().charAt(0) - 'a').replace(",", ""));
        }
        assertFalse(Quiz.group(3).toString().contains("✔"));
    }

    @Test
    @DisplayName("une mauvaise réponse apprend ce qui ne va pas et où relire, jamais la bonne réponse")
    void wrongAnswers() {
        for (var question : Questions.ALL)
            for (var answer : wrong(question)) {
                assertFalse(question.accepts(answer), answer);
                var advice = question.advice(answer);
                assertTrue(advice.length() > 20, number(question) + " : " + answer);
                assertFalse(question.choices().isEmpty() && advice.contains(" " + question.right() + "."), advice);
            }
    }

    private static List<String> wrong(Question question) {
        var all = new ArrayList<>(question.wrong().keySet());
        if (question.choices().isEmpty()) all.addAll(List.of("autre chose", "42"));
        else IntStream.range(0, question.choices().size()).mapToObj(i -> String.valueOf((char) ('a' + i))).filter(
                letter -> !letter.equals(question.right())).forEach(all::add);
        return all;
    }

    @Test
    @DisplayName("chaque leçon interrogée existe dans l'ordre du cours, et la question y renvoie")
    void lessons() {
        var numbers = Questions.ALL.stream().map(Question::lesson).toList();
        assertEquals(numbers.stream().sorted().toList(), numbers);
        assertEquals(Set.of(1, 3, 4, 5, 6, 7, 8, 9, 11), Set.copyOf(numbers));
        for (int group = 1; group <= 4; group++) {
            var html = Quiz.group(group).forms().get("text/html");
            assertFalse(html.contains("null.ipynb"), html);
            assertEquals(5, html.split("\\.ipynb", -1).length - 1, html);
        }
    }

    @Test
    @DisplayName("majuscules, ponctuation, point ou virgule ne comptent pas ; une lettre impossible est dite telle")
    void spelling() {
        assertTrue(question(1).accepts("True, False."));
        assertTrue(question(1).accepts("true\nfalse"));
        assertTrue(question(15).accepts("0.8 s") && question(15).accepts("0,8 secondes") && question(15).accepts("0,8"));
        assertFalse(question(15).accepts("8"));
        assertTrue(question(6).accepts("B)"));
        assertTrue(question(6).advice("e").contains("de a à d"), question(6).advice("e"));
    }

    @Test
    @DisplayName("le compte dit les réponses justes, celles qui manquent, et les leçons à relire")
    void score() {
        assertEquals("Justes : 0 sur 20 ; sans réponse : 20.", Quiz.score());
        Quiz.group(1, "true false", "un deux trois", "", "4 1000", "non");
        assertEquals("Justes : 2 sur 20 ; sans réponse : 16 ; à relire : leçon 1, leçon 3.", Quiz.score());
        Quiz.group(1, "true false", "deux un trois", "b", "4 1000", "un deux 0");
        assertEquals("Justes : 5 sur 20 ; sans réponse : 15.", Quiz.score());
        var shown = Quiz.group(4, "réveillé true").toString();
        assertTrue(shown.contains("✘ « réveillé true », pas encore") && shown.contains("À relire : leçon 9."), shown);
    }

    @Test
    @DisplayName("trop de réponses, ou un groupe qui n'existe pas : une phrase le dit")
    void mistakes() {
        assertThrows(IllegalArgumentException.class, () -> Quiz.group(5));
        assertThrows(IllegalArgumentException.class, () -> Quiz.group(1, "", "", "", "", "", ""));
    }

    private static Question question(int number) {
        return Questions.ALL.get(number - 1);
    }

    private static String number(Question question) {
        return Questions.ALL.indexOf(question) + 1 + " : " + question.code().lines().limit(2).collect(Collectors.joining(" "));
    }
}
