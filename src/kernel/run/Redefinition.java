package kernel.run;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import kernel.support.Log;
import kernel.support.TempFolder;

/**
 * Change le corps de classes déjà chargées : les threads qui tournent prennent le nouveau à leur prochain appel, et les variables
 * gardent leurs valeurs. La JVM ne le permet qu'à un agent (paquet {@code java.lang.instrument}) : le noyau s'attache à lui-même, à la
 * première demande seulement.
 *
 * <p>Un pari sur HotSpot : ajouter ou ôter une lambda ajoute ou ôte une méthode cachée, ce que seule l'option
 * {@code -XX:+AllowRedefinitionToAddDeleteMethods} permet. Dépréciée depuis le JDK 13, elle est là dans le JDK 25. Le jour où elle
 * manquera, les corps sans lambda de plus ou de moins changeront encore ; une ligne du journal le dira, et {@code Redeclaration} promettra
 * moins.
 */
public final class Redefinition {
    private static volatile Instrumentation instrumentation;

    private final TempFolder folder;
    private boolean attached;
    private boolean takesLambdas = true;

    /** @param folder où écrire, le temps de l'attacher, l'archive de l'agent */
    public Redefinition(TempFolder folder) {
        this.folder = folder;
    }

    /** Appelée par la JVM quand l'agent est attaché. */
    public static void agentmain(String arguments, Instrumentation given) {
        instrumentation = given;
    }

    /** Vrai si cette JVM a accepté l'agent. La première fois, bloque le temps de l'attacher. */
    boolean available() {
        if (!attached) attach();
        attached = true;
        return instrumentation != null;
    }

    /** Vrai si un corps peut aussi gagner ou perdre une lambda. */
    public boolean takesLambdas() {
        return takesLambdas;
    }

    private static boolean lambdasAllowed() {
        try {
            var option =
                    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).getVMOption("AllowRedefinitionToAddDeleteMethods");
            return Boolean.parseBoolean(option.getValue());
        } catch (IllegalArgumentException e) {                                   // cette JVM ne connaît plus l'option
            return false;
        }
    }

    private void attach() {
        try {
            Path agent = folder.directory("agent").resolve("agent.jar");
            var manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.getMainAttributes().putValue("Agent-Class", Redefinition.class.getName());
            manifest.getMainAttributes().putValue("Can-Redefine-Classes", "true");
            new JarOutputStream(Files.newOutputStream(agent), manifest).close();
            VirtualMachine self = VirtualMachine.attach(String.valueOf(ProcessHandle.current().pid()));
            takesLambdas = lambdasAllowed();
            if (!takesLambdas)
                Log.warn("sans AllowRedefinitionToAddDeleteMethods, un thread qui tourne ne prend pas une lambda de plus ou de moins");
            try {
                self.loadAgent(agent.toString());
            } finally {
                self.detach();
                Files.delete(agent);
            }
        } catch (Exception | LinkageError e) {
            Log.warn("agent refusé : un thread qui tourne gardera le code qu'il a", e);
        }
    }

    /** Faux si la JVM refuse : une classe dont les champs, les méthodes ou les parents changent ne peut être que remplacée. */
    boolean redefine(List<ClassDefinition> definitions) {
        try {
            instrumentation.redefineClasses(definitions.toArray(ClassDefinition[]::new));
            return true;
        } catch (UnsupportedOperationException | UnmodifiableClassException | ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Vrai si un thread, virtuel ou non, est en train d'exécuter le code d'une cellule. */
    public boolean cellsAreRunning() {
        try {
            Path dump = folder.directory("agent").resolve("threads.txt");
            Files.deleteIfExists(dump);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
            try (var lines = Files.lines(dump)) {
                return lines.anyMatch(line -> line.contains("REPL.$"));
            } finally {
                Files.delete(dump);
            }
        } catch (IOException e) {
            Log.warn("threads inconnus", e);
            return false;
        }
    }
}
