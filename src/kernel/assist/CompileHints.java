package kernel.assist;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.JShell;
import jdk.jshell.Snippet.Status;
import jdk.jshell.TypeDeclSnippet;
import kernel.compile.Regions;
import kernel.compile.Surroundings;

/**
 * Une phrase d'aide pour les erreurs de compilation les plus communes, à côté des mots du compilateur. Une aide fausse est pire qu'un
 * silence : ce qui peut l'être est d'abord vérifié (relire le texte corrigé, regarder ce qui entoure la faute), ou n'est pas dit.
 */
final class CompileHints {
    private static final String NAME = "[\\p{L}_$][\\p{L}\\p{N}_$]*";
    private static final Pattern SYMBOL = Pattern.compile("symbol:\\s+(class|variable|method) (" + NAME + ")");
    private static final Pattern LOCATION =
            Pattern.compile("location: (package|class|interface|enum|record|@interface|variable \\S+ of type) (.+)");
    private static final Pattern CONVERSION = Pattern.compile("(.+) cannot be converted to (.+)");
    private static final Pattern LOSSY = Pattern.compile("possible lossy conversion from (\\w+) to (\\w+)");
    private static final Pattern AMBIGUOUS =
            Pattern.compile("both \\w+ (([\\w.]+)\\.(\\w+))\\S* in \\S+ and \\w+ (([\\w.]+)\\.\\3)\\S* in \\S+ match");
    private static final Pattern EXCEPTION = Pattern.compile("unreported exception (" + NAME + "(?:\\." + NAME + ")*)");
    private static final Pattern EXPECTED = Pattern.compile("'(.+?)'|<identifier>|[^\\s']+");
    private static final Map<String, String> WRAPPERS = Map.of("int", "Integer", "double", "Double", "long", "Long", "boolean", "Boolean",
            "char", "Character", "float", "Float", "byte", "Byte", "short", "Short");
    private static final Set<String> SIZES = Set.of("length", "size", "count", "len");

    private final JShell shell;
    private final CodeAssist assist;
    private final String source;
    private final String ignored;
    private Diag diag;
    private String message;
    private int start;
    private boolean foreign;                                                     // ce qui suit un tel caractère se lit de travers

    /**
     * @param source  le fragment qui ne compile pas
     * @param ignored une ligne qui ressemblait à une directive de jbang, et n'en était pas une, ou null
     */
    CompileHints(JShell shell, CodeAssist assist, String source, String ignored) {
        this.shell = shell;
        this.assist = assist;
        this.source = source;
        this.ignored = ignored;
    }

    /** L'aide pour une erreur de ce fragment, s'il y en a une. */
    Optional<String> of(Diag problem) {
        if (foreign) return Optional.empty();
        diag = problem;
        start = Math.clamp(diag.getPosition(), 0, source.length());
        message = PlainWords.ofCompiler(diag.getMessage(null)).replace("java.lang.", "");
        var habit = habit();
        foreign = habit.isPresent();
        return habit.isPresent() ? habit : Optional.ofNullable(hint());
    }

    /** Ce qui s'écrirait dans un autre langage, ou pour un autre noyau. */
    private Optional<String> habit() {
        boolean unreadable = diag.getCode().matches("compiler\\.err\\.(?:expected\\d?|illegal\\.start.*|not\\.stmt|premature\\.eof)");
        Matcher symbol = SYMBOL.matcher(message);
        boolean unknown = symbol.find() && !source.startsWith(".", start);
        if (!unreadable && !unknown) return Optional.empty();
        var program = Habits.forProgram(source);
        if (program.isPresent()) return program;
        if (unknown)
            return Habits.isLombokAnnotation(symbol.group(2), source, start) ? Optional.of(Habits.lombok())
                    : Habits.forName(symbol.group(1), symbol.group(2)).filter(_ -> !isDeclaredSomewhere(symbol.group(2)));
        String code = new Regions(source).code();
        int from = code.lastIndexOf('\n', start - 1) + 1;
        int to = code.indexOf('\n', start) < 0 ? code.length() : code.indexOf('\n', start);
        return Habits.forLine(code.substring(from, Math.max(from, to)));
    }

