package tools;

import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * Le noyau Java dans un dossier de noyau, celui de {@code .venv} ou un autre : son jar, le cache AOT qui le fait démarrer
 * vite (JEP 514), et le fichier {@code kernel.json} par lequel Jupyter le connaît.
 */
public final class KernelInstall {
    static final String DISPLAY_NAME = "Java (asynchrone)";
    static final String METADATA = "\"debugger\": false, \"supported_encryption\": \"curve\"";
    static final List<String> LOGOS = List.of("logo-32x32.png", "logo-64x64.png", "logo-svg.svg");

    private final Course course;
    private final Path folder;
    private final Path jar;
    private final Path cache;
    private final Path jbang;
    private final String displayName;
    private final String metadata;

    /** Celui du cours : son Jupyter a de quoi lui tenir une réserve. */
    KernelInstall(Course course) {
        this(course, course.kernelspec("java"), course.jbangw(), DISPLAY_NAME, sparedMetadata());
    }

    /**
     * Celui d'un autre Jupyter : s'il ne connaît pas notre provisioner, il refuserait un noyau qui le demande.
     *
     * @param jbang       la commande par laquelle ce noyau cherchera les bibliothèques d'un {@code //DEPS}
     * @param displayName ce que Jupyter montre
     */
    KernelInstall(Course course, Path folder, Path jbang, String displayName) {
        this(course, folder, jbang, displayName, METADATA);
    }

    private KernelInstall(Course course, Path folder, Path jbang, String displayName, String metadata) {
        this.displayName = displayName;
        this.metadata = metadata;
        this.course = course;
        this.folder = folder;
        this.jbang = jbang;
        jar = folder.resolve("kernel.jar");
        cache = folder.resolve("kernel.aot");
    }

    /** Pour un Jupyter qui a notre provisioner. */
    static String sparedMetadata() {
        return METADATA + ", \"kernel_provisioner\": {\"provisioner_name\": \"%s\"}".formatted(Provisioner.NAME);
    }

    // --- Le jar ---

    boolean jarIsReady() throws IOException {
        return Files.exists(jar) && Fingerprint.matches(folder.resolve("jar.stamp"), wholeJarFingerprint());
    }

    void buildJar(Commands commands) throws Exception {
        Files.createDirectories(folder);
        Folders.replace(jar, temporary -> export(commands, temporary));
        Fingerprint.write(folder.resolve("jar.stamp"), wholeJarFingerprint());
    }

    private void export(Commands commands, Path target) throws Exception {
        var result = commands.jbang("export", "fatjar", "--force", "-O", target.toString(), source().toString());
        if (result.ok() && isWhole(target)) return;
        // Deux clones qui construisent le même noyau au même moment laissent parfois un jar sans classes dans le cache de jbang.
        if (result.ok()) result = commands.jbang("export", "fatjar", "--fresh", "--force", "-O", target.toString(), source().toString());
        if (result.ok() && isWhole(target)) return;
        if (result.mentions("Could not resolve", "could not be resolved", "UnknownHost")) {
            throw UserError.failed("Les bibliothèques du noyau n'ont pas pu être téléchargées : vérifiez la connexion, "
                    + "puis relancez la commande.");
        }
        throw UserError.failed("Le noyau n'a pas pu être construit : le détail est dans build/setup.log.");
    }

    /** La taille du jar en fait partie : un jar tronqué sera refait. */
    private String wholeJarFingerprint() throws IOException {
        return new Fingerprint().add(jarFingerprint()).add(Files.size(jar)).value();
    }

    private static boolean isWhole(Path jar) throws IOException {
        try (var files = new JarFile(jar.toFile())) {
            return files.getEntry("kernel/Kernel.class") != null;
        }
    }

    private String jarFingerprint() throws IOException {
        return new Fingerprint().addFiles(course.home().resolve("src/kernel"))
                .addFiles(course.home().resolve("src/display")).addFiles(Course.jdk().resolve("release")).value();
    }

    private Path source() {
        return course.home().resolve("src/kernel/Kernel.java");
    }

    // --- Le cache AOT et kernel.json ---

    boolean cacheIsReady() throws IOException {
        return Files.exists(cache) && Files.exists(folder.resolve("kernel.json"))
                && Fingerprint.matches(folder.resolve("aot.stamp"), cacheFingerprint());
    }

    void buildCache(Commands commands) throws Exception {
        train(commands, course.python());
        copyLogos();
        writeKernelJson();
        Fingerprint.write(folder.resolve("aot.stamp"), cacheFingerprint());
    }

    /** Un noyau d'essai exécute des cellules ordinaires ; ce qu'il a chargé et compilé devient le cache. */
    private void train(Commands commands, Path python) throws Exception {
        var recording = folder.resolve("kernel.aotconf");
        var train = new ArrayList<>(List.of(python.toString(), "-I",
                course.home().resolve("src/tools/train.py").toString()));
        // L'historique de l'élève ne doit pas contenir les cellules d'essai.
        train.addAll(argv("-XX:AOTMode=record", "-XX:AOTConfiguration=" + recording,
                "-Dkernel.history=" + course.build().resolve("train-history.jsonl")));
        check(commands.run(train));
        Folders.replace(cache, temporary -> check(commands.run(command(
                "-XX:AOTMode=create", "-XX:AOTConfiguration=" + recording, "-XX:AOTCache=" + temporary))));
        Files.delete(recording);
    }

