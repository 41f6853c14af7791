package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("format")
@Timeout(value = 3, unit = TimeUnit.MINUTES)     // la première fois télécharge le formateur
class FormatTest {

    @Test
    @DisplayName("tout le Java est en forme, aucune ligne n'est trop longue")
    void everySource() throws Exception {
        var result = Shell.run(Shell.course(), Map.of(), Shell.jbangw(), "format", "--check");
        assertEquals(0, result.exitCode(), () -> result.out() + result.err());
    }
}
