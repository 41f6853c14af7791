package kernel.protocol;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Un message mis en trames signées, et retour. Protocole Jupyter, section « The Wire Protocol » :
 * identités, {@code <IDS|MSG>}, signature, en-tête, en-tête de la demande, métadonnées, contenu, tampons.
 * Un objet sert un seul thread : {@link Mac} garde un état.
 */
public final class Wire {
    private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    private final Mac mac;

    public Wire(String key) {
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 manque dans ce JDK", e);
        }
    }

    public List<byte[]> encode(Message message) {
        var parts = List.of(bytes(message.header()), bytes(message.parent()), bytes(message.metadata()), bytes(message.content()));
        var frames = new ArrayList<byte[]>(message.identities());
        frames.add(DELIMITER);
        frames.add(sign(parts));
        frames.addAll(parts);
        return frames;
    }

    /**
     * Lit un message.
     *
     * @throws BadMessage si les trames sont tronquées, mal signées ou ne sont pas du JSON
     */
    public Message decode(List<byte[]> frames) throws BadMessage {
        int start = 0;
        while (start < frames.size() && !Arrays.equals(frames.get(start), DELIMITER)) start++;
        if (frames.size() < start + 6) throw new BadMessage("message tronqué (" + frames.size() + " trames)");
        var parts = frames.subList(start + 2, start + 6);
        if (!MessageDigest.isEqual(sign(parts), frames.get(start + 1))) throw new BadMessage("signature fausse");
        try {
            var message = new Message(List.copyOf(frames.subList(0, start)), json(parts.get(0)), json(parts.get(1)), json(parts.get(2)),
                    json(parts.get(3)));
            message.type();
            return message;
        } catch (JsonParseException | IllegalStateException | NullPointerException | UnsupportedOperationException e) {
            throw new BadMessage("JSON incorrect (" + e.getMessage() + ")");
        }
    }

    private byte[] sign(List<byte[]> parts) {
        parts.forEach(mac::update);
        return HexFormat.of().formatHex(mac.doFinal()).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(JsonObject json) {
        return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObject json(byte[] part) {
        return GSON.fromJson(new String(part, StandardCharsets.UTF_8), JsonObject.class);
    }

    /** Un message refusé ; le suivant sera servi. */
    public static final class BadMessage extends Exception {
        BadMessage(String why) {
            super(why);
        }
    }
}