    /** Vrai si l'élève a déclaré une méthode de ce nom : dans une classe, par exemple. C'est d'elle qu'il parle. */
    private boolean isDeclaredSomewhere(String name) {
        String declaration = "(?s).*[\\p{L}\\p{N}_$>\\]]\\s+" + Pattern.quote(name) + "\\s*\\([^()]*\\)\\s*(?:throws [^{]*)?\\{.*";
        return shell.snippets().anyMatch(snippet -> snippet instanceof DeclarationSnippet && snippet.source().matches(declaration));
    }

    private String hint() {
        return switch (diag.getCode()) {
            case "compiler.err.expected", "compiler.err.expected2", "compiler.err.expected3", "compiler.err.expected4" -> expected();
            case "compiler.err.premature.eof" -> unfinished();
            case "compiler.err.unclosed.str.lit" -> "Un texte commence par \" et doit finir par \" sur la même ligne.";
            case "compiler.err.unclosed.char.lit" ->
                    "Un texte s’écrit entre guillemets, \"…\" ; les apostrophes sont pour un seul caractère.";
            case "compiler.err.illegal.char" -> foreignCharacter();
            case "compiler.err.int.number.too.large" -> tooLarge();
            case "compiler.err.cant.resolve", "compiler.err.cant.resolve.location", "compiler.err.cant.resolve.args",
                    "compiler.err.cant.resolve.location.args",
                    "compiler.err.cant.resolve.args.params", "compiler.err.cant.resolve.location.args.params" ->
                    unknownName();
            case "compiler.err.doesnt.exist" -> unknownPackage();
            case "compiler.err.unreported.exception.need.to.catch.or.throw" -> uncaught("Cet appel peut");
            case "compiler.err.unreported.exception.implicit.close" -> uncaught("La fermeture, à la fin du try, peut");
            case "compiler.err.prob.found.req" -> wrongTypes();
            case "compiler.err.cant.apply.symbol", "compiler.err.cant.apply.symbols" -> wrongArguments();
            case "compiler.err.missing.ret.stmt" ->
                    "Cette méthode doit rendre une valeur : il manque un return (ou un throw) sur l’un de ses chemins.";
            case "compiler.err.var.might.not.have.been.initialized" -> source.startsWith("}", start)
                    ? "Un champ final reçoit sa valeur à sa déclaration, ou dans chaque constructeur."
                    : "Donnez une valeur à cette variable avant de la lire.";
            case "compiler.err.type.found.req" -> reference();
            case "jdk.eval.error.illegal.modifiers" -> message.contains("'synchronized'")
                    ? "Ici, une méthode n’appartient à aucun objet dont prendre le verrou : mettez-la dans une classe, ou écrivez dans son "
                            + "corps synchronized (verrou) { … }."
                    : null;
            case "compiler.err.sealed.class.must.have.subclasses" ->
                    "Déclarez dans la même cellule ce qui l’étend, ou nommez-le après permits.";
            case "compiler.err.ref.ambiguous" -> ambiguous(diag.getMessage(null));
            case "compiler.err.already.defined" -> "Ce nom est déjà pris ici : choisissez-en un autre.";
            case "compiler.err.cant.ref.non.effectively.final.var", "compiler.err.local.variables.cant.be.captured" -> captured();
            default -> null;
        };
    }

    // --- Ce qui ne se lit pas ---

