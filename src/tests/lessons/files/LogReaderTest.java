package lessons.files;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import lessons.files.LogReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Le lecteur de journal de la leçon 5 : des lignes entières, chacune une fois, quoi qu'il arrive au journal. */
@DisplayName("leçon 5, le lecteur de journal")
@Timeout(30)
class LogReaderTest {

    @TempDir
    Path folder;
    private Path log;

    @BeforeEach
    void name() {
        log = folder.resolve("service.log");
    }

    @Test
    @DisplayName("chaque ligne une fois, dans l'ordre, sans sa fin de ligne")
    void eachLineOnce() throws Exception {
        append("un\ndeux\r\n");
        try (var reader = new LogReader(log)) {
            assertEquals(List.of("un", "deux"), reader.newLines());
            assertEquals(List.of(), reader.newLines());
            append("\ntrois\n");
            assertEquals(List.of("", "trois"), reader.newLines());
        }
    }

    @Test
    @DisplayName("une ligne coupée au milieu d'une lettre accentuée attend sa fin")
    void lineInPieces() throws Exception {
        var bytes = "café\n".getBytes(StandardCharsets.UTF_8);
        try (var reader = new LogReader(log)) {
            append(Arrays.copyOf(bytes, 4));
            assertEquals(List.of(), reader.newLines());
            append(Arrays.copyOfRange(bytes, 4, bytes.length));
            assertEquals(List.of("café"), reader.newLines());
        }
    }

    @Test
    @DisplayName("une ligne plus longue que son tampon est rendue entière")
    void longLine() throws Exception {
        var line = "x".repeat(100_000);
        append(line + "\nfin\n");
        try (var reader = new LogReader(log)) {
            assertEquals(List.of(line, "fin"), reader.newLines());
        }
    }

    @Test
    @DisplayName("un journal absent n'a pas de ligne ; il est lu dès qu'il existe")
    void notYet() throws Exception {
        try (var reader = new LogReader(log)) {
            assertEquals(List.of(), reader.newLines());
            append("un\n");
            assertEquals(List.of("un"), reader.newLines());
        }
    }

    @Test
    @DisplayName("un journal raccourci est relu depuis son début")
    void truncated() throws Exception {
        append("une longue première ligne\nun début");
        try (var reader = new LogReader(log)) {
            reader.newLines();
            Files.writeString(log, "court\n");
            assertEquals(List.of("court"), reader.newLines());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    @DisplayName("un journal remplacé : la fin de l'ancien, puis le nouveau, même plus long")
    void rotated() throws Exception {
        append("un\n");
        try (var reader = new LogReader(log)) {
            assertEquals(List.of("un"), reader.newLines());
            append("deux\nsans fin");
            Files.move(log, folder.resolve("service.log.1"));
            assertEquals(List.of("deux"), reader.newLines());
            append("trois, une ligne plus longue que tout l'ancien journal\n");
            assertEquals(List.of("sans fin", "trois, une ligne plus longue que tout l'ancien journal"), reader.newLines());
            assertEquals(List.of(), reader.newLines());
        }
    }

    private void append(String text) throws IOException {
        append(text.getBytes(StandardCharsets.UTF_8));
    }

    private void append(byte[] bytes) throws IOException {
        Files.write(log, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
