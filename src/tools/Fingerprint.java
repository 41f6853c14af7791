package tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * L'empreinte de ce dont une étape dépend. L'étape finie, l'empreinte est écrite à côté du résultat ; tant qu'elles
 * sont égales, il n'y a rien à refaire. Écrite en dernier et d'un seul coup, elle manque après une interruption.
 */
public final class Fingerprint {
    private final MessageDigest digest;

    public Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("toute plateforme Java offre SHA-256", e);
        }
    }

    public Fingerprint add(Object value) {
        digest.update((value + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return this;
    }

    /** Ajoute un fichier, ou tous les fichiers Java d'un dossier : noms et contenus. */
    public Fingerprint addFiles(Path path) throws IOException {
        if (!Files.exists(path)) return add("absent");
        try (var files = Files.walk(path)) {
            for (var file : files.filter(f -> f.equals(path) || f.toString().endsWith(".java"))
                    .filter(Files::isRegularFile).sorted().toList()) {
                add(path.relativize(file));
                digest.update(Files.readAllBytes(file));
            }
        }
        return this;
    }

    public String value() {
        return HexFormat.of().formatHex(digest.digest());
    }

    public static boolean matches(Path stamp, String value) {
        try {
            return Files.readString(stamp).equals(value);
        } catch (IOException _) {
            return false;
        }
    }

    public static void write(Path stamp, String value) throws IOException {
        Folders.replace(stamp, temporary -> Files.writeString(temporary, value));
    }
}
