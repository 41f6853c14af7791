package french;

import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Un morceau de prose d'un seul tenant : un paragraphe, une case de tableau, un commentaire, un message. Ce qui n'est pas de la prose y
 * est remplacé par un mot neutre.
 *
 * @param place le fichier, et la cellule d'un notebook
 * @param line la ligne où il commence, à partir de 1
 * @param text le texte, avec les mêmes fins de lignes que dans le fichier
 * @param names les mots du code dont il parle, quand rien ne les y distingue : commentaires et messages
 */
record Passage(String place, int line, String text, Set<String> names) {

    Passage(int line, String text) {
        this("", line, text, Set.of());
    }

    /** Ce qui tient la place d'un bout de code dans une phrase : un nom propre, dont l'accord ne se vérifie pas. */
    static final String NAME = "Dominique";

    private static final Pattern CODE_SPAN = Pattern.compile("(`+)(?!`).+?(?<!`)\\1(?!`)|<code>.*?</code>|<kbd>.*?</kbd>");
    private static final Pattern ENGLISH = Pattern.compile("<(i|em|span) lang=\"en\">.*?</\\1>");
    private static final Pattern ADDRESS = Pattern.compile("(?:[a-z]+:)?[a-z]+://[^\\s)]+");
    private static final Pattern LINK = Pattern.compile("!?\\[([^\\]]*)\\]\\([^)]*\\)");
    private static final Pattern INLINE_TAG = Pattern.compile("</?(?:a|b|em|i|span|strong|sub|sup|tspan)(?: [^>]*)?>");
    private static final Pattern EMPHASIS = Pattern.compile("\\*\\*|__|(?<![\\w*])[*_](?=\\S)|(?<=\\S)[*_](?![\\w*])");

    /** Dans les commentaires et les messages, le code n'est pas entre accents graves : il se reconnaît à sa forme. */
    private static final Pattern BARE_CODE = Pattern.compile("""
            (?xU) \\b\\w+(?:\\.\\w+)*\\((?:[^()]|\\([^()]*\\))*\\)            # un appel
            | (?:\\./)?jbangw?\\b (?:\\x20(?:lab|setup|test|bench|install-kernel|echo-server|echo-client|throttle|sequence|run)\\b)?
                    (?:\\x20(?:kernel|helpers)\\b)? (?:\\x20--[a-z-]+)?
            | (?<![\\w-]) --[a-z][\\w-]*                # une option
            | (?<!\\w)[\\w~]*(?:/[\\w.*<>-]+)+/?           # un chemin
            | (?<![\\w.])\\.?\\w+(?:\\.\\w+)+(?:\\(\\))?      # un nom avec des points : System.out, notes.txt, 1.3.0
            | (?<!\\w)\\.[a-z]\\w+                        # .venv
            | \\b\\w+_\\w+\\b | \\b[a-z]+[A-Z]\\w*\\b | \\b[A-Z]+[a-z]+\\w*[A-Z]\\w*\\b | \\b[A-Z]{2,}[a-z]\\w*\\b
            | \\b\\w+-\\w*\\d\\w*-\\w+\\b                    # b-s7-libraries
            | \\$\\w+ | \\b(?:null|true|false)\\b
            """);
    /** Entre guillemets : un mot du code, une commande, un titre anglais de la documentation de Jupyter. */
    private static final Pattern QUOTED_CODE =
            Pattern.compile("«[ \u00a0\u202f](?:[\\w-]+|(?:[\\w-]+ -|(?:sudo|apt|pip|git|cat|java|ssh|winget) )[^»]+)[ \u00a0\u202f]»"
                    + "|(?<=[sS]ections? |\\bet )«[ \u00a0\u202f][\\w ]+[ \u00a0\u202f]»");
    private static final Pattern NAMES = Pattern.compile(NAME + "(?:[ \u00a0:]" + NAME + "|:\\d+|:$)+");

    Passage at(String file) {
        return new Passage(file, line, text, names);
    }

    Passage among(Set<String> words) {
        return new Passage(place, line, text, words);
    }

    /** @return où se trouve ce caractère du texte, pour un lecteur */
    String where(int offset) {
        var before = text.substring(0, Math.min(offset, text.length()));
        return place + ", ligne " + (line + before.chars().filter(c -> c == '\n').count());
    }

    boolean hasWords() {
        return Stream.of(text.split("\\W+")).anyMatch(word -> !word.isEmpty() && !word.equals(NAME));
    }

    /** Ôte les marques d'un texte en Markdown ou en HTML, sans toucher aux fins de lignes. */
    static String plain(String text) {
        text = CODE_SPAN.matcher(text).replaceAll(NAME);
        text = ENGLISH.matcher(text).replaceAll(NAME);
        text = LINK.matcher(text).replaceAll("$1");
        text = ADDRESS.matcher(text).replaceAll(NAME);
        text = INLINE_TAG.matcher(text).replaceAll("");
        text = EMPHASIS.matcher(text).replaceAll("");
        text = text.replaceAll("\\\\([*_|#`])", "$1");
        text = QUOTED_CODE.matcher(text).replaceAll(NAME);
        text = BARE_CODE.matcher(text).replaceAll(NAME);
        text = NAMES.matcher(text).replaceAll(NAME);
        return text.replace("&nbsp;", "\u00a0").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    static String relative(Path home, Path file) {
        return home.relativize(file).toString().replace('\\', '/');
    }
}
