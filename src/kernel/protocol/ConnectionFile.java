package kernel.protocol;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Ce que Jupyter dit au noyau dans le fichier de connexion : adresse, cinq ports, clé de signature et, s'il les veut chiffrés, clés des
 * sockets. Protocole Jupyter, section « Connection files », et proposition 145 pour le chiffrement.
 */
public record ConnectionFile(String ip, int shell, int control, int stdin, int iopub, int heartbeat, String key, Optional<Curve> curve) {

    /** À la place d'une adresse : aucune machine ne s'appelle ainsi. */
    private static final String WITHIN = "(cette JVM)";

    /**
     * Les clés des sockets, telles que CurveZMQ les écrit : 40 caractères de Z85. Le noyau est le serveur ; un client doit connaître sa clé
     * publique, qui ne circule pas sur le réseau.
     */
    public record Curve(String publicKey, String secretKey) {}

    /**
     * Lit un fichier de connexion.
     *
     * @throws IOException si le fichier manque, n'est pas du JSON, ou s'il y manque un champ
     */
    public static ConnectionFile read(Path file) throws IOException {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            String scheme = text(json, "signature_scheme");
            if (!scheme.equals("hmac-sha256")) throw new IOException("signature inconnue : " + scheme);
            String key = text(json, "key");
            // Sans clé, n'importe quel programme de la machine pourrait faire exécuter du code au noyau.
            if (key.isBlank()) throw new IOException("la clé (« key ») est vide");
            requireTcp(text(json, "transport"));
            return new ConnectionFile(loopback(text(json, "ip")), port(json, "shell_port"), port(json, "control_port"),
                    port(json, "stdin_port"), port(json, "iopub_port"), port(json, "hb_port"), key, curve(json));
        } catch (NoSuchFileException e) {
            throw new IOException("ce fichier n'existe pas");
        } catch (AccessDeniedException e) {
            throw new IOException("la lecture de ce fichier n'est pas permise");
        } catch (CharacterCodingException | JsonParseException | IllegalStateException e) {
            throw new IOException("ce n'est pas un fichier de connexion de Jupyter");
        }
    }

    /** De quoi ouvrir, pour une répétition, des canaux qui ne sortent pas de cette JVM ({@code inproc}) : sans port. */
    public static ConnectionFile withinThisJvm() {
        return new ConnectionFile(WITHIN, 1, 2, 3, 4, 5, UUID.randomUUID().toString(), Optional.empty());
    }

    /** L'adresse ZeroMQ d'un port, par exemple {@code tcp://127.0.0.1:5555}. */
    public String address(int port) {
        return (ip.equals(WITHIN) ? "inproc://" : "tcp://" + ip + ":") + port;
    }

    /** JeroMQ 0.6.0 prend « ipc » pour un port TCP tiré du nom : le noyau serait ouvert là où personne ne le cherche. */
    private static void requireTcp(String transport) throws IOException {
        if (transport.equals("tcp")) return;
        throw new IOException("ce noyau ne connaît pas le transport « " + transport + " » : choisissez « tcp », que "
                + "KernelManager.transport_encryption = \"auto\" chiffre");
    }

    /** Le noyau exécute tout ce qu'on lui demande : il n'écoute que sa propre machine. */
    private static String loopback(String ip) throws IOException {
        if (!ip.equals("*") && InetAddress.getByName(ip).isLoopbackAddress()) return ip;
        throw new IOException("l'adresse " + ip + " ouvrirait le noyau au réseau : seule la machine locale (127.0.0.1) est acceptée");
    }

    private static Optional<Curve> curve(JsonObject json) throws IOException {
        if (!json.has("curve_publickey") && !json.has("curve_secretkey")) return Optional.empty();
        return Optional.of(new Curve(curveKey(json, "curve_publickey"), curveKey(json, "curve_secretkey")));
    }

    private static String curveKey(JsonObject json, String name) throws IOException {
        String key = text(json, name);
        if (key.matches("[0-9a-zA-Z.:+=^!/*?&<>()\\[\\]{}@%$#-]{40}")) return key;
        throw new IOException("le champ « " + name + " » n'est pas une clé de CurveZMQ : il lui faut 40 caractères de Z85");
    }

    private static String text(JsonObject json, String name) throws IOException {
        if (!json.has(name) || !json.get(name).isJsonPrimitive()) throw new IOException("le champ « " + name + " » manque");
        return json.get(name).getAsString();
    }

    private static int port(JsonObject json, String name) throws IOException {
        String text = text(json, name);
        if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65535) return Integer.parseInt(text);
        throw new IOException("le champ « " + name + " » n'est pas un port : " + text);
    }
}
