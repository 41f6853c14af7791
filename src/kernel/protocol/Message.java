package kernel.protocol;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * Un message du protocole Jupyter : section « General Message Format ».
 *
 * @param identities adresse ZeroMQ du destinataire, ou sujet sur le canal iopub
 * @param parent     en-tête de la demande à laquelle ce message se rapporte : c'est lui qui dit sous quelle cellule
 *                   le navigateur affiche une sortie ; vide si le message ne répond à rien
 */
public record Message(List<byte[]> identities, JsonObject header, JsonObject parent, JsonObject metadata, JsonObject content) {

    public static final String PROTOCOL = "5.4";
    private static final String SESSION = UUID.randomUUID().toString();

    /** La réponse de type {@code type} à cette demande, pour le client qui l'a envoyée. */
    public Message reply(String type, JsonObject content) {
        return new Message(identities, header(type, session()), header, new JsonObject(), content);
    }

    /** Un message diffusé à tous les clients (iopub), rattaché à la demande dont l'en-tête est {@code parent}. */
    public static Message publish(String type, JsonObject parent, JsonObject content) {
        return new Message(List.of(type.getBytes()), header(type, SESSION), parent, new JsonObject(), content);
    }

    public String type() {
        return header.get("msg_type").getAsString();
    }

    private String session() {
        return header.has("session") ? header.get("session").getAsString() : SESSION;
    }

    private static JsonObject header(String type, String session) {
        return Json.object("msg_id", UUID.randomUUID().toString(), "session", session, "username", "kernel",
                "date", Instant.now().truncatedTo(ChronoUnit.MICROS).toString(), "msg_type", type, "version", PROTOCOL);
    }
}
