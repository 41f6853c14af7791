package kernel.assist;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import jdk.jshell.VarSnippet;
import kernel.cell.Cell;
import kernel.run.Redefinition;

/** Dit sous la cellule, d'une phrase, ce qu'une nouvelle déclaration fait perdre, ou ce qui lui manque encore. */
public final class Redeclaration {
    private static final String AGAIN = ". Exécutez de nouveau la cellule qui la déclare.";

    private final JShell shell;
    private final Redefinition redefinition;
    private final Cell cell;
    // par variable d'une cellule d'avant, la phrase à dire à la fin, si elle n'est pas déclarée de nouveau d'ici là
    private final Map<String, String> lost = new LinkedHashMap<>();
    private final Map<String, String> causes = new HashMap<>();

    /** @param cell sous laquelle le dire : celle qui déclare */
    public Redeclaration(JShell shell, Redefinition redefinition, Cell cell) {
        this.shell = shell;
        this.redefinition = redefinition;
        this.cell = cell;
    }

    /** Ce qui arrive à un fragment d'avant, quand celui qui vient d'être évalué le remplace ou le change. */
    public void warn(SnippetEvent event) {
        if (!(event.snippet() instanceof DeclarationSnippet before)) return;
        String cause = event.causeSnippet() instanceof DeclarationSnippet changed ? "« " + changed.name() + " » a changé"
                : "ce dont il dépend a changé";
        if (before instanceof VarSnippet) causes.put(before.name(), cause);
        if (event.status() == Status.OVERWRITTEN) warnReplaced(before, event.causeSnippet());
        else if (event.previousStatus() != Status.VALID || event.status() == Status.VALID) return;
        else if (before instanceof VarSnippet)
            lost.put(before.name(), "La variable « " + before.name() + " » est perdue : " + cause + AGAIN);
        else
            cell.warn("« " + before.name() + " » ne compile plus : " + ambiguous(before).orElse(
                    cause + ". Corrigez la cellule qui le déclare, puis exécutez-la de nouveau."));
    }

    /** Quel import choisir, si c'en est un qui rend ambigu un nom de ce fragment. */
    private Optional<String> ambiguous(Snippet before) {
        return shell.diagnostics(before).map(problem -> CompileHints.ambiguous(problem.getMessage(null))).filter(Objects::nonNull)
                .findFirst();
    }

    /** Cette variable vient d'être déclarée, ou rétablie : elle n'est pas perdue. */
    public void declared(String variable) {
        lost.remove(variable);
    }

    /**
     * Dit, une fois la cellule finie, ce qu'elle a fait perdre.
     *
     * @param emptied les variables dont la valeur n'a pas pu être gardée
     * @param fresh   celles que la cellule a déclarées
     */
    public void tell(Set<String> emptied, Set<String> fresh) {
        for (String variable : emptied)
            if (!fresh.contains(variable))
                lost.putIfAbsent(variable, "La variable « " + variable + " » vaut de nouveau null : " + cause(variable) + AGAIN);
        lost.values().forEach(cell::warn);
        lost.clear();
    }

    private String cause(String variable) {
        return causes.getOrDefault(variable, "sa classe a changé");
    }

    /** La JVM n'a pas voulu changer la classe en place : ce qui tourne déjà ne verra pas la nouvelle. */
    private void warnReplaced(DeclarationSnippet before, Snippet after) {
        if (before instanceof VarSnippet || className(before).equals(className(after)) || !redefinition.cellsAreRunning()) return;
        String bound = redefinition.takesLambdas() ? "" : ", ou par une lambda de plus ou de moins";
        cell.warn("« " + before.name() + " » a changé par plus que le corps de ses méthodes" + bound
                + " : les tâches déjà lancées gardent l’ancienne version.");
    }

    private String className(Snippet snippet) {
        return shell.sourceCodeAnalysis().wrapper(snippet).fullClassName();
    }

    /** Ce dont ces déclarations d'une même cellule se servent, et qui n'est pas encore déclaré. */
    public void warnUnresolved(List<DeclarationSnippet> declared) {
        for (var snippet : declared) {
            var status = shell.status(snippet);
            if (status != Status.RECOVERABLE_DEFINED && status != Status.RECOVERABLE_NOT_DEFINED) continue;
            String missing = shell.unresolvedDependencies(snippet).collect(Collectors.joining(", "));
            cell.warn("« " + snippet.name() + " » est déclaré, mais ne pourra servir qu’une fois déclaré : " + missing + ".");
            shell.unresolvedDependencies(snippet).map(need -> Habits.forMissing(need, snippet.source())).flatMap(Optional::stream)
                    .distinct().forEach(cell::warn);
        }
    }
}
