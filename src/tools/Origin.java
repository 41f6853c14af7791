package tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * D'où vient une commande du cours, lancée sans clone : du catalogue par lequel jbang l'a prise. jbang ne le dit pas au programme ; mais il
 * garde ({@code Settings}, {@code Util.getStableID}, jbang 0.132) le catalogue dans ses listes, et chaque fichier téléchargé dans un
 * dossier au nom de l'empreinte de son adresse. Que cela change, et le conseil perd seulement son adresse.
 */
final class Origin {
    private static final Pattern CATALOG = Pattern.compile("\"catalog-ref\"\\s*:\\s*\"(https?://[^\"]+/)jbang-catalog\\.json\"");
    private static final Pattern GITHUB =
            Pattern.compile("https://(?:raw\\.githubusercontent|github)\\.com/([^/]+)/([^/]+)/(?:blob/)?(.*)");

    private final Path jbang;
    private final Path cache;

    private Origin(Path jbang, Path cache) {
        this.jbang = jbang;
        this.cache = cache;
    }

    /** Les dossiers de jbang pour cet utilisateur. */
    static Origin of(Map<String, String> environment) {
        var declared = environment.get("JBANG_DIR");
        var jbang = declared != null ? Path.of(declared) : Path.of(System.getProperty("user.home"), ".jbang");
        var cache = environment.get("JBANG_CACHE_DIR");
        return new Origin(jbang, cache != null ? Path.of(cache) : jbang.resolve("cache"));
    }

    /** Que faire quand une commande a besoin du clone et qu'il n'est pas là. */
    String advice() {
        var what = "Cette commande travaille dans le dossier du cours, et il n'est pas ici : ";
        return what + catalog().map(Origin::cloning).orElse("placez-vous dedans, ou clonez-le d'abord") + ", puis lancez-y ./jbangw lab.";
    }

    private static String cloning(String catalog) {
        var github = GITHUB.matcher(catalog);
        if (github.matches()) return "clonez-le par « git clone https://github.com/" + github.group(1) + "/" + github.group(2) + " »";
        return "clonez le dépôt dont vient ce catalogue, " + catalog + "jbang-catalog.json";
    }

    private Optional<String> catalog() {
        for (var list : new String[] {"jbang-catalog.json", "implicit-catalog.json"}) {
            try {
                var catalogs = CATALOG.matcher(Files.readString(jbang.resolve(list)));
                while (catalogs.find()) if (gaveThisProgram(catalogs.group(1))) return Optional.of(catalogs.group(1));
            } catch (IOException _) {
                // pas de liste de ce nom
            }
        }
        return Optional.empty();
    }

    private boolean gaveThisProgram(String catalog) {
        var raw = GITHUB.matcher(catalog).replaceFirst("https://raw.githubusercontent.com/$1/$2/$3");
        return isDownloaded(catalog) || isDownloaded(raw);
    }

    private boolean isDownloaded(String catalog) {
        return Files.isDirectory(cache.resolve("urls").resolve(sha256(catalog + "src/tools/Course.java")));
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("toute plateforme Java offre SHA-256", e);
        }
    }
}
