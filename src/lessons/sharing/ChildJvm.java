//SOURCES ../TempFolder.java ../ThreadDump.java
package lessons.sharing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import lessons.TempFolder;

/**
 * Exécute un petit programme dans une autre JVM, avec les réglages ordinaires de Java : le noyau du notebook, lui, compile moins, pour
 * démarrer plus vite, et certaines optimisations ne s'y voient pas. Rien ne reste ensuite, ni processus ni fichier.
 */
public final class ChildJvm {

    private static final int LIMIT = 20;                          // secondes

    /** Lance le programme, et arrête la JVM de l'intérieur s'il dure : ainsi elle ne survit pas, même à un noyau tué. */
    private static final String BOUNDED = """
            import java.util.concurrent.locks.LockSupport;

            public class Bounded {
                public static void main(String[] args) throws Exception {
                    Thread.ofPlatform().daemon().start(() -> {
                        LockSupport.parkNanos(%d_000_000_000L);
                        Runtime.getRuntime().halt(3);
                    });
                    var program = Class.forName("Program").getDeclaredConstructor();
                    program.setAccessible(true);
                    var main = program.getDeclaringClass().getDeclaredMethod("main");
                    main.setAccessible(true);
                    main.invoke(program.newInstance());
                }
            }
            """.formatted(LIMIT);

    private ChildJvm() {}

    /**
     * Compile ce programme, l'exécute, et rend ce qu'il affiche. Bloque jusqu'à sa fin, au plus {@value #LIMIT} secondes.
     *
     * @param source un fichier Java compact, avec un {@code void main()} sans argument
     * @param options des options de la JVM
     * @throws IllegalArgumentException si la source ne compile pas ; le message dit pourquoi
     * @throws IOException si le programme n'a pas fini à temps : il est tué
     * @throws InterruptedException si l'appelant est interrompu : le programme est tué
     */
    public static String run(String source, String... options) throws IOException, InterruptedException {
        try (var folder = TempFolder.create("jvm")) {
            compile(folder.path(), source);
            var output = folder.path().resolve("output.txt");
            var child = start(folder.path(), output, options);
            try {
                if (!child.waitFor(LIMIT, TimeUnit.SECONDS)) throw new IOException("Le programme n'a pas fini en " + LIMIT + " secondes.");
            } finally {
                child.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
            return Files.readString(output).strip();
        }
    }

    private static Process start(Path folder, Path output, String... options) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m"));
        command.addAll(List.of(options));
        command.addAll(List.of("-Dstdout.encoding=UTF-8", "-cp", folder.toString(), "Bounded"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // ces variables ajouteraient une ligne à ce que le programme affiche
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder.start();
    }

    private static void compile(Path folder, String source) throws IOException {
        var program = Files.writeString(folder.resolve("Program.java"), source).toString();
        var bounded = Files.writeString(folder.resolve("Bounded.java"), BOUNDED).toString();
        var messages = new ByteArrayOutputStream();
        var failed = ToolProvider.getSystemJavaCompiler().run(null, null, messages, "-d", folder.toString(), "-encoding", "UTF-8",
                "-proc:none", program, bounded) != 0;
        if (failed) throw new IllegalArgumentException("Ce programme ne compile pas :\n" + messages.toString(UTF_8));
    }
}
