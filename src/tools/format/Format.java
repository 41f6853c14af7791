///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw format

//JAVA 25+
//DEPS org.eclipse.jdt:org.eclipse.jdt.core:3.47.0
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../Course.java ../../cli/Command.java
//FILES format.properties
package tools.format;

import cli.Command;
import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jdt.core.ToolFactory;
import org.eclipse.jdt.core.formatter.CodeFormatter;
import org.eclipse.jdt.core.formatter.DefaultCodeFormatterConstants;
import org.eclipse.jface.text.BadLocationException;
import org.eclipse.jface.text.Document;
import org.eclipse.text.edits.ReplaceEdit;
import org.eclipse.text.edits.TextEdit;
import tools.Course;

/**
 * Écrit tout le Java du cours d'une seule manière : celle d'Eclipse JDT, réglée par {@code format.properties}, et les imports triés.
 * Une ligne que JDT ne sait pas couper, par exemple un long texte, est nommée : c'est à une personne de le faire.
 */
public final class Format {
    private static final String HELP = """
            Usage : ./jbangw format [--check]

            Met en forme tout le Java de src, selon src/tools/format/format.properties, puis nomme les lignes trop longues
            qu'il reste à couper à la main.

              --check  n'écrit rien : nomme seulement ce qui n'est pas en forme

            Le code de sortie est 1 s'il reste quelque chose à faire.
            """;
    private static final String PREFIX = "org.eclipse.jdt.core.";

    /** Les imports d'un fichier, du premier au dernier, si rien d'autre ne s'y mêle. */
    private static final Pattern IMPORTS = Pattern.compile("^import .*;\n(\n*import .*;\n)*", Pattern.MULTILINE);

    private final Map<String, String> options;
    private final int longest;

    private Format(Map<String, String> options) {
        this.options = options;
        longest = Integer.parseInt(options.get(DefaultCodeFormatterConstants.FORMATTER_LINE_SPLIT));
    }

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var check = arguments.flag("--check");
            arguments.end();
            new Format(options()).run(Course.find().home(), check);
        });
    }

    /** Les réglages de JDT que le cours change, et tous les autres. */
    private static Map<String, String> options() throws IOException {
        var changed = new Properties();
        try (var file = new InputStreamReader(Format.class.getResourceAsStream("/format.properties"), StandardCharsets.UTF_8)) {
            changed.load(file);
        }
        var options = new HashMap<>(DefaultCodeFormatterConstants.getJavaConventionsSettings());
        changed.forEach((name, value) -> options.put(PREFIX + name, value.toString()));
        return options;
    }

    private void run(Path home, boolean check) throws IOException, UserError {
        var todo = 0;
        for (var file : sources(home.resolve("src"))) {
            var name = home.relativize(file).toString().replace('\\', '/');
            var text = Files.readString(file).replace("\r\n", "\n");     // sous Windows, git a pu les y mettre
            var formatted = format(name, text);
            var problems = longLines(name, formatted);
            if (check && !text.equals(formatted)) problems = List.of(name + " : ce fichier n'est pas en forme");
            else if (!text.equals(formatted)) Files.writeString(file, formatted);
            problems.forEach(problem -> System.out.println(Console.french(problem)));
            todo += problems.size();
        }
        if (todo > 0) throw UserError.failed(check ? "Lancez ./jbangw format, puis coupez vous-même les lignes qu'il nomme."
                : "Coupez ces lignes vous-même : elles ont plus de " + longest + " caractères.");
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    private String format(String name, String text) throws UserError {
        var document = new Document(sortImports(text));
        var edit = ToolFactory.createCodeFormatter(options).format(
                CodeFormatter.K_COMPILATION_UNIT | CodeFormatter.F_INCLUDE_COMMENTS, document.get(), 0, document.getLength(), 0, "\n");
        if (edit == null) throw UserError.failed(name + " n'est pas du Java que l'on sache lire : corrigez-le d'abord.");
        try {
            for (var change : edit.getChildren()) if (sticks(change, document)) edit.removeChild(change);
            edit.apply(document);
            return document.get();
        } catch (BadLocationException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** JDT 3.47.0 ôte l'espace de {@code case A _, B _}, quels que soient ses réglages : ces corrections-là sont laissées de côté. */
    private static boolean sticks(TextEdit change, Document document) throws BadLocationException {
        if (!(change instanceof ReplaceEdit replace) || !replace.getText().isEmpty() || change.getOffset() == 0) return false;
        return document.getChar(change.getOffset() - 1) == ','
                && Character.isJavaIdentifierStart(document.getChar(change.getExclusiveEnd()));
    }

    /** Les imports statiques, une ligne vide, puis les autres ; chaque groupe par ordre alphabétique. */
    private static String sortImports(String text) {
        return IMPORTS.matcher(text).replaceFirst(imports -> {
            Predicate<String> isStatic = line -> line.startsWith("import static ");
            var groups = imports.group().lines().filter(line -> !line.isEmpty()).distinct()
                    .sorted(Comparator.comparing(line -> line.replace(";", "")))
                    .collect(Collectors.partitioningBy(isStatic, Collectors.mapping(line -> line + "\n", Collectors.joining())));
            return Matcher.quoteReplacement(Stream.of(groups.get(true), groups.get(false)).filter(group -> !group.isEmpty())
                    .collect(Collectors.joining("\n")));
        });
    }

    private List<String> longLines(String name, String text) {
        var lines = text.lines().toList();
        return IntStream.range(0, lines.size()).filter(i -> lines.get(i).length() > longest)
                .mapToObj(i -> "%s:%d : %d caractères".formatted(name, i + 1, lines.get(i).length())).toList();
    }
}
