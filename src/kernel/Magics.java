package kernel;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import kernel.assist.Habits;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.compile.Regions;

/**
 * Les commandes d'un notebook écrit pour un autre noyau Java (IJava, JJava, Rapaio) : ce qui a son équivalent est fait, et une ligne dit
 * comment il s'écrit ici ; le reste est refusé, avec ce qu'il faut écrire à la place ({@link Habits}).
 */
final class Magics {
    private static final Pattern LINE = Pattern.compile("^\\h*(%{1,2})([A-Za-z]+)(?:\\h+(.*))?$", Pattern.MULTILINE | Pattern.UNIX_LINES);
    private static final Pattern JSHELL = Pattern.compile("\\s*/([a-z!?-][\\w-]*).*", Pattern.DOTALL);
    private static final Pattern ASSERT = Pattern.compile("(?<![\\p{L}\\p{N}_$.])assert\\s");
    private static final Pattern COORDINATES = Pattern.compile("[^\\s:]+:[^\\s:]+:[^\\s]+");

    /** Ce qui évalue du Java, directives comprises. */
    interface Evaluation {
        Optional<JsonObject> evaluate(Cell cell, String code) throws CellError;
    }

    private final Directives directives;
    private final Evaluation java;
    private boolean assertSaid;

    Magics(Directives directives, Evaluation java) {
        this.directives = directives;
        this.java = java;
    }

    /** Évalue une cellule, commandes comprises. Une cellule ordinaire ne paie que la recherche de deux caractères. */
    Optional<JsonObject> evaluate(Cell cell, String code) throws CellError {
        if (code.indexOf('/') >= 0 && JSHELL.matcher(code).matches()) throw jshell(code);
        if (!assertSaid && code.contains("assert ")) sayAssert(cell, code);
        if (code.indexOf('%') < 0) return java.evaluate(cell, code);
        var rest = new StringBuilder(code.replace("\r", " "));
        var regions = new Regions(rest.toString());
        boolean timed = false;
        for (MatchResult line : LINE.matcher(rest.toString()).results().toList()) {
            if (!isAlone(rest, regions, line.start(1))) continue;
            String name = line.group(2);
            String arguments = line.group(3) == null ? "" : line.group(3).strip();
            boolean time = name.equals("time");
            if (time) timed = true;
            else if (line.group(1).length() == 2) throw refused(line.group(1) + name, name);
            else follow(cell, name, arguments);
            int end = time && line.group(1).length() == 1 ? line.end(2) : line.end();          // « %time f() » : le reste est du Java
            for (int i = line.start(); i < end; i++) rest.setCharAt(i, ' ');
        }
        return timed ? timed(cell, rest.toString()) : java.evaluate(cell, rest.toString());
    }

    /** Une fois : rien ne le dirait, un assert que la JVM ne vérifie pas n'échoue jamais. */
    private void sayAssert(Cell cell, String code) {
        if (directives.assertionsEnabled(code) || !ASSERT.matcher(new Regions(code).code()).find()) return;
        assertSaid = true;
        cell.warn(Habits.ASSERT);
    }

    /** Une instruction peut continuer par « % » sur la ligne suivante : ce n'est une commande que si rien n'est en suspens. */
    private static boolean isAlone(CharSequence code, Regions regions, int start) {
        if (!regions.isCode(start)) return false;
        String before = regions.code().substring(0, start);
        for (MatchResult line : LINE.matcher(before).results().toList()) before = before.replace(line.group(), "");
        return before.isBlank() || before.stripTrailing().matches("(?s).*[;}]");
    }

    private static CellError jshell(String code) {
        var command = JSHELL.matcher(code);
        command.matches();
        return CellError.of("Commande de JShell", "/" + command.group(1) + " : " + Habits.forJShell(command.group(1)));
    }

    private static CellError refused(String command, String name) {
        return CellError.of("Commande d’un autre noyau", command + " : " + Habits.forCommand(name));
    }

    private void follow(Cell cell, String name, String arguments) throws CellError {
        var words = List.of(arguments.split("\\s+"));
        switch (name) {
            case "maven", "addMavenDependency", "dependency" -> {
                if (name.equals("dependency") && !words.contains("/add") && !words.contains("/resolve")) throw refused("%" + name, name);
                words.stream().filter(word -> COORDINATES.matcher(word).matches()).findFirst()
                        .ifPresent(word -> say(cell, name, "//DEPS " + word));
                for (String word : words) if (COORDINATES.matcher(word).matches()) directives.apply(cell, "//DEPS " + word);
            }
            case "mavenRepo", "addMavenRepo" -> {
                String directive = "//REPOS " + String.join("=", words);
                say(cell, name, directive);
                directives.apply(cell, directive);
            }
            case "jars", "classpath" -> {
                for (String word : words) directives.addLocal("%" + name, word.replaceAll("^[\"']|[\"']$", ""));
                cell.say("%" + name + " : fait. Une bibliothèque publiée se demande par une ligne //DEPS groupe:artefact:version.\n");
            }
            case "load" -> load(cell, arguments.replaceAll("^[\"']|[\"']$", ""));
            default -> throw refused("%" + name, name);
        }
    }

    private static void say(Cell cell, String name, String directive) {
        cell.say("%" + name + " : fait. Ici, cela s’écrit " + directive + "\n");
    }

    private void load(Cell cell, String file) throws CellError {
        if (file.endsWith(".ipynb")) throw CellError.of("%load", "%load : ce noyau ne charge pas un notebook. Copiez-en les cellules.");
        try {
            String text = Files.readString(Path.of(file));
            cell.say("%load : fait. Ici, ce code irait dans une cellule ; des classes, dans une source que charge une ligne //SOURCES.\n");
            java.evaluate(cell, text);
        } catch (MalformedInputException e) {
            throw CellError.of("%load", "%load : " + file + " n’est pas un texte en UTF-8.");
        } catch (IOException e) {
            throw CellError.of("%load", "%load : impossible de lire « " + file + " ». Le chemin part du dossier du notebook.");
        }
    }

    private Optional<JsonObject> timed(Cell cell, String code) throws CellError {
        long start = System.nanoTime();
        try {
            return java.evaluate(cell, code);
        } finally {
            cell.flush();
            cell.say("Durée : " + (System.nanoTime() - start) / 1_000_000 + " ms, compilation comprise. Ici, cela s’écrit avec "
                    + "System.nanoTime(), avant et après.\n");
        }
    }
}
