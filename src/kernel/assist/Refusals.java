package kernel.assist;

import java.util.List;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.compile.CellSplitter.Piece;
import kernel.compile.WarmCompiler;
import kernel.run.Execution.FinalAssigned;

/** Ce que le noyau refuse d'une cellule de lui-même, là où JShell exécuterait autre chose que ce qui est écrit, ou rien sans le dire. */
public final class Refusals {
    private static final String KIND = "Erreur de compilation";
    private static final String RED = "\u001b[1;31m";
    private static final String PLAIN = "\u001b[0m";

    private Refusals() {}

    /**
     * Refuse, avant que rien ne s'exécute, ce que Java refuserait dans une méthode et que JShell ne voit pas, fragment par fragment.
     *
     * @param pieces toute la cellule
     */
    public static void check(Cell cell, List<Piece> pieces) throws CellError {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.returnsValue())
                throw error(cell, piece.line(), "au premier niveau d’une cellule, return ne rend pas de valeur.",
                        "Pour montrer une valeur, écrivez-la seule en dernière ligne, sans return.");
            if (piece.endless() && i + 1 < pieces.size())
                throw error(cell, pieces.get(i + 1).line(), "rien ne s’exécutera jamais à partir d’ici (unreachable statement).",
                        "L’instruction de la ligne " + piece.line() + " ne laisse pas passer à la suite : rien n’a été exécuté.");
        }
    }

    /** Une variable finale ne change pas de valeur. */
    public static CellError finalAssigned(Cell cell, FinalAssigned found) {
        return error(cell, found.line(), "cannot assign a value to final variable " + found.variable(),
                "« " + found.variable() + " » est final : sa valeur ne change plus. Pour une autre valeur, déclarez-la de nouveau.");
    }

    /** Comme javac. */
    public static CellError volatileAndFinal(Cell cell, int line) {
        return error(cell, line, "illegal combination of modifiers: final and volatile",
                "Une variable qui ne change plus n’a pas besoin d’être volatile : gardez l’un des deux mots.");
    }

    /** Le compilateur est tombé en panne : d'ordinaire, dans des appels ou des parenthèses imbriqués par milliers. */
    public static CellError unread(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause.toString().contains("StackOverflowError") || cause instanceof WarmCompiler.Lost)
                return CellError.of(KIND,
                        RED + "Une expression de cette cellule est trop longue pour le compilateur." + PLAIN + " Rien n’en a été exécuté.",
                        "→ Coupez-la en plusieurs instructions, ou écrivez une boucle.");
        return CellError.of(KIND,
                RED + "Le compilateur de Java est tombé en panne sur cette cellule." + PLAIN + " Rien n’en a été exécuté.",
                "→ Écrivez-la autrement, en plusieurs instructions plus courtes.");
    }

    /** Un texte, un tableau ou une méthode que la JVM ne sait pas mettre dans une classe. */
    public static CellError tooLarge(Cell cell, int line) {
        return error(cell, line,
                "trop gros pour une classe Java (un texte de plus de 65 535 octets, ou des milliers de valeurs à la suite).",
                "Mettez ces données dans un fichier, et lisez-le : Files.readString(Path.of(\"donnees.txt\")). Rien n’a été exécuté.");
    }

    private static CellError error(Cell cell, int line, String what, String help) {
        String place = ", cellule [" + cell.number() + "]" + (line > 0 ? ", ligne " + line : "");
        return CellError.of(KIND, RED + KIND + place + PLAIN + " : " + what, "→ " + help);
    }
}
