package lessons.project;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Ce que l'on sait d'une page après l'avoir demandée.
 *
 * @param link son adresse
 * @param code celui de la réponse, ou 0 s'il n'y a pas eu de réponse
 * @param links où mènent ses liens, dans l'ordre du texte ; la même adresse peut s'y trouver deux fois
 */
public record Page(Link link, int code, List<Link> links) {

    private static final Pattern HREF = Pattern.compile("href=\"([^\"#]+)[^\"]*\"");

    /** La page de cette réponse. Seule une réponse 200 a des liens ; ce qui suit un {@code #} dans une adresse n'en fait pas partie. */
    public static Page of(HttpResponse<String> answer) {
        var links = new ArrayList<Link>();
        if (answer.statusCode() == 200)
            HREF.matcher(answer.body()).results().forEach(link -> links.add(new Link(answer.uri().resolve(link.group(1)))));
        return new Page(new Link(answer.uri()), answer.statusCode(), List.copyOf(links));
    }

    /** Une page qui n'a pas répondu : code 0, aucun lien. */
    public static Page none(Link link) {
        return new Page(link, 0, List.of());
    }
}
