package cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Les arguments d'une commande. Demandez d'abord les options, qui peuvent être n'importe où, puis les textes, pris un à un
 * dans l'ordre. Après {@code --}, tout est texte. Ce qui ne convient pas est une {@link UserError} de code 2.
 */
public final class Arguments {
    private final String command;
    private final List<String> words;     // options et textes mêlés
    private final List<String> texts;     // ce qui suit « -- »

    /** @param help l'aide de la commande, qui commence par « Usage : ./jbangw commande », ou « Usage : commande » */
    Arguments(String help, String... args) {
        command = help.replaceFirst("(?s)^Usage : ((\\./jbangw )?\\S+).*", "$1");
        var all = List.of(args);
        var end = all.contains("--") ? all.indexOf("--") : all.size();
        words = new ArrayList<>(all.subList(0, end));
        texts = new ArrayList<>(all.subList(Math.min(end + 1, all.size()), all.size()));
    }

    /** Vrai si cette option, qui n'a pas de valeur, est là. */
    public boolean flag(String name) {
        return words.removeIf(name::equals);
    }

    /** La valeur de cette option, écrite {@code --nom valeur} ou {@code --nom=valeur} ; la dernière, s'il y en a plusieurs. */
    public Optional<String> option(String name) throws UserError {
        var value = Optional.<String>empty();
        for (var i = 0; i < words.size();) {
            if (words.get(i).startsWith(name + "=")) {
                value = Optional.of(words.remove(i).substring(name.length() + 1));
            } else if (words.get(i).equals(name)) {
                words.remove(i);
                if (i == words.size()) throw misuse("Après " + name + ", il faut une valeur.");
                value = Optional.of(words.remove(i));
            } else {
                i++;
            }
        }
        return value;
    }

    /** La valeur de cette option, un nombre entier de {@code min} à {@code max}, ou {@code missing} si elle n'est pas là. */
    public int numberOption(String name, int min, int max, int missing) throws UserError {
        var value = option(name);
        return value.isPresent() ? number(name, min, max, value.get()) : missing;
    }

    /** Le texte suivant, ou rien s'il n'y en a plus. */
    public Optional<String> text() throws UserError {
        if (words.isEmpty()) return texts.isEmpty() ? Optional.empty() : Optional.of(texts.removeFirst());
        var word = words.removeFirst();
        if (word.matches("(?s)-[^0-9].*")) throw misuse("Option inconnue : « " + word + " ».");
        return Optional.of(word);
    }

    /** Le texte suivant, ou {@code missing} s'il n'y en a plus. */
    public String text(String missing) throws UserError {
        return text().orElse(missing);
    }

    /** Le nombre entier suivant, de {@code min} à {@code max}, ou {@code missing} s'il n'y en a plus. */
    public int number(String name, int min, int max, int missing) throws UserError {
        var word = text();
        return word.isPresent() ? number(name, min, max, word.get()) : missing;
    }

    private int number(String name, int min, int max, String word) throws UserError {
        try {
            var number = Integer.parseInt(word);
            if (min <= number && number <= max) return number;
        } catch (NumberFormatException _) {
            // même réponse que pour un nombre hors limites
        }
        throw misuse("%s : il faut un nombre entier de %d à %d, et non « %s ».".formatted(name, min, max, word));
    }

    /** L'adresse http:// ou https:// suivante, ou rien s'il n'y en a plus. */
    public Optional<URI> address() throws UserError {
        var word = text();
        if (word.isEmpty()) return Optional.empty();
        try {
            var uri = new URI(word.get());
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) return Optional.of(uri);
        } catch (URISyntaxException _) {
            // même réponse que pour une adresse incomplète
        }
        throw misuse("Il faut une adresse qui commence par http:// ou https://, et non « %s ».".formatted(word.get()));
    }

    /** Tous les textes qui restent. */
    public List<String> rest() throws UserError {
        var rest = new ArrayList<String>();
        for (var text = text(); text.isPresent(); text = text()) rest.add(text.get());
        return rest;
    }

    /** Tous les textes qui restent, et il en faut au moins un : {@code missing} dit ce qui manque. */
    public List<String> rest(String missing) throws UserError {
        var rest = rest();
        if (rest.isEmpty()) throw misuse(missing);
        return rest;
    }

    /** Il ne doit rien rester. */
    public void end() throws UserError {
        var word = text();
        if (word.isPresent()) throw misuse("Argument en trop : « " + word.get() + " ».");
    }

    private UserError misuse(String sentence) {
        return UserError.usage(sentence + " Voyez " + command + " --help.");
    }
}
