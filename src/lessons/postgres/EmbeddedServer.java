//SOURCES Guardian.java PostgresBinaries.java ../TempFolder.java
package lessons.postgres;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lessons.TempFolder;

/**
 * Un serveur PostgreSQL embarqué, qui n'écoute que cette machine, sur un port libre, avec un mot de passe tiré au hasard.
 *
 * <p>Il tient dans un dossier temporaire. Il s'arrête, et son dossier disparaît, quand la JVM finit, même tuée : son {@link Guardian} y
 * veille. (Sous Windows, une JVM tuée laisse le serveur.) PostgreSQL refuse de tourner en administrateur : quand la JVM est à root, le
 * serveur tourne sous l'utilisateur {@code nobody}.
 */
final class EmbeddedServer {

    private static final long ROOM = 300L << 20;         // octets : 65 Mo de programmes copiés, une base vide de 40 Mo, de quoi travailler
    private static final int NOBODY = 65534;
    private static final int PATIENCE = 60;              // secondes
    private static final boolean WINDOWS = File.separatorChar == '\\';
    private static final String USER = "lecon";

    private static final String[] WRITE_WITHOUT_ROOT = {"sh", "-c", "[ $(id -u) -ne 0 ] && touch probe && rm probe"};

    private final Path folder;
    private final Path programs;
    private final List<String> asUser;                   // le début des commandes, qui quitte les droits de root
    private final Guardian guardian;                     // null sous Windows
    private final String password = Postgres.random(16);
    private int port;
    private Process server;

    private EmbeddedServer(Path folder, Path programs, List<String> asUser, Guardian guardian) {
        this.folder = folder;
        this.programs = programs;
        this.asUser = asUser;
        this.guardian = guardian;
    }

    /**
     * Prépare un serveur, avec une base vide, sans le démarrer. Bloque quelques secondes ; la première fois, le temps d'un téléchargement.
     *
     * @throws IOException si la place ou les programmes manquent ; le message dit quoi faire
     * @throws InterruptedException si le thread est interrompu : rien ne reste
     */
    static EmbeddedServer create() throws IOException, InterruptedException {
        var parent = Path.of(System.getenv().getOrDefault(Postgres.FOLDER, System.getProperty("java.io.tmpdir")));
        PostgresBinaries.requireRoom(parent, ROOM);
        var folder = Files.createTempDirectory(parent, "postgres-").toRealPath();
        var guardian = WINDOWS ? null : new Guardian(folder);
        try {
            var asUser = asOrdinaryUser(folder);
            var server = new EmbeddedServer(folder, programs(folder, asUser), asUser, guardian);
            server.initialize();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            clean(folder, guardian);
            throw e;
        }
    }

    /** Les programmes de PostgreSQL ; copiés dans ce dossier, si l'utilisateur du serveur ne peut pas lire ceux du cache de root. */
    private static Path programs(Path folder, List<String> asUser) throws IOException, InterruptedException {
        var programs = PostgresBinaries.folder();
        if (asUser.isEmpty() || works(asUser, folder, programs.resolve("bin/postgres").toString(), "--version")) return programs;
        PostgresBinaries.copy(programs, folder.resolve("programs"));
        return folder.resolve("programs");
    }

    /**
     * Le début de commande qui quitte les droits de root, et ne sert qu'à lui. {@code setpriv} change d'utilisateur, et le dossier avec
     * lui ; {@code unshare} garde l'utilisateur, mais sans aucun de ses droits particuliers.
     */
    private static List<String> asOrdinaryUser(Path folder) throws IOException, InterruptedException {
        if (WINDOWS || (int) Files.getAttribute(folder, "unix:uid") != 0) return List.of();
        Files.setAttribute(folder, "unix:uid", NOBODY);
        var setpriv = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        if (works(setpriv, folder, WRITE_WITHOUT_ROOT)) return setpriv;
        Files.setAttribute(folder, "unix:uid", 0);
        var unshare = List.of("unshare", "--user");
        if (works(unshare, folder, WRITE_WITHOUT_ROOT)) return unshare;
        throw new IOException("PostgreSQL refuse de tourner avec les droits de root, et ni setpriv ni unshare ne permettent ici de les "
                + "quitter. Lancez le cours sous un autre utilisateur, ou donnez un serveur existant par la variable " + Postgres.VARIABLE
                + ".");
    }

