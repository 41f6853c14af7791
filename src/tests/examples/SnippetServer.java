package examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.regex.Pattern;

/**
 * Un extrait qui sert des clients, lancé dans un autre programme.
 *
 * @param output ce qu'il écrit, après la ligne qui annonce son port
 */
record SnippetServer(Process process, BufferedReader output, int port) {

    /** Lance l'extrait, et attend la ligne où {@code listening} trouve son port ; échoue s'il finit avant. */
    static SnippetServer start(Pattern listening, String... args) throws IOException {
        return start(listening, SnippetRun.builder(args));
    }

    static SnippetServer start(Pattern listening, ProcessBuilder builder) throws IOException {
        var process = builder.redirectErrorStream(true).start();
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        while (true) {
            var line = output.readLine();
            assertNotNull(line, "le serveur s'est arrêté sans annoncer son port");
            var matcher = listening.matcher(line);
            if (matcher.find()) return new SnippetServer(process, output, Integer.parseInt(matcher.group(1)));
        }
    }
}
