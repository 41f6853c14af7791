package kernel.assist;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import jdk.jshell.TypeDeclSnippet;
import kernel.compile.Regions;
import kernel.compile.Syntax;
import kernel.protocol.Json;

/**
 * Aide à la saisie : complétion (touche Tab), documentation (Maj-Tab), et « cette cellule est-elle complète ? ».
 * Protocole Jupyter, sections « Completion », « Introspection » et « Code completeness ». Les positions du protocole
 * comptent des caractères Unicode, celles de Java des unités UTF-16.
 */
public final class CodeAssist {
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s+([^{}]*)}");
    /** Le nom d'une annotation, devant le curseur. */
    private static final Pattern ANNOTATION = Pattern.compile("@([\\p{L}\\p{N}_$]*)$");
    /** Du code qui finit par une annotation : ce qu'elle annote manque encore. */
    private static final Pattern ENDS_WITH_ANNOTATION =
            Pattern.compile("(?s)(?:.*[\\s;{}])?@(?!interface\\b)[\\p{L}_$][\\p{L}\\p{N}_$.]*\\s*(?:\\([^()]*\\))?\\s*");
    /** Les cellules peuvent atteindre ce paquet du noyau, mais il n'est pas pour elles. */
    private static final Pattern KERNEL = Pattern.compile("(?:^|[^\\p{L}\\p{N}_$.])kernel\\.cell\\.[\\p{L}\\p{N}_$.]*$");
    private static final Set<String> KERNEL_PACKAGES = Set.of("kernel.", "cell.");
    private static final List<String> ANNOTATIONS =
            List.of("Deprecated", "FunctionalInterface", "Override", "SafeVarargs", "SuppressWarnings");
    private final JShell shell;
    private final SourceCodeAnalysis analysis;
    private final Syntax syntax;
    private final DeferredIndex index;
    private final Map<String, String> documented;

    /**
     * @param index      celui de cette session de JShell
     * @param documented ce que JShell a déjà dit de chaque texte, à vider quand une déclaration y change quelque chose : pour le redire, il
     *                   relirait tout le source de la classe
     */
    public CodeAssist(JShell shell, Syntax syntax, DeferredIndex index, Map<String, String> documented) {
        this.documented = documented;
        this.shell = shell;
        analysis = shell.sourceCodeAnalysis();
        this.syntax = syntax;
        this.index = index;
    }

    /** Le contenu de complete_reply. */
    public JsonObject complete(String code, int cursor) {
        index.want();
        int position = utf16(code, cursor);
        if (new Regions(code).isQuoted(position)) return completion(List.of(), cursor, cursor);
        Matcher annotation = ANNOTATION.matcher(code.substring(0, position));
        if (annotation.find()) return completion(annotations(annotation.group(1)), code.codePointCount(0, annotation.start(1)), cursor);
        int start = statementStart(code, position);
        String statement = code.substring(start, position);
        int[] anchor = {0};
        List<String> matches = suggestions(statement, anchor);
        if (matches.isEmpty() && start > 0) {                                    // un nom déclaré plus haut dans la même cellule ?
            String block = declarations(code.substring(0, start));
            matches = suggestions(block + statement, anchor);
            anchor[0] -= block.length();
        }
        if (matches.isEmpty() && index.await(analysis)) matches = suggestions(statement, anchor);      // un nom de paquet ?
        int from = matches.isEmpty() ? cursor : code.codePointCount(0, start + anchor[0]);
        return completion(matches, from, cursor);
    }

    private static JsonObject completion(List<String> matches, int from, int cursor) {
        return Json.object("status", "ok", "matches", matches, "cursor_start", from, "cursor_end", cursor, "metadata", new JsonObject());
    }

    /** JShell n'en propose aucune : celles de java.lang, et celles des cellules. */
    private List<String> annotations(String start) {
        var declared = shell.snippets().filter(snippet -> snippet.subKind() == SubKind.ANNOTATION_TYPE_SUBKIND
                && shell.status(snippet).isActive()).map(snippet -> ((TypeDeclSnippet) snippet).name());
        return Stream.concat(ANNOTATIONS.stream(), declared).filter(name -> name.startsWith(start)).distinct().sorted().toList();
    }

    /** Les noms complets, paquet compris, des classes dont le nom simple finit à cet endroit de {@code code}. */
    List<String> qualifiedNames(String code, int end) {
        index.await(analysis);
        return analysis.listQualifiedNames(code, end).getNames();
    }

    /** Ce qui peut suivre le point qui finit {@code code} : des champs, des méthodes avec leur parenthèse ouvrante. */
    List<String> members(String code) {
        return suggestions(code, new int[1]);
    }

    Syntax syntax() {
        return syntax;
    }

    /** Le contenu de inspect_reply. */
    public JsonObject inspect(String code, int cursor) {
        int position = utf16(code, cursor);
        while (position < code.length() && Character.isJavaIdentifierPart(code.charAt(position))) position++;
        int start = statementStart(code, position);
        String statement = code.substring(start, position);
        boolean call = code.startsWith("(", position);
        String text = describe(statement, call);
        if (text.isEmpty() && start > 0) text = describe(declarations(code.substring(0, start)) + statement, call);
        var data = text.isEmpty() ? new JsonObject() : Json.object("text/plain", text);
        return Json.object("status", "ok", "found", !text.isEmpty(), "data", data, "metadata", new JsonObject());
    }

    private List<String> suggestions(String code, int[] anchor) {
        if (KERNEL.matcher(code).find()) return List.of();
        return analysis.completionSuggestions(code, code.length(), anchor).stream().map(Suggestion::continuation)
                .filter(name -> !KERNEL_PACKAGES.contains(name)).distinct().toList();
    }

    /**
     * La documentation du nom qui finit {@code code}, sinon son type. Chaque essai coûte une analyse : {@code call}, le plus probable
     * d'abord.
     */
    private String describe(String code, boolean call) {
        String text = documentation(call ? code + "(" : code);
        if (text.isEmpty()) text = documentation(call ? code : code + "(");     // JShell ne documente une méthode que devant sa parenthèse
        return text.isEmpty() ? Objects.requireNonNullElse(analysis.analyzeType(code, code.length()), "") : text;
    }

    /** Le début d'un bloc qui déclare les variables et les types de {@code code}, sans rien exécuter. */
    private String declarations(String code) {
        var block = new StringBuilder("{ ");
        for (String rest = code; !rest.isBlank();) {
            CompletionInfo info = analysis.analyzeCompletion(rest);
            if (info.source() == null) break;
            if (syntax.declaresVariableOrType(info.source())) block.append(info.source()).append('\n');
            rest = info.remaining();
        }
        return block.toString();
    }

    /** Le contenu de is_complete_reply. */
    public JsonObject isComplete(String code) {
        String rest = code;
        while (!rest.isBlank()) {
            CompletionInfo info = analysis.analyzeCompletion(rest);
            switch (info.completeness()) {
                case UNKNOWN:
                    return wrong(rest);
                case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE:
                    return incomplete("    ");
                case EMPTY:
                    return Json.object("status", "complete");
                default:
                    if (!syntax.areStatements(info.source()) && !syntax.isDeclaration(info.source())) return wrong(rest);
                    rest = info.remaining();
            }
        }
        return Json.object("status", "complete");
    }

    /** Faux, sauf si c'est le début d'une déclaration : son annotation. */
    private static JsonObject wrong(String code) {
        return ENDS_WITH_ANNOTATION.matcher(new Regions(code).code()).matches() ? incomplete("") : Json.object("status", "invalid");
    }

    private static JsonObject incomplete(String indent) {
        return Json.object("status", "incomplete", "indent", indent);
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

    private String documentation(String code) {
        String known = documented.get(code);
        if (known != null) return known;
        String text = ask(code);
        if (!text.isEmpty()) documented.put(code, text);                        // une bibliothèque qui viendra en dira peut-être plus
        return text;
    }

    private String ask(String code) {
        return analysis.documentation(code, code.length(), true).stream()
                .map(d -> d.signature() + (javadoc(d).isEmpty() ? "" : "\n\n" + javadoc(d)))
                .collect(Collectors.joining("\n\n"));
    }

    /** Le texte d'un commentaire Javadoc, sans ses balises. */
    private static String javadoc(Documentation documentation) {
        String text = Objects.requireNonNullElse(documentation.javadoc(), "");
        // les balises {@...} s'emboîtent : de la plus petite à la plus grande
        for (String before = ""; !before.equals(text);) {
            before = text;
            text = INLINE_TAG.matcher(text).replaceAll("$1");
        }
        return text.replaceAll("</?[a-zA-Z][^>]*>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip();
    }

    private static int utf16(String code, int codePoints) {
        return code.offsetByCodePoints(0, Math.clamp(codePoints, 0, code.codePointCount(0, code.length())));
    }
}