    private static boolean works(List<String> asUser, Path folder, String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(Stream.concat(asUser.stream(), Stream.of(command)).toList()).directory(folder.toFile())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;                                // la commande n'existe pas ici
        }
    }

    /** Crée une base vide. {@code --no-sync} : elle ne survivra pas à une panne de courant, et ne le doit pas. */
    private void initialize() throws IOException, InterruptedException {
        var secret = Files.writeString(folder.resolve("secret"), password);
        if (!asUser.isEmpty()) Files.setAttribute(secret, "unix:uid", Files.getAttribute(folder, "unix:uid"));
        var process = launch("initdb", "--pgdata=data", "--username=" + USER, "--pwfile=secret", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions");
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS) || process.exitValue() != 0) throw failure("La base n’a pas pu être créée");
        Files.delete(secret);
    }

    /** Démarre le serveur s'il ne tourne pas, et rend son adresse, dont le port change d'un démarrage à l'autre. Attend qu'il soit prêt. */
    synchronized Postgres.Address wake() throws IOException, InterruptedException {
        for (int attempt = 1; !isAlive() && !start(); attempt++)
            if (attempt == 3) throw failure("Le serveur n’a pas démarré");     // le port a pu être pris entre-temps : d'où trois essais
        return new Postgres.Address("127.0.0.1", port, USER, password, "postgres");
    }

    private boolean isAlive() {
        return server != null && server.isAlive();
    }

    private boolean start() throws IOException, InterruptedException {
        port = freePort();
        Files.deleteIfExists(folder.resolve("data/postmaster.pid"));
        server = launch(serverCommand());
        if (guardian != null) guardian.watch(server);
        boolean ready = false;
        try {
            return ready = isReady();
        } finally {
            if (!ready) halt();                          // y compris après une interruption
        }
    }

    private String[] serverCommand() {
        var settings = List.of("port=" + port, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
                "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB", "max_connections=100", "max_wal_size=256MB");
        if (WINDOWS)       // pg_ctl y quitte les droits d'administrateur, et attend que le serveur soit prêt
            return new String[] {"pg_ctl", "start", "--pgdata=data", "--log=log", "--options=-c " + String.join(" -c ", settings)};
        return Stream.concat(Stream.of("postgres", "-D", "data"), settings.stream().flatMap(setting -> Stream.of("-c", setting)))
                .toArray(String[]::new);
    }

    /** Attend que le serveur accepte des connexions : son fichier {@code postmaster.pid} finit par « ready ». Faux s'il s'arrête avant. */
    private boolean isReady() throws IOException, InterruptedException {
        var state = folder.resolve("data/postmaster.pid");
        for (var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE); System.nanoTime() < end; Thread.sleep(20)) {
            if (Files.exists(state) && Files.readString(state).contains("ready")) return true;
            if (!server.isAlive() && !WINDOWS) return false;
        }
        return false;
    }

    /** Lance un programme de PostgreSQL dans le dossier du serveur. */
    private Process launch(String... command) throws IOException {
        var words = new ArrayList<>(asUser);
        words.add(programs.resolve("bin").resolve(command[0] + (WINDOWS ? ".exe" : "")).toString());
        words.addAll(List.of(command).subList(1, command.length));
        var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private IOException failure(String what) throws IOException {
        var log = Files.readAllLines(folder.resolve("log"));
        var errors = log.stream().filter(line -> line.matches(".*(FATAL|ERROR|error):.*|.*No space left.*")).toList();
        var why = !errors.isEmpty() ? errors.getLast() : log.isEmpty() ? "son journal est vide." : log.getLast();
        if (why.contains("o space left"))
            why += " Libérez de la place, ou choisissez un autre dossier par la variable " + Postgres.FOLDER + ".";
        return new IOException(what + " : " + why);
    }

    /** Ses processus : le principal, puis un par connexion et ses auxiliaires. Vide s'il est arrêté. */
    synchronized List<ProcessHandle> processes() {
        return isAlive() ? Stream.concat(Stream.of(server.toHandle()), server.descendants()).toList() : List.of();
    }

    /** L'arrête, s'il tourne, et attend sa fin : les connexions ouvertes sont coupées, les tables restent. */
    synchronized void stop() throws IOException, InterruptedException {
        if (isAlive()) halt();
    }

    private void halt() throws IOException, InterruptedException {
        if (guardian != null) guardian.stopServer();
        else launch("pg_ctl", "stop", "--pgdata=data", "--mode=fast").waitFor(PATIENCE, TimeUnit.SECONDS);
        server.waitFor(PATIENCE, TimeUnit.SECONDS);
    }

    /** À la fin de la JVM : arrête le serveur et efface son dossier. */
    private synchronized void close() {
        try {
            if (guardian == null && server != null) halt();
            clean(folder, guardian);
        } catch (IOException e) {
            System.err.println("Le dossier " + folder + " n’a pas pu être effacé : " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void clean(Path folder, Guardian guardian) throws IOException, InterruptedException {
        if (guardian != null) guardian.dismiss();
        else TempFolder.delete(folder);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
