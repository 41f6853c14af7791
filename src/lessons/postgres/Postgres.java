//DEPS org.postgresql:postgresql:42.7.14
//SETUP
//SOURCES EmbeddedServer.java
package lessons.postgres;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Un vrai serveur PostgreSQL, le temps d'une leçon : celui de la variable d'environnement {@link #VARIABLE}, ou bien un serveur
 * embarqué, qui disparaît à la fin du programme : voir {@link EmbeddedServer}.
 */
public final class Postgres {

    /** Variable d'environnement d'un serveur existant : {@code postgresql://utilisateur:mot-de-passe@machine:5432/base}. */
    public static final String VARIABLE = "COURSE_POSTGRES";
    /** Variable d'environnement du dossier où mettre le serveur embarqué, à la place du dossier temporaire. */
    public static final String FOLDER = "COURSE_POSTGRES_FOLDER";

    /**
     * Apporte d'avance les programmes du serveur embarqué, pour les leçons sans réseau ; {@code setup} l'appelle. Ne fait rien d'un serveur
     * existant. Une machine pour laquelle aucun PostgreSQL n'est publié l'apprend, et ce n'est pas un échec.
     */
    public static void main(String... args) throws IOException, InterruptedException {
        if (System.getenv(VARIABLE) != null) return;
        try {
            PostgresBinaries.platform();
        } catch (IOException e) {
            System.out.println(e.getMessage());
            return;
        }
        var folder = PostgresBinaries.folder();
        try (var files = Files.walk(folder)) {
            var bytes = files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(file -> file.toFile().length()).sum();
            System.out.println("PostgreSQL " + PostgresBinaries.VERSION + " : " + (bytes >> 20) + " Mo, dans " + folder);
        }
    }

    /** Où est un serveur, et qui s'y présente. */
    record Address(String host, int port, String user, String password, String database) {

        /** Lit une adresse comme {@code postgresql://utilisateur:mot-de-passe@machine:5432/base}, ou celle de JDBC. */
        static Address parse(String text) {
            var uri = URI.create(text.replaceFirst("^jdbc:", "").replaceFirst("^postgres:", "postgresql:"));
            var user = uri.getUserInfo().split(":", 2);
            return new Address(uri.getHost(), uri.getPort() < 0 ? 5432 : uri.getPort(), user[0], user.length > 1 ? user[1] : "",
                    uri.getPath().substring(1));
        }
    }

    private static Postgres current;

    private final EmbeddedServer embedded;               // null : serveur existant
    private final String application = "lecon-" + random(4);
    private volatile Address address;
    private String schema = "public";

    private Postgres(EmbeddedServer embedded, Address address) {
        this.embedded = embedded;
        this.address = address;
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
            current = address == null || address.isBlank() ? new Postgres(EmbeddedServer.create(), null) : existing(address.strip());
        }
        current.wake();
        return current;
    }

    /** L'adresse du serveur, qui tourne au retour. */
    private Address wake() throws IOException, InterruptedException {
        if (embedded != null) address = embedded.wake();
        return address;
    }

    /** Ouvre une connexion JDBC, à fermer. Redémarre d'abord le serveur s'il a été arrêté. */
    public Connection connect() throws IOException, InterruptedException, SQLException {
        return dataSource().getConnection();
    }

    /** De quoi ouvrir des connexions JDBC : chaque appel de {@code getConnection} en ouvre une. Redémarre le serveur s'il le faut. */
    public DataSource dataSource() throws IOException, InterruptedException {
        var server = wake();
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {server.host});
        source.setPortNumbers(new int[] {server.port});
        source.setUser(server.user);
        source.setPassword(server.password);
        source.setDatabaseName(server.database);
        source.setCurrentSchema(schema);
        source.setApplicationName(application);
        source.setConnectTimeout(10);
        return source;
    }

    /** L'adresse du serveur, mot de passe compris, pour un client qui n'est pas JDBC. Redémarre le serveur s'il le faut. */
    public String uri() throws IOException, InterruptedException {
        var server = wake();
        return "postgresql://%s:%s@%s:%d/%s?application_name=%s&search_path=%s".formatted(
                server.user, server.password, server.host, server.port, server.database, application, schema);
    }

    /** Le nom sous lequel le serveur voit les connexions de ce programme : colonne {@code application_name} de {@code pg_stat_activity}. */
    public String application() {
        return application;
    }

    /** Les processus du serveur embarqué : le principal, un par connexion, ses auxiliaires. Vide s'il est arrêté, ou n'est pas d'ici. */
    public List<ProcessHandle> processes() {
        return embedded == null ? List.of() : embedded.processes();
    }

    /** Ce que le serveur est en train d'exécuter pour ce programme : le texte de chaque requête, sauf celle qui le demande. */
    public List<String> running() throws IOException, InterruptedException, SQLException {
        return askAboutOthers("select query", "and state = 'active'");
    }

    /** Attend que le serveur exécute quelque chose pour ce programme ; renonce au bout de dix secondes. */
    public void awaitRunning() throws IOException, InterruptedException, SQLException {
        for (int attempt = 0; attempt < 500 && running().isEmpty(); attempt++) Thread.sleep(20);
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
        for (int attempt = 1;; attempt++) {
            int count = askAboutOthers("select pid", "").size();
            if (count == 0 || attempt == 10) return count;
            Thread.sleep(100);
        }
    }

    private List<String> askAboutOthers(String question, String filter) throws IOException, InterruptedException, SQLException {
        try (var connection = connect()) {
            return ask(connection, question + " from pg_stat_activity where application_name = ? and pid <> pg_backend_pid() " + filter,
                    application);
        }
    }

    /** Pose une question, avec une valeur pour chaque {@code ?} ; attend la réponse et rend sa première colonne, en texte. */
    public static List<String> ask(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
            var answer = new ArrayList<String>();
            for (var rows = statement.executeQuery(); rows.next();) answer.add(rows.getString(1));
            return answer;
        }
    }

    /** Pose {@code count} fois la même question par une connexion, l'une après l'autre : attend chaque réponse avant la suivante. */
    public static void askAgain(Connection connection, String sql, int count) throws SQLException {
        for (int i = 0; i < count; i++) ask(connection, sql);
    }

    /**
     * Attend, sur une connexion abonnée par {@code listen}, les prochaines nouvelles, et rend leurs textes.
     *
     * @throws SQLException si la connexion est coupée ; interrompre un thread virtuel qui attend ici la coupe
     */
    public static List<String> news(Connection connection) throws SQLException {
        return Stream.of(connection.unwrap(PGConnection.class).getNotifications(0)).map(PGNotification::getParameter).toList();
    }

    /**
     * Arrête le serveur embarqué, et attend sa fin : les connexions ouvertes sont coupées, les tables restent. N'arrête pas un serveur
     * existant.
     */
    public void stop() throws IOException, InterruptedException {
        if (embedded != null) embedded.stop();
    }

    @Override
    public String toString() {
        return "PostgreSQL sur %s:%d, base %s, schéma %s".formatted(address.host, address.port, address.database, schema);
    }

    private static Postgres existing(String text) throws IOException, InterruptedException {
        var postgres = new Postgres(null, parse(text));
        var schema = postgres.application.replace('-', '_');
        try (var connection = postgres.connect(); var statement = connection.createStatement()) {
            statement.execute("create schema " + schema);                      // un par programme : rien d'autre n'est touché
        } catch (SQLException e) {
            throw new IOException("Le serveur de %s, %s:%d, ne convient pas : %s Vérifiez cette variable."
                    .formatted(VARIABLE, postgres.address.host, postgres.address.port, e.getMessage()), e);
        }
        postgres.schema = schema;
        Runtime.getRuntime().addShutdownHook(new Thread(postgres::dropSchema));
        return postgres;
    }

    private static Address parse(String text) throws IOException {
        try {
            return Address.parse(text);
        } catch (RuntimeException e) {
            throw new IOException(VARIABLE + " doit ressembler à postgresql://utilisateur:mot-de-passe@machine:5432/base.", e);
        }
    }

    private void dropSchema() {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute("drop schema if exists " + schema + " cascade");
        } catch (Exception e) {
            System.err.println("Le schéma " + schema + " est resté sur le serveur : " + e.getMessage());
        }
    }

    /** Un texte tiré au hasard, imprévisible, de deux chiffres hexadécimaux par octet. */
    static String random(int bytes) {
        var value = new byte[bytes];
        new SecureRandom().nextBytes(value);
        return HexFormat.of().formatHex(value);
    }
}
