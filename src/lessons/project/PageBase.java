//DEPS com.zaxxer:HikariCP:7.1.0
//DEPS org.slf4j:slf4j-nop:2.0.20
//SOURCES ../postgres/Postgres.java ../OpenResources.java
package lessons.project;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import lessons.postgres.Postgres;

/** Les résultats du vérificateur : une table {@code pages}, et une réserve de quatre connexions à la base qui la contient. */
public final class PageBase implements AutoCloseable {

    /** Une ligne de la table. */
    public record Row(String adresse, int code) {}

    static final String TABLE = "create table if not exists pages(adresse text primary key, code int not null)";
    private static final int PLACES = 4;

    private final Postgres postgres;
    private final HikariDataSource pool = new HikariDataSource();

    private PageBase(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Démarre le serveur de la leçon 8 s'il ne tourne pas, ouvre la réserve, et vide la table. Bloque quelques secondes. */
    public static PageBase open() throws IOException, InterruptedException, SQLException {
        var base = new PageBase(Postgres.start());
        base.pool.setDataSource(base.postgres.dataSource());
        base.pool.setMaximumPoolSize(PLACES);
        base.execute(TABLE);
        base.clear();
        return base;
    }

    /** Vide la table. */
    public void clear() throws SQLException {
        execute("delete from pages");
    }

    private void execute(String text) throws SQLException {
        try (var connection = pool.getConnection(); var order = connection.createStatement()) {
            order.execute(text);
        }
    }

    /** La réserve : {@code getConnection} attend une place, {@code close} la rend. */
    public DataSource pool() {
        return pool;
    }

    /** Les lignes de la table, dans l'ordre des adresses. */
    public List<Row> rows() throws SQLException {
        try (var connection = pool.getConnection()) {
            return rows(connection);
        }
    }

    /** Les liens de la table, dans l'ordre des adresses. */
    public List<Link> links() throws SQLException {
        return rows().stream().map(row -> new Link(URI.create(row.adresse))).toList();
    }

    static List<Row> rows(Connection connection) throws SQLException {
        try (var order = connection.createStatement(); var rows = order.executeQuery("select adresse, code from pages order by adresse")) {
            var found = new ArrayList<Row>();
            while (rows.next()) found.add(new Row(rows.getString(1), rows.getInt(2)));
            return found;
        }
    }

    /** Le nombre de connexions que le serveur tient ouvertes pour ce programme, sans compter celle qui le demande. */
    public int connections() throws IOException, InterruptedException, SQLException {
        return postgres.connections();
    }

    /** Ferme les connexions, puis arrête le serveur ; la table reste, jusqu'à la fin du noyau. */
    @Override
    public void close() throws IOException, InterruptedException {
        pool.close();
        postgres.stop();
    }
}
