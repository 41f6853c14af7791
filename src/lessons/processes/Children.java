//SOURCES ../Patience.java ../TempFolder.java ../ThreadDump.java
package lessons.processes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import lessons.Patience;
import lessons.TempFolder;
import lessons.ThreadDump;

/**
 * Les petits programmes que la leçon 7 lance comme enfants, et de quoi les lancer sur toute machine : par le {@code java} du noyau.
 *
 * <p>{@code java Counter.java} suffirait, mais compilerait à chaque lancement : trente fois le travail du programme lui-même. Ici, chacun
 * est compilé une fois, dans un dossier temporaire effacé à l'arrêt du noyau.
 */
public final class Children {

    private static final Map<String, String> PROGRAMS = Map.of(
            "Counter", """
                    void main(String... args) throws InterruptedException {
                        for (int i = 1; i <= Integer.parseInt(args[0]); i++) {
                            Thread.sleep(200);
                            IO.println("étape " + i);
                        }
                    }
                    """,
            "Divide", """
                    void main(String... args) {
                        IO.println(100 / Integer.parseInt(args[0]));
                    }
                    """,
            "UpperCase", """
                    void main() {
                        for (String line; (line = IO.readln()) != null; )
                            IO.println(line.toUpperCase());
                    }
                    """,
            "Chatty", """
                    void main(String... args) {
                        System.err.println("-".repeat(Integer.parseInt(args[0])));
                        IO.println("fini");
                    }
                    """,
            "Boss", """
                    import java.util.concurrent.locks.LockSupport;

                    void main() throws Exception {
                        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
                        var classes = System.getProperty("java.class.path");
                        var worker = new ProcessBuilder(java, "-cp", classes, "Counter", "300").start();
                        var deaf = new Thread(() -> LockSupport.parkNanos(60_000_000_000L));   // une demande d'arrêt attend 60 s
                        Runtime.getRuntime().addShutdownHook(deaf);
                        IO.println(worker.pid());
                        worker.waitFor();
                    }
                    """,
            "Leaver", """
                    void main() throws Exception {
                        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
                        var classes = System.getProperty("java.class.path");
                        var worker = new ProcessBuilder(java, "-cp", classes, "Counter", "300").inheritIO().start();
                        IO.println(worker.pid());
                        Thread.sleep(1000);
                    }
                    """);

    private static final Set<String> compiled = new HashSet<>();
    private static TempFolder folder;

    private Children() {}

    /**
     * Prépare le lancement d'un de nos programmes : {@code program("Counter", "3").start()}. La première fois, compile nos programmes
     * (une seconde environ) ; ensuite, ne bloque pas.
     *
     * @param name Counter, Divide, UpperCase, Chatty, Boss, Leaver, ou un programme donné à {@link #add}
     * @throws IllegalArgumentException si aucun programme ne porte ce nom
     */
    public static synchronized ProcessBuilder program(String name, String... args) throws IOException {
        if (compiled.isEmpty()) compile(PROGRAMS);
        if (!compiled.contains(name))
            throw new IllegalArgumentException("Aucun programme « %s ». Il y a %s.".formatted(name, String.join(", ", compiled)));
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));   // une JVM légère : une classe entière en lance
        for (var stream : List.of("stdin", "stdout", "stderr")) command.add("-D" + stream + ".encoding=UTF-8");
        command.addAll(List.of("-cp", folder.path().toString(), name));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command);
        // ces variables ajouteraient une ligne à la sortie d'erreur de chaque enfant
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder;
    }

    /**
     * Ajoute un programme, ou ne fait rien s'il y est déjà. Bloque le temps de le compiler.
     *
     * @param source un fichier Java compact, avec son {@code main}
     * @throws IllegalArgumentException si la source ne compile pas ; le message dit pourquoi
     */
    public static synchronized void add(String name, String source) throws IOException {
        if (compiled.isEmpty()) compile(PROGRAMS);
        if (!compiled.contains(name)) compile(Map.of(name, source));
    }

    /** L'ouvrier d'un Boss ou d'un Leaver, qui vient d'écrire son numéro. Attend cette ligne. */
    public static ProcessHandle worker(Process boss) throws IOException {
        var line = boss.inputReader(UTF_8).readLine();
        if (line == null) throw new IOException("Le chef est mort avant de dire le numéro de son ouvrier.");
        return ProcessHandle.of(Long.parseLong(line)).orElseThrow(() -> new IOException("L'ouvrier a déjà disparu."));
    }

    /** Vrai si ce programme finit dans les 5 secondes. Attend sa fin jusque-là : un programme tué ne disparaît pas aussitôt. */
    public static boolean ended(ProcessHandle process) throws InterruptedException {
        return ended(process, Duration.ofSeconds(5));
    }

    /**
     * Vrai si ce programme finit avant cette durée, ou un peu après si la machine est occupée. Sous Linux, un orphelin mort reste dans la
     * liste des processus tant que le système n'en a pas pris acte, parfois plusieurs secondes : ce « zombie » est fini quand même.
     */
    static boolean ended(ProcessHandle process, Duration limit) throws InterruptedException {
        for (var patience = new Patience(limit); process.isAlive() && !isZombie(process); Thread.sleep(20))
            if (!patience.lasts()) return false;
        return true;
    }

    private static boolean isZombie(ProcessHandle process) {
        try {
            var status = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));      // « 12 (java) Z ... »
            return status.startsWith(") Z", status.lastIndexOf(')'));
        } catch (IOException notLinux) {
            return false;
        }
    }

    /**
     * Exécute ce travail tant de fois à la fois, chaque fois dans un nouveau thread virtuel. Attend la fin de tous.
     *
     * @throws ExecutionException si l'un échoue ; la cause dit pourquoi
     */
    public static void together(int times, Callable<?> job) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(Collections.nCopies(times, job))) done.get();
        }
    }

    /** Le nombre de threads, virtuels compris, qui attendent en ce moment la sortie d'un enfant. */
    public static int readers() throws IOException {
        return (int) ThreadDump.take().threads().stream().filter(thread -> thread.runs("Process$PipeInputStream.read")).count();
    }

    /**
     * Photographie les threads une fois que tant d'entre eux, virtuels compris, attendent la sortie d'un enfant. Attend ce moment 10
     * secondes au plus, puis photographie quand même.
     */
    public static ThreadDump whenReading(int count) throws IOException, InterruptedException {
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (readers() < count && System.nanoTime() < end) Thread.sleep(20);
        return ThreadDump.take();
    }

    private static void compile(Map<String, String> programs) throws IOException {
        if (folder == null) folder = TempFolder.create("enfants");
        var arguments = new ArrayList<>(List.of("-d", folder.path().toString(), "-encoding", "UTF-8", "-proc:none"));
        for (var program : programs.entrySet())
            arguments.add(Files.writeString(folder.path().resolve(program.getKey() + ".java"), program.getValue()).toString());
        var messages = new ByteArrayOutputStream();
        var failed = ToolProvider.getSystemJavaCompiler().run(null, null, messages, arguments.toArray(String[]::new)) != 0;
        if (failed) throw new IllegalArgumentException("Ce programme ne compile pas :\n" + messages.toString(UTF_8));
        compiled.addAll(programs.keySet());
    }
}
