package kernel;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;

/**
 * Aide à la saisie : complétion (touche Tab), documentation (Maj-Tab), et « cette cellule est-elle complète ? ».
 * Protocole Jupyter, sections « Completion », « Introspection » et « Code completeness ». Les positions du protocole
 * comptent des caractères Unicode, celles de Java des unités UTF-16.
 */
final class CodeAssist {
    private final SourceCodeAnalysis analysis;

    CodeAssist(JShell shell) {
        analysis = shell.sourceCodeAnalysis();
    }

    /** Le contenu de complete_reply. */
    JsonObject complete(String code, int cursor) {
        int position = utf16(code, cursor);
        int start = statementStart(code, position);
        int[] anchor = {0};
        List<String> matches = analysis.completionSuggestions(code.substring(start), position - start, anchor).stream()
                .map(Suggestion::continuation).distinct().toList();
        int from = matches.isEmpty() ? cursor : code.codePointCount(0, start + anchor[0]);
        return Json.object("status", "ok", "matches", matches, "cursor_start", from, "cursor_end", cursor, "metadata", new JsonObject());
    }

    /** Le contenu de inspect_reply. */
    JsonObject inspect(String code, int cursor) {
        int position = utf16(code, cursor);
        while (position < code.length() && Character.isJavaIdentifierPart(code.charAt(position))) position++;
        int start = statementStart(code, position);
        String head = code.substring(start, position);
        String text = documentation(head, head.length());
        if (text.isEmpty()) text = documentation(head + "(", head.length() + 1);           // le nom seul d'une méthode
        if (text.isEmpty()) text = Objects.requireNonNullElse(analysis.analyzeType(head, head.length()), "");
        var data = text.isEmpty() ? new JsonObject() : Json.object("text/plain", text);
        return Json.object("status", "ok", "found", !text.isEmpty(), "data", data, "metadata", new JsonObject());
    }

    /** Le contenu de is_complete_reply. */
    JsonObject isComplete(String code) {
        String rest = code;
        while (!rest.isBlank()) {
            CompletionInfo info = analysis.analyzeCompletion(rest);
            switch (info.completeness()) {
                case UNKNOWN: return Json.object("status", "invalid");
                case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE: return Json.object("status", "incomplete", "indent", "    ");
                case EMPTY: return Json.object("status", "complete");
                default: rest = info.remaining();
            }
        }
        boolean wrong = analysis.sourceToSnippets(code).stream().anyMatch(s -> s.kind() == Snippet.Kind.ERRONEOUS);
        return Json.object("status", wrong ? "invalid" : "complete");
    }

    /** Où commence l'instruction qui contient cette position : JShell ne complète qu'un fragment à la fois. */
    private int statementStart(String code, int position) {
        int start = 0;
        while (true) {
            String rest = code.substring(start, position);
            CompletionInfo info = analysis.analyzeCompletion(rest);
            if (!info.completeness().isComplete() || info.remaining().isBlank()) return start;
            start = position - info.remaining().length();
        }
    }

    private String documentation(String code, int position) {
        return analysis.documentation(code, position, true).stream()
                .map(d -> d.signature() + (javadoc(d).isEmpty() ? "" : "\n\n" + javadoc(d)))
                .collect(Collectors.joining("\n\n"));
    }

    private static String javadoc(Documentation documentation) {
        return documentation.javadoc() == null ? "" : documentation.javadoc().replaceAll("\\{@code ([^}]*)}", "$1").replaceAll("<[^>]+>", "").strip();
    }

    private static int utf16(String code, int codePoints) {
        return code.offsetByCodePoints(0, Math.clamp(codePoints, 0, code.codePointCount(0, code.length())));
    }
}
