//DEPS org.postgresql:postgresql:42.7.14
//SOURCES PostgresBinaries.java
package lessons.postgres;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Un vrai serveur PostgreSQL, le temps d'une leçon : celui de la variable d'environnement {@link #VARIABLE}, ou bien un serveur
 * embarqué, qui n'écoute que cette machine, sur un port libre, avec un mot de passe tiré au hasard.
 *
 * <p>Le serveur embarqué tient dans un dossier temporaire. Il s'arrête, et son dossier disparaît, quand la JVM finit, même tuée :
 * un gardien, lancé avec lui, attend la fin de son entrée standard. (Sous Windows, une JVM tuée laisse le serveur.) PostgreSQL
 * refuse de tourner en administrateur : quand la JVM est à root, le serveur tourne sous l'utilisateur {@code nobody}.
 */
public final class Postgres {

    /** Variable d'environnement d'un serveur existant : {@code postgresql://utilisateur:mot-de-passe@machine:5432/base}. */
    public static final String VARIABLE = "COURSE_POSTGRES";
    /** Variable d'environnement du dossier où mettre le serveur embarqué, à la place du dossier temporaire. */
    public static final String FOLDER = "COURSE_POSTGRES_FOLDER";

    private static final long ROOM = 300L << 20;         // octets : 65 Mo de programmes copiés, 40 Mo de base vide, le reste pour les leçons
    private static final int NOBODY = 65534;
    private static final int PATIENCE = 60;              // secondes
    private static final boolean WINDOWS = File.separatorChar == '\\';

    private static final String[] WRITE_WITHOUT_ROOT = {"sh", "-c", "[ $(id -u) -ne 0 ] && touch probe && rm probe"};

    /**
     * Le gardien du dossier ($0). Chaque ligne qu'il lit est le numéro du serveur, ou « stop » : il l'arrête alors. À la fin de la JVM, la lecture
     * finit : il confie l'arrêt et l'effacement à un processus détaché, que personne n'interrompt en chemin.
     */
    private static final String GUARDIAN = """
            trap '' INT TERM HUP
            stop() {
                [ -n "$server" ] || return
                kill -INT "$server"
                turns=200
                while [ -e "$0/data/postmaster.pid" ] && kill -0 "$server" && [ $turns -gt 0 ]; do sleep 0.05; turns=$((turns - 1)); done
                server=
            }
            server=
            while read -r line; do
                case $line in stop) stop ;; *) server=$line ;; esac
            done
            { stop; rm -rf "$0"; } &
            """;

    private static Postgres current;

    private final Path folder;                           // null : serveur existant
    private final Path programs;
    private final List<String> asUser;                   // le début des commandes, qui quitte les droits de root
    private final String application = "lecon-" + random(4);
    private String host = "127.0.0.1";
    private int port;
    private String user = "lecon";
    private String password = random(16);
    private String database = "postgres";
    private String schema = "public";
    private final Process guardian;                      // null pour un serveur existant, et sous Windows
    private Process server;

    private Postgres(Path folder, Path programs, List<String> asUser, Process guardian) {
        this.guardian = guardian;
        this.folder = folder;
        this.programs = programs;
        this.asUser = asUser;
    }

    /**
     * Le serveur de ce programme. Le premier appel le prépare et le démarre, ce qui prend quelques secondes ; les suivants rendent le même.
     *
     * @throws IOException si le serveur ne peut pas démarrer ou ne répond pas ; le message dit quoi faire
     * @throws InterruptedException si le thread est interrompu : rien ne reste
     */
    public static synchronized Postgres start() throws IOException, InterruptedException {
        if (current == null) {
            var address = System.getenv(VARIABLE);
            current = address == null || address.isBlank() ? embedded() : existing(address.strip());
        }
        current.wake();
        return current;
    }

    /** Ouvre une connexion JDBC, à fermer. Redémarre d'abord le serveur s'il a été arrêté. */
    public Connection connect() throws IOException, InterruptedException, SQLException {
        return dataSource().getConnection();
    }

    /** De quoi ouvrir des connexions JDBC : chaque appel de {@code getConnection} en ouvre une. Redémarre le serveur s'il le faut. */
    public DataSource dataSource() throws IOException, InterruptedException {
        wake();
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host});
        source.setPortNumbers(new int[] {port});
        source.setUser(user);
        source.setPassword(password);
        source.setDatabaseName(database);
        source.setCurrentSchema(schema);
        source.setApplicationName(application);
        source.setConnectTimeout(10);
        return source;
    }

    /** L'adresse du serveur, mot de passe compris, pour un client qui n'est pas JDBC. Redémarre le serveur s'il le faut. */
    public String uri() throws IOException, InterruptedException {
        wake();
        return "postgresql://%s:%s@%s:%d/%s?application_name=%s&search_path=%s".formatted(user, password, host, port, database, application, schema);
    }

    /** Le nom sous lequel le serveur voit les connexions de ce programme : colonne {@code application_name} de {@code pg_stat_activity}. */
    public String application() {
        return application;
    }

    /** Les processus du serveur embarqué : le principal, puis un par connexion et ses auxiliaires. Vide s'il est arrêté, ou n'est pas d'ici. */
    public synchronized List<ProcessHandle> processes() {
        if (server == null || !server.isAlive()) return List.of();
        return Stream.concat(Stream.of(server.toHandle()), server.descendants()).toList();
    }

    /** Ce que le serveur est en train d'exécuter pour ce programme : le texte de chaque requête, sauf celle qui le demande. */
    public List<String> running() throws IOException, InterruptedException, SQLException {
        return askAboutOthers("select query", "and state = 'active'");
    }

    /** Annule, sur le serveur, ce que {@link #running} montre ; rend le nombre de requêtes annulées. */
    public int cancelRunning() throws IOException, InterruptedException, SQLException {
        return askAboutOthers("select pg_cancel_backend(pid)", "and state = 'active'").size();
    }

    /**
     * Le nombre de connexions de ce programme que le serveur tient ouvertes, sans compter celle qui le demande. Un processus du serveur
     * finit un peu après sa connexion : s'il en reste, attend leur fin, une seconde au plus.
     */
    public int connections() throws IOException, InterruptedException, SQLException {
        for (int attempt = 1; ; attempt++) {
            int count = askAboutOthers("select pid", "").size();
            if (count == 0 || attempt == 10) return count;
            Thread.sleep(100);
        }
    }

    private List<String> askAboutOthers(String question, String filter) throws IOException, InterruptedException, SQLException {
        try (var connection = connect()) {
            return ask(connection, question + " from pg_stat_activity where application_name = ? and pid <> pg_backend_pid() " + filter, application);
        }
    }

    /** Pose une question, avec une valeur pour chaque {@code ?} ; attend la réponse et rend sa première colonne, en texte. */
    public static List<String> ask(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
            var answer = new ArrayList<String>();
            for (var rows = statement.executeQuery(); rows.next(); ) answer.add(rows.getString(1));
            return answer;
        }
    }

    /** Arrête le serveur embarqué, et attend sa fin : les connexions ouvertes sont coupées, les tables restent. N'arrête pas un serveur existant. */
    public synchronized void stop() throws IOException, InterruptedException {
        if (server != null && server.isAlive()) halt();
    }

    @Override
    public String toString() {
        return "PostgreSQL sur %s:%d, base %s, schéma %s".formatted(host, port, database, schema);
    }

    // --- Un serveur existant -----------------------------------------------------------------------------------------

    private static Postgres existing(String address) throws IOException, InterruptedException {
        var postgres = new Postgres(null, null, List.of(), null);
        try {
            var uri = URI.create(address.replaceFirst("^jdbc:", "").replaceFirst("^postgres:", "postgresql:"));
            var userInfo = uri.getUserInfo().split(":", 2);
            postgres.host = uri.getHost();
            postgres.port = uri.getPort() < 0 ? 5432 : uri.getPort();
            postgres.user = userInfo[0];
            postgres.password = userInfo.length > 1 ? userInfo[1] : "";
            postgres.database = uri.getPath().substring(1);
        } catch (RuntimeException e) {
            throw new IOException(VARIABLE + " doit ressembler à postgresql://utilisateur:mot-de-passe@machine:5432/base", e);
        }
        try (var connection = postgres.dataSource().getConnection(); var statement = connection.createStatement()) {
            statement.execute("create schema " + postgres.application.replace('-', '_'));     // un par programme : rien d'autre n'est touché
        } catch (SQLException e) {
            throw new IOException("Le serveur de %s, %s:%d, ne convient pas : %s Vérifiez cette variable."
                    .formatted(VARIABLE, postgres.host, postgres.port, e.getMessage()), e);
        }
        postgres.schema = postgres.application.replace('-', '_');
        Runtime.getRuntime().addShutdownHook(new Thread(postgres::dropSchema));
        return postgres;
    }

    private void dropSchema() {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute("drop schema if exists " + schema + " cascade");
        } catch (Exception e) {
            System.err.println("Le schéma " + schema + " est resté sur le serveur : " + e.getMessage());
        }
    }

    // --- Le serveur embarqué -----------------------------------------------------------------------------------------

    private static Postgres embedded() throws IOException, InterruptedException {
        var parent = Path.of(System.getenv().getOrDefault(FOLDER, System.getProperty("java.io.tmpdir")));
        PostgresBinaries.requireRoom(parent, ROOM);
        var folder = Files.createTempDirectory(parent, "postgres-").toRealPath();
        var guardian = guard(folder);
        try {
            var programs = PostgresBinaries.folder();
            var asUser = asOrdinaryUser(folder);
            if (!asUser.isEmpty() && !works(asUser, folder, programs.resolve("bin/postgres").toString(), "--version")) {
                PostgresBinaries.copy(programs, folder.resolve("programs"));     // nobody ne peut pas lire le dossier de root
                programs = folder.resolve("programs");
            }
            var postgres = new Postgres(folder, programs, asUser, guardian);
            postgres.initialize();
            Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
            return postgres;
        } catch (IOException | InterruptedException | RuntimeException e) {
            clean(folder, guardian);
            throw e;
        }
    }

    /** Lance le gardien d'un dossier ; null sous Windows, qui n'en a pas. */
    private static Process guard(Path folder) throws IOException {
        if (WINDOWS) return null;
        return new ProcessBuilder("sh", "-c", GUARDIAN, folder.toString()).directory(folder.getParent().toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** Congédie le gardien, et attend que le serveur soit arrêté et le dossier effacé. */
    private static void clean(Path folder, Process guardian) throws IOException, InterruptedException {
        if (guardian == null) {
            PostgresBinaries.delete(folder);
            return;
        }
        guardian.getOutputStream().close();
        for (int i = 0; i < 20 * PATIENCE && Files.exists(folder); i++) Thread.sleep(50);
    }

    /**
     * Le début de commande qui quitte les droits de root, et ne sert qu'à lui. {@code setpriv} change d'utilisateur, et le dossier avec lui ;
     * {@code unshare} garde l'utilisateur, mais sans aucun de ses droits particuliers.
     */
    private static List<String> asOrdinaryUser(Path folder) throws IOException, InterruptedException {
        if (WINDOWS || (int) Files.getAttribute(folder, "unix:uid") != 0) return List.of();
        Files.setAttribute(folder, "unix:uid", NOBODY);
        var setpriv = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        if (works(setpriv, folder, WRITE_WITHOUT_ROOT)) return setpriv;
        Files.setAttribute(folder, "unix:uid", 0);
        var unshare = List.of("unshare", "--user");
        if (works(unshare, folder, WRITE_WITHOUT_ROOT)) return unshare;
        throw new IOException("PostgreSQL refuse de tourner avec les droits de root, et ni setpriv ni unshare ne permettent ici de les quitter. "
                + "Lancez le cours sous un autre utilisateur, ou donnez un serveur existant par la variable " + VARIABLE + ".");
    }

    private static boolean works(List<String> asUser, Path folder, String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(Stream.concat(asUser.stream(), Stream.of(command)).toList()).directory(folder.toFile())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;                                // la commande n'existe pas ici
        }
    }

    /** Dit une ligne au gardien. */
    private void tell(String line) throws IOException {
        var input = guardian.getOutputStream();
        input.write((line + "\n").getBytes());
        input.flush();
    }

    /** Crée une base vide. {@code --no-sync} : elle ne survivra pas à une panne de courant, et ne le doit pas. */
    private void initialize() throws IOException, InterruptedException {
        var secret = Files.writeString(folder.resolve("secret"), password);
        if (!asUser.isEmpty()) Files.setAttribute(secret, "unix:uid", Files.getAttribute(folder, "unix:uid"));
        var process = launch("initdb", "--pgdata=data", "--username=" + user, "--pwfile=secret", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions");
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS) || process.exitValue() != 0) throw failure("La base n’a pas pu être créée");
        Files.delete(secret);
    }

    /** Démarre le serveur s'il ne tourne pas. */
    private synchronized void wake() throws IOException, InterruptedException {
        if (folder == null || server != null && server.isAlive()) return;
        for (int attempt = 1; ; attempt++) {
            port = freePort();
            Files.deleteIfExists(folder.resolve("data/postmaster.pid"));
            server = launch(serverCommand());
            if (!WINDOWS) tell(String.valueOf(server.pid()));
            boolean ready = false;
            try {
                ready = isReady();
            } finally {
                if (!ready) halt();                      // y compris après une interruption
            }
            if (ready) return;
            if (attempt == 3) throw failure("Le serveur n’a pas démarré");     // le port a pu être pris entre-temps : d'où trois essais
        }
    }

    private String[] serverCommand() {
        var settings = List.of("port=" + port, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off",
                "synchronous_commit=off", "shared_buffers=64MB", "max_connections=100", "max_wal_size=256MB");
        if (WINDOWS)       // pg_ctl y quitte les droits d'administrateur, et attend que le serveur soit prêt
            return new String[] {"pg_ctl", "start", "--pgdata=data", "--log=log", "--options=-c " + String.join(" -c ", settings)};
        return Stream.concat(Stream.of("postgres", "-D", "data"), settings.stream().flatMap(setting -> Stream.of("-c", setting))).toArray(String[]::new);
    }

    /** Attend que le serveur accepte des connexions ; faux s'il s'arrête avant. Son fichier {@code postmaster.pid} finit alors par « ready ». */
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
        if (why.contains("o space left")) why += " Libérez de la place, ou choisissez un autre dossier par la variable " + FOLDER + ".";
        return new IOException(what + " : " + why);
    }

    /** Arrête le serveur, et attend sa fin. */
    private void halt() throws IOException, InterruptedException {
        if (WINDOWS) launch("pg_ctl", "stop", "--pgdata=data", "--mode=fast").waitFor(PATIENCE, TimeUnit.SECONDS);
        else tell("stop");
        server.waitFor(PATIENCE, TimeUnit.SECONDS);
    }

    /** À la fin de la JVM : arrête le serveur et efface son dossier. */
    private synchronized void close() {
        try {
            if (WINDOWS && server != null) halt();
            clean(folder, guardian);
        } catch (IOException e) {
            System.err.println("Le dossier " + folder + " n’a pas pu être effacé : " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static String random(int bytes) {
        var value = new byte[bytes];
        new SecureRandom().nextBytes(value);
        return HexFormat.of().formatHex(value);
    }
}
