package kernel.compile;

/**
 * Ce qu'est chaque caractère d'une cellule : du code, un commentaire ou du texte entre guillemets. Une seule lecture, sans compilateur : le
 * texte peut être inachevé ou faux.
 */
public final class Regions {
    private enum Kind {
        CODE, LINE_COMMENT, BLOCK_COMMENT, TEXT
    }

    private final String source;
    private final Kind[] kinds;                                                  // celui de chaque caractère
    private Kind last = Kind.CODE;                                               // celui de ce qui suivrait le dernier

    public Regions(String source) {
        this.source = source;
        kinds = new Kind[source.length()];
        int at = 0;
        while (at < source.length()) at = mark(at, next(at));
    }

    /** Où finit ce qui commence à cet endroit, qui est du code. */
    private int next(int at) {
        if (source.startsWith("//", at)) return line(at);
        if (source.startsWith("/*", at)) return after("*/", at + 2, Kind.BLOCK_COMMENT);
        if (source.startsWith("\"\"\"", at)) return after("\"\"\"", at + 3, Kind.TEXT);
        char c = source.charAt(at);
        return c == '"' || c == '\'' ? after(String.valueOf(c), at + 1, Kind.TEXT) : at + 1;
    }

    private int line(int at) {
        int end = source.indexOf('\n', at);
        last = end < 0 ? Kind.LINE_COMMENT : Kind.CODE;
        return end < 0 ? source.length() : end;
    }

    /** Ce qui suit {@code closing} ; un texte sur une ligne finit au plus tard avec elle. */
    private int after(String closing, int from, Kind kind) {
        for (int at = from; at < source.length(); at++) {
            if (source.startsWith(closing, at)) return at + closing.length();
            if (kind == Kind.TEXT && source.charAt(at) == '\\') at++;
            else if (closing.length() == 1 && source.charAt(at) == '\n') return at;
        }
        last = kind;
        return source.length();
    }

    private int mark(int start, int end) {
        Kind kind = source.startsWith("//", start) ? Kind.LINE_COMMENT
                : source.startsWith("/*", start) ? Kind.BLOCK_COMMENT
                : source.charAt(start) == '"' || source.charAt(start) == '\'' ? Kind.TEXT : Kind.CODE;
        for (int i = start; i < end; i++) kinds[i] = kind;
        return end;
    }

    /** Vrai si ce qui se tape à cette position est dans un commentaire ou dans un texte entre guillemets. */
    public boolean isQuoted(int position) {
        if (position == source.length()) return last != Kind.CODE;
        if (position == 0) return false;
        Kind before = kinds[position - 1];
        boolean unclosed = source.charAt(position) == '\n' && source.charAt(position - 1) != '"' && source.charAt(position - 1) != '\'';
        return before != Kind.CODE && (kinds[position] == before || before == Kind.LINE_COMMENT || before == Kind.TEXT && unclosed);
    }

    /** Vrai si ce caractère n'est ni dans un commentaire, ni dans un texte entre guillemets. */
    public boolean isCode(int at) {
        return kinds[at] == Kind.CODE;
    }

    /** Vrai si ce caractère est celui d'un commentaire qui va jusqu'au bout de sa ligne. */
    public boolean isLineComment(int at) {
        return kinds[at] == Kind.LINE_COMMENT;
    }

    /** Le même texte, où des espaces remplacent les commentaires et les textes entre guillemets. Les positions ne changent pas. */
    public String code() {
        var code = new StringBuilder(source);
        for (int i = 0; i < kinds.length; i++) if (kinds[i] != Kind.CODE && source.charAt(i) != '\n') code.setCharAt(i, ' ');
        return code.toString();
    }
}