    /** Dit qu'un signe manque si le texte se lit une fois ce signe ajouté ; sinon, ce que le compilateur attendait, et rien de plus. */
    private String expected() {
        var tokens = EXPECTED.matcher(message.replaceFirst("(?s) expected.*", "")).results().map(MatchResult::group)
                .filter(token -> !token.equals("or")).toList();
        var missing = tokens.stream().map(token -> token.replace("'", "")).filter(this::isMissing).toList();
        if (missing.equals(List.of(";"))) return "Il manque un point-virgule à l’endroit montré.";
        if (missing.size() == 1) return "Il manque « " + missing.getFirst() + " » à l’endroit montré.";
        if (tokens.stream().anyMatch(token -> token.matches("\\w+,?"))) return null;       // « class, interface, enum, or record »
        return "Le compilateur attend ici " + tokens.stream()
                .map(token -> token.equals("<identifier>") ? "un nom" : "« " + token.replace("'", "") + " »")
                .collect(Collectors.joining(" ou ")) + ".";
    }

    private boolean isMissing(String token) {
        if (token.length() != 1 || !";()[]{}".contains(token)) return false;
        String rest = source.substring(start);
        // « "a" "b" » se lit une fois coupé en deux, mais ce n'est sans doute pas un point-virgule qui manque
        boolean nextLine = rest.lines().findFirst().orElse("").isBlank();
        if (token.equals(";") && !nextLine && !source.substring(0, start).stripTrailing().matches("(?s).*[\\d\")\\]}]")) return false;
        return assist.syntax().isWhole(source.substring(0, start) + token + rest, nextLine);
    }

    private String unfinished() {
        var open = new ArrayList<Character>();
        for (char c : new Regions(source).code().toCharArray()) {
            int closing = ")]}".indexOf(c);
            if ("([{".indexOf(c) >= 0) open.add(")]}".charAt("([{".indexOf(c)));
            else if (closing >= 0 && (open.isEmpty() || open.removeLast() != c)) return null;
        }
        if (open.isEmpty()) return "La cellule s’arrête trop tôt : il lui manque une suite.";
        return "La cellule s’arrête trop tôt : il manque « "
                + open.reversed().stream().map(String::valueOf).collect(Collectors.joining(" ")) + " ».";
    }

    private String foreignCharacter() {
        foreign = true;
        int c = start < source.length() ? source.codePointAt(start) : 0;
        if (Character.isSpaceChar(c) || Character.getType(c) == Character.FORMAT)
            return "Il y a là un espace insécable, ou un caractère invisible, copié d’un document : effacez-le, puis tapez un espace.";
        if ("“”„«»‘’‚‹›`´".indexOf(c) >= 0) return "Ces guillemets ou cette apostrophe ne sont pas ceux de Java : retapez-les, \" ou '.";
        if ("–—−‐‑".indexOf(c) >= 0) return "Ce tiret n’est pas celui de Java : retapez-le au clavier, -.";
        if (c == '#') return "Ce caractère n’est pas du Java. Un commentaire commence par //.";
        return "Ce caractère ne peut pas être dans du Java, sauf dans un texte entre guillemets ou dans un commentaire.";
    }

    private String tooLarge() {
        Matcher digits = Pattern.compile("\\d[\\d_]*").matcher(source);
        if (!digits.find(start) || digits.start() != start || digits.group().startsWith("0")) return null;      // « 0x… », autre chose
        String number = digits.group().replace("_", "");
        return new BigInteger(number).bitLength() > 63
                ? "Ce nombre est trop grand, même pour un long : new BigInteger(\"" + number + "\") n’a pas de limite."
                : "Un int va jusqu’à 2 147 483 647. Un plus grand est un long, et s’écrit avec un L : " + digits.group() + "L.";
    }

    // --- Un nom inconnu ---

