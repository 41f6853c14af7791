package support;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** Les arguments d'un extrait, pris un à un dans l'ordre ; chacun a une valeur quand il manque. */
public final class Arguments {

    /** Un argument qui ne convient pas ; le message dit lequel et ce qui était attendu. */
    public static final class Bad extends Exception {
        private Bad(String message) {
            super(message + " (Aide : --help)");
        }
    }

    private final Queue<String> words;

    Arguments(String[] args) {
        words = new ArrayDeque<>(List.of(args));
    }

    /** Le texte suivant, ou {@code missing} s'il n'y en a plus. */
    public String text(String missing) {
        return words.isEmpty() ? missing : words.remove();
    }

    /**
     * Le nombre entier suivant, ou {@code missing} s'il n'y en a plus.
     *
     * @throws Bad si ce n'est pas un nombre entier de {@code min} à {@code max}
     */
    public int number(String name, int min, int max, int missing) throws Bad {
        if (words.isEmpty()) return missing;
        var word = words.remove();
        try {
            var number = Integer.parseInt(word);
            if (min <= number && number <= max) return number;
        } catch (NumberFormatException e) {
            // même réponse que pour un nombre hors limites
        }
        throw new Bad("%s : il faut un nombre entier de %d à %d, et non « %s ».".formatted(name, min, max, word));
    }

    /**
     * Tous les textes qui restent.
     *
     * @throws Bad s'il n'en reste aucun ; {@code missing} dit ce qui manque
     */
    public List<String> rest(String missing) throws Bad {
        if (words.isEmpty()) throw new Bad(missing);
        var rest = List.copyOf(words);
        words.clear();
        return rest;
    }

    /**
     * L'adresse suivante, ou rien s'il n'y en a plus.
     *
     * @throws Bad si ce n'est pas une adresse http:// ou https://
     */
    public Optional<URI> address() throws Bad {
        if (words.isEmpty()) return Optional.empty();
        var word = words.remove();
        try {
            var uri = new URI(word);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) return Optional.of(uri);
        } catch (URISyntaxException e) {
            // même réponse que pour une adresse incomplète
        }
        throw new Bad("Il faut une adresse qui commence par http:// ou https://, et non « %s ».".formatted(word));
    }

    /** @throws Bad s'il reste un argument */
    public void end() throws Bad {
        if (!words.isEmpty()) throw new Bad("Argument en trop : « %s ».".formatted(words.peek()));
    }
}
