package com.neilalexander.jnacl.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * La multiplication de Curve25519 dont CurveZMQ se sert, trente fois pour qu'un client ouvre les cinq canaux : ici par le JDK, qui va cinq
 * fois plus vite que jnacl 1.0.0. JeroMQ 0.6.0 appelle {@code com.neilalexander.jnacl.crypto.curve25519} sans laisser le choix : cette
 * classe en prend le nom, et le jar du noyau ne garde qu'elle. Si JeroMQ changeait de bibliothèque, elle ne servirait plus, et le
 * chiffrement marcherait sans elle. Un test vérifie qu'elle est dans le jar, et qu'elle calcule comme le dit la RFC 7748.
 */
public final class curve25519 {
    private static final int SIZE = 32;                                          // octets
    private static final byte[] BASE = {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private curve25519() {}

    /** Écrit dans {@code product} la clé publique de la clé secrète {@code scalar} ; rend 0. */
    public static int crypto_scalarmult_base(byte[] product, byte[] scalar) {
        return crypto_scalarmult(product, scalar, BASE);
    }

    /**
     * Écrit dans {@code product} ce que partagent la clé secrète {@code scalar} et la clé publique {@code point} : les 32 premiers octets
     * de chacun. Des zéros pour un point que personne n'emploie de bonne foi : le message ne s'ouvrira pas. Rend 0.
     */
    public static int crypto_scalarmult(byte[] product, byte[] scalar, byte[] point) {
        try {
            var keys = KeyFactory.getInstance("X25519");
            var agreement = KeyAgreement.getInstance("X25519");
            agreement.init(keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, Arrays.copyOf(scalar, SIZE))));
            agreement.doPhase(keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, abscissa(point))), true);
            agreement.generateSecret(product, 0);
        } catch (InvalidKeyException e) {
            Arrays.fill(product, 0, SIZE, (byte) 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("X25519 manque dans ce JDK", e);
        }
        return 0;
    }

    /** Le nombre que ces octets écrivent, le plus petit d'abord ; le dernier bit n'en est pas (RFC 7748, section 5). */
    private static BigInteger abscissa(byte[] point) {
        var bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) bytes[i] = point[SIZE - 1 - i];
        bytes[0] &= 0x7F;
        return new BigInteger(1, bytes);
    }
}