    private String unknownName() {
        Matcher symbol = SYMBOL.matcher(message);
        if (!symbol.find()) return null;
        String kind = symbol.group(1);
        String name = symbol.group(2);
        Matcher location = LOCATION.matcher(message);
        String place = location.find() ? simple(location.group(2).strip()) : "";
        if (!place.isEmpty() && location.group(1).equals("package"))
            return "Le paquet " + location.group(2).strip() + " n’a pas de « " + name + " » : vérifiez son nom.";
        if (!place.isEmpty() && source.startsWith(".", start)) return unknownMember(kind, name, place);
        if (kind.equals("class") && incomplete(name).isPresent()) return incomplete(name).get();
        if (Character.isUpperCase(name.charAt(0))) {
            if (kind.equals("method"))
                return "Aucune méthode ne s’appelle « " + name + " ». Pour créer un objet, écrivez new " + name + "(…).";
            var known = assist.qualifiedNames(source, (int) diag.getEndPosition()).stream()
                    .filter(path -> path.startsWith("java.") || path.startsWith("javax.")).toList();
            if (!known.isEmpty()) return "Si c’est une classe à vous, exécutez d’abord la cellule qui la déclare. Si c’est celle du JDK, "
                    + "il manque : import " + known.getFirst() + ";";
        }
        return "« " + name + " » est inconnu : vérifiez son orthographe, ou exécutez d’abord la cellule qui le déclare.";
    }

    /** Sans les paquets. */
    private static String simple(String type) {
        return type.replaceAll("\\b(?:[a-z_][a-z0-9_]*\\.)+(?=\\p{Lu})", "");
    }

    /** Ce qui manque à un type déclaré pour servir ; vide s'il ne manque rien, ou si personne ne l'a déclaré. */
    private Optional<String> incomplete(String name) {
        var missing = new ArrayList<String>();
        collectMissing(name, missing, new HashSet<>());
        return missing.isEmpty() ? Optional.empty()
                : Optional.of("« " + name + " » est déclaré, mais a besoin de ce qui ne l’est pas encore : " + String.join(", ", missing)
                        + ". Exécutez d’abord la cellule qui le déclare.");
    }

    private void collectMissing(String name, List<String> missing, Set<String> seen) {
        if (!seen.add(name)) return;
        shell.snippets().filter(snippet -> snippet instanceof TypeDeclSnippet type && type.name().equals(name)
                && shell.status(snippet) == Status.RECOVERABLE_NOT_DEFINED).forEach(snippet -> {
                    for (String need : shell.unresolvedDependencies((DeclarationSnippet) snippet).toList()) {
                        String type = need.replaceFirst("^class ", "");
                        int before = missing.size();
                        if (need.startsWith("class ")) collectMissing(type, missing, seen);
                        if (missing.size() == before && !seen.contains(need)) missing.add(type);
                        seen.add(need);
                    }
                });
    }

    private String unknownMember(String kind, String name, String place) {
        boolean method = kind.equals("method");
        if (place.endsWith("[]")) {
            if (SIZES.contains(name)) return "La longueur d’un tableau s’écrit length, sans parenthèses.";
            return "Un tableau n’a pas de « " + name + " » : voyez ce que la classe Arrays sait faire d’un tableau.";
        }
        var members = assist.members(source.substring(0, start + 1));
        if (!method && members.contains(name + "()")) return "« " + name + " » est une méthode : ajoutez des parenthèses, " + name + "().";
        if (!method && members.contains(name + "("))
            return "« " + name + " » est une méthode : ajoutez des parenthèses, et ses arguments entre elles.";
        if (method && members.contains(name)) return "« " + name + " » est un champ : ôtez les parenthèses.";
        if (usesLombok(place)) return Habits.lombok();
        if (place.equals("Console") && name.startsWith("Write")) return Habits.forName("method", "println").orElse(null);
        String unknown = "« " + name + " » n’existe pas dans " + place + " : ";
        for (String size : SIZES)
            if (SIZES.contains(name) && members.contains(size + "()")) return unknown + "sa taille est " + size + "().";
        var twin = members.stream().map(member -> member.replaceFirst("\\(.*", "")).filter(name::equalsIgnoreCase).findFirst();
        if (twin.isPresent()) return unknown + "le nom exact, majuscules comprises, est " + twin.get() + ".";
        return unknown + "vérifiez son orthographe, la touche Tab complète les noms.";
    }

