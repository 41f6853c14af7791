package tests;

import cli.Console;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Écrit une ligne par test dès qu'il finit, le détail de chaque échec, et compte. Un groupe de tests qui ne démarre pas
 * est un échec ; un test ignoré dit pourquoi.
 */
final class TestReport implements TestExecutionListener {

    private final PrintStream out;  // gardé : un test peut remplacer System.out
    private final Map<TestIdentifier, Long> starts = new ConcurrentHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private TestPlan plan;
    private String part = "";
    private int passed;
    private int skipped;

    TestReport(PrintStream out) {
        this.out = out;
    }

    boolean allGood() {
        return passed > 0 && failures.isEmpty();
    }

    void startPart(String name) {
        part = name;
        print("");
        print("── " + name);
    }

    /** @param error ce qui l'explique, ou null */
    synchronized void addFailure(String name, Throwable error) {
        failures.add(part + " · " + name);
        print("✘ " + name);
        if (error != null) printDetails(error);
    }

    /** La dernière ligne est faite pour être lue par un programme : elle est en anglais, sous une forme fixe. */
    void printSummary() {
        print("");
        if (!failures.isEmpty()) print("Échecs :");
        failures.forEach(name -> print("  ✘ " + name));
        print("%d passed, %d failed".formatted(passed, failures.size()) + (skipped > 0 ? ", " + skipped + " skipped" : ""));
    }

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        starts.put(test, System.nanoTime());
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        skip(test, reason);
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        var error = result.getThrowable().orElse(null);
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) pass(test);
            }
            case ABORTED -> skip(test, error == null ? "sans raison donnée" : reason(error));
            case FAILED -> addFailure(name(test) + notRun(test) + duration(test), error);
        }
    }

    private void pass(TestIdentifier test) {
        passed++;
        print("✔ " + name(test) + duration(test));
    }

    private void skip(TestIdentifier test, String reason) {
        skipped += Math.max(1, testsInside(test));
        print("– " + name(test) + " : IGNORÉ" + notRun(test) + ", " + reason);
    }

    private static String reason(Throwable assumption) {
        return String.valueOf(assumption.getMessage()).replaceFirst("^Assumption failed: ", "");
    }

    private String notRun(TestIdentifier group) {
        var tests = testsInside(group);
        return tests == 0 ? "" : " (tests non exécutés : " + tests + ")";
    }

    private int testsInside(TestIdentifier group) {
        return (int) plan.getDescendants(group).stream().filter(TestIdentifier::isTest).count();
    }

    /** Le nom du test, précédé de celui de sa classe, sur une seule ligne. */
    private String name(TestIdentifier test) {
        var classes = new ArrayDeque<String>();
        for (var parent = plan.getParent(test); parent.isPresent(); parent = plan.getParent(parent.get())) {
            if (parent.get().getSource().orElse(null) instanceof ClassSource) classes.push(parent.get().getDisplayName());
        }
        classes.add(test.getDisplayName());
        return String.join(" : ", classes).replace("\n", "\\n");
    }

    private String duration(TestIdentifier test) {
        var millis = (System.nanoTime() - starts.getOrDefault(test, System.nanoTime())) / 1_000_000;
        return millis < 1000 ? " (" + millis + " ms)" : String.format(Locale.FRENCH, " (%.1f s)", millis / 1000.0);
    }

    private void printDetails(Throwable error) {
        for (var e = error; e != null; e = e.getCause()) {
            printRaw(e instanceof AssertionError ? String.valueOf(e.getMessage()) : e.toString());
            testFrames(e).forEach(frame -> printRaw("  à " + frame));
        }
        for (var e : error.getSuppressed()) printRaw("et aussi " + e);
    }

    /** Les lignes de nos fichiers de test, ou à défaut les premières de la pile. */
    private static List<StackTraceElement> testFrames(Throwable error) {
        var frames = List.of(error.getStackTrace());
        var ours = frames.stream().filter(f -> f.getFileName() != null && f.getFileName().endsWith("Test.java")).toList();
        return ours.isEmpty() ? frames.subList(0, Math.min(5, frames.size())) : ours;
    }

    /** Un texte qui n'est pas de nous est montré tel quel, en retrait. */
    private void printRaw(String text) {
        out.println(text.indent(4).stripTrailing());
        out.flush();
    }

    private void print(String line) {
        out.println(Console.french(line));
        out.flush();
    }
}
