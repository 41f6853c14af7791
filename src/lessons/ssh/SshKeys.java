package lessons.ssh;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Map;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/** Les clés des machines et de l'élève : fabriquées, écrites et relues comme le font {@code ssh-keygen} et {@code ssh}. */
final class SshKeys {

    static final String ED25519 = "ssh-ed25519";
    static final String ECDSA = "ecdsa-sha2-nistp256";

    private SshKeys() {}

    /** Une nouvelle clé, de ce type. */
    static KeyPair create(String type) throws IOException {
        try {
            return KeyUtils.generateKeyPair(type, 256);
        } catch (GeneralSecurityException e) {
            throw new IOException("Impossible de fabriquer une clé " + type + ".", e);
        }
    }

    /** Écrit la clé dans ce fichier, que son seul propriétaire peut lire, et sa part publique dans le fichier {@code .pub} d'à côté. */
    static void write(KeyPair key, String owner, Path file) throws IOException {
        var writer = OpenSSHKeyPairResourceWriter.INSTANCE;
        try (var secret = Files.newOutputStream(file); var open = Files.newOutputStream(file.resolveSibling(file.getFileName() + ".pub"))) {
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            writer.writePrivateKey(key, owner, null, secret);
            writer.writePublicKey(key, owner, open);
        } catch (GeneralSecurityException e) {
            throw new IOException("Impossible d'écrire la clé dans " + file + ".", e);
        }
    }

    /** La clé publique d'un fichier {@code .pub}. */
    static PublicKey readPublic(Path file) throws IOException {
        try {
            return PublicKeyEntry.parsePublicKeyEntry(Files.readString(file)).resolvePublicKey(null, Map.of(), null);
        } catch (GeneralSecurityException e) {
            throw new IOException("Impossible de lire la clé de " + file + ".", e);
        }
    }
}
