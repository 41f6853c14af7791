package kernel.assist;

import display.PlainText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import kernel.cell.Rendering;
import kernel.cell.StopCheck;
import kernel.run.CellClassLoader;
import kernel.run.SourceMap;

/**
 * Une exception en quelques lignes : sa classe, son message, les appels qui passent par du code de l'élève, puis les mêmes de ce qu'elle a
 * étouffé (ce que {@code close()} lance à la fin d'un {@code try}, par exemple), et de ses causes. Un objet décrit une exception.
 */
final class Description {
    /** Au-delà, les appels du milieu ne sont pas montrés : une récursion sans fin tient en quelques lignes. */
    private static final int MOST_FRAMES = 12;
    private static final int FIRST_FRAMES = 8;
    private static final int LAST_FRAMES = 2;
    /** Au-delà, ni cause ni exception étouffée n'est plus montrée : un serveur en panne peut en réunir des milliers. */
    private static final int MOST_THROWN = 20;

    private final SourceMap snippets;
    private final CellClassLoader loader;
    private final String emphasis;
    private final String plain;
    private final List<String> lines = new ArrayList<>();
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean cut;

    /** @param emphasis ce qui précède le nom d'une exception, et {@code plain} ce qui le suit : des couleurs, ou rien */
    Description(SourceMap snippets, CellClassLoader loader, String emphasis, String plain) {
        this.snippets = snippets;
        this.loader = loader;
        this.emphasis = emphasis;
        this.plain = plain;
    }

    /** Les lignes. Appelle {@code getMessage()} et {@code getCause()} : peut-être du code de l'élève. */
    List<String> of(Throwable thrown) {
        add("", "", thrown);
        if (cut) lines.add("… d’autres causes, ou exceptions étouffées, ne sont pas montrées …");
        return lines;
    }

    private void add(String indent, String label, Throwable first) {
        for (Throwable t = first; t != null && seen.add(t); t = cause(t)) {
            if (seen.size() > MOST_THROWN) {
                cut = true;
                return;
            }
            String message = message(t);
            lines.add(indent + (t == first ? label : "Causée par : ") + emphasis + Rendering.typeName(t.getClass()) + plain
                    + (message.isEmpty() ? "" : " : " + message));
            addFrames(indent, t);
            for (Throwable suppressed : t.getSuppressed()) add(indent + "    ", "Étouffée (suppressed) : ", suppressed);
        }
    }

    private void addFrames(String indent, Throwable t) {
        var frames = new ArrayList<String>();
        for (StackTraceElement frame : t.getStackTrace()) {
            String place = place(frame);
            if (place != null && (frames.isEmpty() || !place.equals(frames.getLast()))) frames.add(place);
        }
        int hidden = frames.size() - FIRST_FRAMES - LAST_FRAMES;
        if (frames.size() > MOST_FRAMES) {
            frames.subList(FIRST_FRAMES, FIRST_FRAMES + hidden).clear();
            frames.add(FIRST_FRAMES, "… " + hidden + " appels de plus …");
        }
        for (String frame : frames) lines.add(indent + "    " + frame);
    }

    private String place(StackTraceElement frame) {
        var place = snippets.locate(frame);
        if (place.isPresent()) return String.valueOf(place.get());
        if (frame.getClassName().startsWith("REPL.") || !loader.hasSource(frame.getClassName())) return null;
        return frame.getFileName() + ", ligne " + frame.getLineNumber() + ", dans " + frame.getMethodName();
    }

    /** La cause, ou null : celle que l'élève redéfinit peut échouer à son tour. */
    private static Throwable cause(Throwable t) {
        try {
            return t.getCause();
        } catch (Exception | Error e) {
            if (e instanceof StopCheck.Stopped) throw e;
            return null;
        }
    }

    /** La première de toutes les causes. */
    static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        // une chaîne peut se mordre la queue
        for (int depth = 0; cause(root) != null && depth < 100; depth++) root = cause(root);
        return root;
    }

    /** Le message d'une exception, sans le nom de sa cause que Java y répète souvent. */
    static String message(Throwable t) {
        try {
            String message = t.getMessage() == null ? "" : t.getMessage();
            Throwable cause = cause(t);
            return cause != null && message.equals(cause.toString()) ? "" : PlainWords.ofException(PlainText.shorten(message));
        } catch (Exception | Error e) {                                          // getMessage() peut être du code de l'élève
            if (e instanceof StopCheck.Stopped) throw e;
            return "(son message n’a pas pu être lu : " + e.getClass().getName() + ")";
        }
    }
}
