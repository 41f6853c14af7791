package kernel.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Un fragment tel que JShell le reçoit : le texte de l'élève, où des mots ont été ajoutés sans changer ses lignes.
 *
 * @param original   le texte de l'élève
 * @param text       ce que JShell reçoit
 * @param insertions ce qui a été ajouté, dans l'ordre du texte
 */
public record Rewritten(String original, String text, List<Insertion> insertions) {
    /** Des mots ajoutés avant ce caractère du texte de l'élève. */
    record Insertion(int place, String words) {}

    /** Un fragment tel quel. */
    public static Rewritten of(CellSplitter.Piece piece) {
        return new Rewritten(piece.source(), piece.source(), List.of());
    }

    static Rewritten of(String original, List<Insertion> unordered) {
        var insertions = new ArrayList<>(unordered);
        insertions.sort(Comparator.comparingInt(Insertion::place));
        var text = new StringBuilder(original);
        for (Insertion insertion : insertions.reversed()) text.insert(insertion.place(), insertion.words());
        return new Rewritten(original, text.toString(), List.copyOf(insertions));
    }

    /** La place, dans le texte de l'élève, de ce caractère du texte que JShell reçoit. */
    public int original(int position) {
        int shift = 0;
        for (Insertion insertion : insertions) {
            if (position < insertion.place() + shift) break;
            if (position < insertion.place() + shift + insertion.words().length()) return insertion.place();
            shift += insertion.words().length();
        }
        return position - shift;
    }
}