    private void writeKernelJson() throws IOException {
        Folders.replace(folder.resolve("kernel.json"), temporary -> Files.writeString(temporary, kernelJson()));
    }

    /**
     * Met ici ce qui est prêt ailleurs. La JVM accepte un cache déplacé si le jar a gardé son nom et sa date ; sinon, il est
     * refait. {@code kernel.json} vient en dernier : Jupyter ne voit jamais un noyau à moitié là.
     */
    void copyFrom(KernelInstall ready, Commands commands) throws Exception {
        Files.createDirectories(folder);
        Folders.copy(ready.jar, jar);
        Folders.copy(ready.cache, cache);
        if (!cacheIsAccepted(commands)) train(commands, course.python());
        copyLogos();
        writeKernelJson();
    }

    /** Fait tout ici, sans {@code .venv} : ce Python, qui a Jupyter, conduit les cellules d'essai. */
    void buildWith(Path python, Commands commands) throws Exception {
        Files.createDirectories(folder);
        Folders.replace(jar, temporary -> export(commands, temporary));
        train(commands, python);
        copyLogos();
        writeKernelJson();
    }

    /** Les dessins que Jupyter montre à côté du nom. */
    private void copyLogos() throws IOException {
        for (var logo : LOGOS) Folders.copy(logos().resolve(logo), folder.resolve(logo));
    }

    private Path logos() {
        return course.home().resolve("src/tools/logo");
    }

    /** La JVM ne se plaint pas d'un cache qui ne convient pas : elle lit les classes dans le jar. */
    private boolean cacheIsAccepted(Commands commands) throws Exception {
        return commands.run(command("-XX:AOTCache=" + cache, "-Xlog:class+load")).mentions("kernel.Kernel source: shared objects file");
    }

    private static void check(Commands.Result result) throws UserError {
        if (!result.ok()) {
            throw UserError.failed("Le noyau n'a pas réussi ses cellules d'essai : le détail est dans build/setup.log.");
        }
    }

    /**
     * La taille du cache en fait partie : un cache tronqué sera refait. La date du jar aussi : la JVM refuse un cache fait avant son jar,
     * même s'ils se ressemblent. Le jar dit déjà de quel JDK il s'agit.
     */
    private String cacheFingerprint() throws IOException {
        var fingerprint = new Fingerprint().add(jarFingerprint()).add(Files.getLastModifiedTime(jar)).add(kernelJson())
                .add(Files.size(cache)).addFiles(course.home().resolve("src/tools/train.py"));
        for (var logo : LOGOS) fingerprint.addFiles(logos().resolve(logo)).addFiles(folder.resolve(logo));
        return fingerprint.value();
    }

    private List<String> argv(String... options) throws IOException {
        var argv = command(options);
        argv.add("{connection_file}");
        return argv;
    }

    /**
     * La commande du noyau, sans son argument. L'entraînement et l'usage doivent donner les mêmes options.
     *
     * <p>{@code MaxRAM} plutôt que {@code Xmx} : le tas prend le quart de la mémoire, au plus celui de 4 Go, soit 1 Go ; un {@code -Xmx} de
     * la variable {@code JDK_JAVA_OPTIONS} l'emporte.
     */
    private List<String> command(String... options) throws IOException {
        var command = new ArrayList<>(List.of(Course.java().toString()));
        command.addAll(List.of(options));
        command.addAll(jvmOptions());
        command.addAll(List.of("-Dkernel.jbang=" + jbang, "-cp", jar.toString(), "kernel.Kernel"));
        return command;
    }

    /** Les options de la JVM que tout noyau reçoit, où qu'il soit. */
    List<String> jvmOptions() throws IOException {
        var options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms32m", "-XX:MaxRAM=4g"));
        options.addAll(declaredOptions());
        return options;
    }

    /** Les options de la JVM que la source du noyau demande à jbang. */
    private List<String> declaredOptions() throws IOException {
        try (var lines = Files.lines(source())) {
            return lines.filter(line -> line.startsWith("//RUNTIME_OPTIONS "))
                    .flatMap(line -> List.of(line.substring(18).strip().split(" +")).stream()).toList();
        }
    }

    /** Un cache perdu, tronqué ou périmé ne gêne pas la JVM, mais elle s'en plaindrait sur la sortie standard. */
    private String kernelJson() throws IOException {
        var options = new ArrayList<>(List.of("-XX:AOTCache=" + cache, "-Xlog:disable"));
        Remote.page(course).ifPresent(page -> options.add("-Dkernel.course=" + page));
        return kernelJson(argv(options.toArray(String[]::new)), displayName, metadata);
    }

    static String kernelJson(List<String> argv, String displayName, String metadata) {
        return """
                {
                  "argv": [%s],
                  "display_name": %s,
                  "language": "java",
                  "interrupt_mode": "message",
                  "metadata": {%s}
                }
                """.formatted(argv.stream().map(KernelInstall::quoted).collect(Collectors.joining(", ")), quoted(displayName), metadata);
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