    /** L'aide pour un nom que deux paquets importés ont tous deux ; null si le message parle d'autre chose. */
    static String ambiguous(String message) {
        Matcher both = AMBIGUOUS.matcher(message);
        if (!both.find()) return null;
        return "« " + both.group(3) + " » existe dans " + both.group(2) + " et dans " + both.group(5) + " : ajoutez import " + both.group(1)
                + "; ou import " + both.group(4) + ";";
    }

    /** Vrai si une cellule a déclaré ce type avec une annotation de Lombok, qu'elle a pu importer. */
    private boolean usesLombok(String type) {
        return shell.imports().anyMatch(imported -> Habits.isLombok(imported.fullname())) && shell.snippets()
                .anyMatch(snippet -> snippet instanceof TypeDeclSnippet declared && declared.name().equals(type)
                        && snippet.source().matches("(?s).*@(?:Data|Getter|Setter|Value|Builder|With)\\b.*"));
    }

    /** {@code Sytem.out} : le compilateur prend un nom inconnu suivi d'un point pour un paquet. */
    private String unknownPackage() {
        String name = message.replaceFirst("(?s)package (\\S+) does not exist.*", "$1");
        if (!source.stripLeading().startsWith("import ")) {
            if (!name.contains(".")) return "« " + name + " » est inconnu : vérifiez son orthographe, majuscules comprises.";
            if (!name.matches("(?:com|org|net|io|dev|fr|edu)\\..*"))
                return "« " + name
                        + " » n’est ni une variable, ni une classe, ni un paquet que l’on connaisse ici : vérifiez son orthographe.";
        }
        if (Habits.isLombok(name)) return Habits.lombok();
        if (ignored != null)
            return "La ligne « " + ignored
                    + " » n’a pas été suivie : écrivez //DEPS ou //SOURCES, en majuscules, tout au début de la ligne.";
        return name.matches("java(?:\\..*)?") ? "Ce paquet n’est pas dans le JDK : vérifiez son nom."
                : "Ce paquet est inconnu : vérifiez son nom, ou ajoutez sa bibliothèque par une ligne //DEPS.";
    }

    // --- Ce qui ne va pas ensemble ---

    private String uncaught(String subject) {
        Matcher exception = EXCEPTION.matcher(message);
        if (!exception.find()) return null;
        String name = simple(exception.group(1));
        String problem = subject + " lancer " + name;
        var around = assist.syntax().around(source, start);
        if (around.isEmpty()) return problem + " : rattrapez-la (try … catch).";
        return problem + switch (around.get().kind()) {
            case LAMBDA -> ", et cette lambda ne peut pas la laisser passer : rattrapez-la dans la lambda, () -> { try { … } catch (" + name
                    + " e) { … } }.";
            case METHOD -> " : rattrapez-la (try … catch), ou ajoutez « throws " + name + " » à la méthode.";
            case CONSTRUCTOR -> " : rattrapez-la (try … catch), ou ajoutez « throws " + name + " » au constructeur.";
            case INITIALIZER -> " : faites-le dans une méthode ou dans un constructeur, et rattrapez-la (try … catch).";
            case INHERITED_METHOD, NOTHING -> " : rattrapez-la (try … catch).";
        };
    }

