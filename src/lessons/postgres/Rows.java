package lessons.postgres;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** Trois façons d'écrire les nombres de 0 à {@code rows} exclu dans la table {@code mesures(n int)}, un par ligne. */
public final class Rows {

    private static final String INSERT = "insert into mesures values (?)";

    private Rows() {}

    /** Un ordre par ligne, et l'on attend chaque réponse. */
    public static void oneByOne(Connection connection, int rows) throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
            }
        }
    }

    /** Le pilote garde les ordres, puis les envoie par paquets, et n'attend qu'une réponse par paquet. */
    public static void batch(Connection connection, int rows) throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Les lignes partent d'un trait, comme un fichier : {@code COPY}. */
    public static void copy(Connection connection, int rows) throws SQLException, IOException {
        var lines = IntStream.range(0, rows).mapToObj(i -> i + "\n").collect(Collectors.joining());
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy mesures from stdin", new StringReader(lines));
    }
}
