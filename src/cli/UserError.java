package cli;

/**
 * Ce qui empêche de continuer et que l'utilisateur peut comprendre : une phrase qui dit ce qui ne va pas et quoi faire.
 * Le programme l'affiche seule, sans pile d'appels, et finit par {@link #exitCode()}.
 */
public final class UserError extends Exception {
    private final int exitCode;

    private UserError(String sentence, int exitCode) {
        super(sentence);
        this.exitCode = exitCode;
    }

    /** Quelque chose manque ou a échoué : code de sortie 1. */
    public static UserError failed(String sentence) {
        return new UserError(sentence, 1);
    }

    /** La commande est mal écrite : code de sortie 2. */
    public static UserError usage(String sentence) {
        return new UserError(sentence, 2);
    }

    public int exitCode() {
        return exitCode;
    }
}
