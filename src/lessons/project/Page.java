package lessons.project;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Ce que l'on sait d'une page après l'avoir demandée.
 *
 * @param code celui de la réponse, ou 0 s'il n'y a pas eu de réponse
 * @param links les adresses où mènent ses liens, dans l'ordre du texte ; une adresse peut y être deux fois
 */
public record Page(URI uri, int code, List<URI> links) {

    private static final Pattern LINK = Pattern.compile("href=\"([^\"#]+)[^\"]*\"");

    /** La page de cette réponse. Seule une réponse 200 a des liens ; ce qui suit un {@code #} dans une adresse n'en fait pas partie. */
    public static Page of(HttpResponse<String> answer) {
        var links = new ArrayList<URI>();
        if (answer.statusCode() == 200)
            LINK.matcher(answer.body()).results().forEach(link -> links.add(answer.uri().resolve(link.group(1))));
        return new Page(answer.uri(), answer.statusCode(), List.copyOf(links));
    }

    /** Une page qui n'a pas répondu : code 0, aucun lien. */
    public static Page none(URI uri) {
        return new Page(uri, 0, List.of());
    }
}