    private String wrongTypes() {
        String[] lines = message.replaceFirst("^incompatible types: ", "").split("\n");
        String reason = lines[0].strip();
        String detail = lines[lines.length - 1].strip();
        boolean lambda = reason.equals("bad return type in lambda expression");
        if (reason.equals("unexpected return value"))
            return "Rien n’est à rendre ici : la méthode est void, ou la lambda ne doit rien rendre.";
        if (reason.equals("missing return value")) return "Ce return doit être suivi d’une valeur.";
        if (lambda && detail.equals("missing return value")) return "Cette lambda doit rendre une valeur, sur chacun de ses chemins.";
        if (reason.endsWith("is not a functional interface"))
            return "Une lambda ne peut être que là où il faut une interface à une seule méthode : Runnable, Supplier<…>, par exemple.";
        Matcher lossy = LOSSY.matcher(detail);
        if (lossy.find()) return lossy(lossy.group(1), lossy.group(2));
        Matcher types = CONVERSION.matcher(detail);
        if (!types.matches() || message.contains("CAP#") || message.contains("<anonymous")) return null;
        boolean alone = lines.length == 1 || reason.startsWith("bad type in conditional") || reason.startsWith("bad type in switch");
        if (!lambda && !alone) return null;
        String found = simple(types.group(1).strip());
        String wanted = simple(types.group(2).strip());
        if (lambda) return "Cette lambda doit rendre un " + wanted + ", et rend un " + found + ".";
        if (found.equals("<null>")) return "Il faut ici un " + wanted + ", et null n’en est pas un.";
        String text = underlined();
        if (wanted.equals("char") && text.matches("\"[^\"\\\\]\""))
            return "Un char s’écrit entre apostrophes : '" + text.charAt(1) + "'.";
        return "Il faut ici un " + wanted + ", et la valeur est un " + found + ".";
    }

    private String lossy(String from, String to) {
        String text = underlined();
        if (from.equals("double") && to.equals("float") && text.matches("\\d[\\d_]*\\.\\d*|\\.\\d+"))
            return "Un nombre à virgule est un double ; un float s’écrit avec un f : " + text + "f.";
        return "Un " + from + " ne tient pas toujours dans un " + to + " : si c’est voulu, écrivez (" + to
                + ") devant la valeur, entre parenthèses si c’est un calcul.";
    }

    private String underlined() {
        return source.substring(start, Math.clamp(diag.getEndPosition(), start, source.length()));
    }

    private String wrongArguments() {
        if (message.contains("infer") || message.contains("lambda") || message.contains("method reference")) return null;
        Matcher parent = Pattern.compile("^constructor (" + NAME + ") in class ").matcher(message);
        if (parent.find() && !source.substring(start).matches("(?s)(?:new|super|this)\\b.*"))
            return "Un objet commence par construire ce qu’il tient de " + parent.group(1)
                    + " : écrivez un constructeur qui commence par super(…), avec ses arguments.";
        return "Les arguments ne vont pas avec les paramètres : comparez leur nombre et leurs types.";
    }

    private String reference() {
        Matcher found = Pattern.compile("required: reference\\s+found:\\s+(\\w+)").matcher(message);
        return found.find() && WRAPPERS.containsKey(found.group(1))
                ? "Il faut ici une classe : " + WRAPPERS.get(found.group(1)) + " plutôt que " + found.group(1) + "."
                : null;
    }

    private String captured() {
        String who =
                message.contains("inner class") ? "Une classe écrite dans une méthode" : message.contains("lambda") ? "Une lambda" : null;
        if (who == null) return null;
        String name = Pattern.compile(NAME).matcher(source.substring(start)).results().map(MatchResult::group).findFirst().orElse("");
        int from = assist.syntax().around(source, start).map(Surroundings.Found::start).orElse(0);
        int to = assist.syntax().around(source, start).map(Surroundings.Found::end).orElse(source.length());
        String inside = source.substring(from, Math.min(to, source.length()));
        String variable = "(?<![\\p{L}\\p{N}_$.])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}_$])";
        boolean changed = Pattern.compile("(?:\\+\\+|--)\\s*" + variable + "|" + variable + "\\s*(?:\\+\\+|--|[-+*/%&|^]?=(?!=)|<<=|>>=)")
                .matcher(inside).find();
        return who + (changed ? " ne peut pas changer une variable locale : prenez un AtomicInteger, une liste ou un champ."
                : " ne lit que des variables locales qui ne changent plus : recopiez la valeur dans une autre variable.");
    }
}
