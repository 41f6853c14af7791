package kernel.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import kernel.KernelClient;
import kernel.protocol.Channels.Channel;
import kernel.protocol.ConnectionFile.Curve;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import tools.Course;

/** Les sockets chiffrés (CurveZMQ, proposition 145 de Jupyter) : qui n'a pas les clés n'obtient rien, et ne dérange personne. */
@DisplayName("Chiffrement")
class EncryptionTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final String GREETING = "\u00ff\0\0\0\0\0\0\0\1\u007f";       // ce par quoi commence tout client, depuis ZMTP 2.0

    @TempDir
    static Path folder;

    private static KernelClient kernel;

    @BeforeAll
    static void startKernel() throws Exception {
        kernel = KernelClient.startEncrypted(folder);
    }

    @AfterAll
    static void stopKernel() throws Exception {
        if (kernel != null) kernel.close();
    }

    // --- Avec les clés ---

    @Test
    @DisplayName("avec les clés, les cinq canaux servent : cellule, sortie, saisie, interruption, battements")
    void fiveChannels() throws Exception {
        assertEquals("a\n", kernel.ok("System.out.println(\"a\");").stdout());
        var asked = kernel.execute("IO.readln()", Json.object("allow_stdin", true));
        kernel.answer(asked, 1, "Ada");
        assertEquals("Ada", asked.done().resultText());
        var endless = kernel.execute("{ System.out.println(\"parti\"); while (true) { } }").awaitStart();
        kernel.interrupt();
        assertEquals("error", endless.done().status());
        kernel.sendFrames(Channel.HEARTBEAT, List.of(new byte[0], "toujours là ?".getBytes()));
        kernel.unrelated().await("le battement", e -> !e.messages("heartbeat").isEmpty());
    }

    // --- Sans les clés ---

    /** Abonne ce socket à iopub, et attend que le noyau l'éconduise. {@code kernelKey} : la clé qu'il croit celle du noyau, ou null. */
    private static void awaitDismissal(ZContext context, ZMQ.Socket socket, String kernelKey) {
        if (kernelKey != null) {
            var own = ZMQ.Curve.generateKeyPair();
            KernelClient.useKeys(socket, kernelKey, new Curve(own.publicKey, own.secretKey));
        }
        assertTrue(socket.monitor("inproc://events", ZMQ.EVENT_DISCONNECTED));
        var events = context.createSocket(SocketType.PAIR);
        events.setReceiveTimeOut(PATIENCE_MILLIS / 4);
        events.connect("inproc://events");
        socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
        // Il arrive, une fois sur cent, qu'une connexion de JeroMQ ne commence pas : le client en demande alors une autre.
        for (var attempt = 0; attempt < 12; attempt++) {
            socket.connect(kernel.connection().address(kernel.connection().iopub()));
            if (ZMQ.Event.recv(events) != null) return;
        }
        fail("jamais éconduit");
    }

    @ParameterizedTest(name = "un abonné étranger, {0}, est éconduit et ne lit rien de ce qu''une cellule écrit")
    @CsvSource({"sans clé, false", "avec la clé d'un autre noyau, true"})
    void strangerReadsNothing(String who, boolean encrypted) throws Exception {
        try (var context = new ZContext(); var socket = context.createSocket(SocketType.SUB)) {
            awaitDismissal(context, socket, encrypted ? ZMQ.Curve.generateKeyPair().publicKey : null);
            assertEquals("secret\n", kernel.ok("System.out.println(\"secret\");").stdout());
            assertNull(socket.recv(ZMQ.DONTWAIT));
        }
    }

    @Test
    @DisplayName("le même abonné, avec la clé du noyau, lit tout : c'est bien la clé qui décide")
    void keyHolderReads() throws Exception {
        try (var context = new ZContext(); var socket = context.createSocket(SocketType.SUB)) {
            socket.setReceiveTimeOut(PATIENCE_MILLIS);
            KernelClient.useKeys(socket, kernel.connection().curve().orElseThrow().publicKey(), kernel.connection().curve().orElseThrow());
            socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
            socket.connect(kernel.connection().address(kernel.connection().iopub()));
            assertNotNull(socket.recv(), "le mot de bienvenue");
        }
    }

    @ParameterizedTest(name = "{0} : rien n''est dit à l''inconnu, et le noyau sert les autres")
    @CsvSource({
        "du bruit, GET / HTTP/1.1\\r\\n\\r\\n",
        "un abonné de ZMTP 1.0, \\1\\0\\2\\0\\1",
        "un abonné de ZMTP 2.0, G\\1\\2\\0\\0\\0\\1\\1",
        "un abonné de ZMTP 3.0 sans chiffrement, G\\3\\0NULL",
        "une trame de deux milliards d'octets, G\\3\\0CURVE+\\6\\0\\0\\0\\0\\177\\0\\0\\0",
        "un premier message de CurveZMQ fait de zéros, G\\3\\0CURVE+\\4\\310\\5HELLO",
    })
    void rawStranger(String who, String sent) throws Exception {
        for (int port : new int[] {kernel.connection().iopub(), kernel.connection().shell(), kernel.connection().heartbeat()}) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getOutputStream().write(bytes(sent));
                String heard = readAll(socket);
                assertTrue(heard.length() <= 64 && !heard.contains("secret"), heard);   // au plus son salut
            }
        }
        assertEquals("secret\n", kernel.ok("System.out.println(\"secret\");").stdout());
        assertEquals("", kernel.kernel().log());
    }

    /** Ce que le noyau répond avant de raccrocher. */
    private static String readAll(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return "";                                                            // raccroché sans lire ce qui restait
        }
    }

    /** {@code G} : le salut ; {@code +} : la fin du salut de ZMTP 3.0 ; {@code \\n} : un octet, en octal. Complété par des zéros. */
    private static byte[] bytes(String text) {
        var bytes = new ByteArrayOutputStream();
        var parts = Pattern.compile("\\\\(\\d+)|\\\\r|\\\\n|\\+|^G|.").matcher(text);
        while (parts.find()) {
            String part = parts.group();
            if (part.equals("G")) bytes.writeBytes(GREETING.getBytes(ISO_8859_1));
            else if (part.equals("+")) bytes.writeBytes(new byte[64 - bytes.size()]);
            else if (part.matches("\\\\\\d+")) bytes.write(Integer.parseInt(part.substring(1), 8));
            else bytes.writeBytes(part.replace("\\r", "\r").replace("\\n", "\n").getBytes(ISO_8859_1));
        }
        bytes.writeBytes(new byte[300 - bytes.size()]);
        return bytes.toByteArray();
    }

    // --- La multiplication de Curve25519, faite par le JDK ---

    private static byte[] multiply(String scalar, String point) throws Exception {
        Path jar = Course.find().kernelspec("java").resolve("kernel.jar");
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            Method method = loader.loadClass("com.neilalexander.jnacl.crypto.curve25519").getMethod("crypto_scalarmult", byte[].class,
                    byte[].class, byte[].class);
            var product = new byte[32];
            method.invoke(null, product, HexFormat.of().parseHex(scalar), HexFormat.of().parseHex(point));
            return product;
        }
    }

    @ParameterizedTest(name = "elle calcule comme le dit la RFC 7748, section 5.2 : {2}")
    @CsvSource({
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
                + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
                + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
                + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
                + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
                + "0000000000000000000000000000000000000000000000000000000000000000,"
                + "0000000000000000000000000000000000000000000000000000000000000000",
    })
    void multiplication(String scalar, String point, String product) throws Exception {
        assertEquals(product, HexFormat.of().formatHex(multiply(scalar, point)));
    }

    @Test
    @DisplayName("c'est celle du JDK qui est dans le jar du noyau, non celle de jnacl, cinq fois plus lente")
    void fastMultiplication() throws Exception {
        try (var jar = new JarFile(Course.find().kernelspec("java").resolve("kernel.jar").toFile())) {
            var entry = jar.getJarEntry("com/neilalexander/jnacl/crypto/curve25519.class");
            assertTrue(new String(jar.getInputStream(entry).readAllBytes(), ISO_8859_1).contains("javax/crypto/KeyAgreement"));
        }
    }
}
