package notebooks;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import tools.Course;
import tools.UserError;

/**
 * La leçon 1, vue par les tests qui l'exécutent.
 *
 * @param notebook le fichier
 * @param cells les identifiants de toutes les cellules, dans l'ordre
 * @param codeCells ceux des cellules de code
 * @param rows l'identifiant de la cellule de chaque ligne du plan
 */
public record Lesson(Path notebook, List<String> cells, List<String> codeCells, Map<Integer, String> rows) {

    private static final int PORT = 8080;

    public static Lesson read() throws IOException, UserError {
        var notebook = Course.find().home().resolve("notebooks/01-les-librairies.ipynb");
        var cells = new ArrayList<String>();
        var codeCells = new ArrayList<String>();
        var rows = new LinkedHashMap<Integer, String>();
        for (var element : JsonParser.parseString(Files.readString(notebook)).getAsJsonObject().getAsJsonArray("cells")) {
            var cell = element.getAsJsonObject();
            var id = cell.get("id").getAsString();
            cells.add(id);
            if (cell.get("cell_type").getAsString().equals("code")) codeCells.add(id);
            var lesson = cell.getAsJsonObject("metadata").getAsJsonObject("lesson");
            if (lesson != null) rows.put(lesson.get("cell").getAsInt(), id);
        }
        return new Lesson(notebook, List.copyOf(cells), List.copyOf(codeCells), Map.copyOf(rows));
    }

    /** @return l'identifiant de la cellule de cette ligne du plan */
    public String row(int number) {
        if (!rows.containsKey(number)) throw new NoSuchElementException("La leçon n'a pas de ligne " + number + ".");
        return rows.get(number);
    }

    public int size() {
        return cells.size();
    }

    /** @return la place de cette cellule dans le notebook, à partir de 0 */
    public int position(String cell) {
        return cells.indexOf(cell);
    }

    /**
     * Le port de la leçon s'il est libre ; sinon, comme elle y invite, un autre. Pas un port que le système choisirait : il pourrait
     * le donner à un autre programme avant que le serveur de la leçon l'ouvre.
     */
    public static int freePort() throws IOException {
        for (int port = PORT; ; port += 1000) {
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (java.net.BindException e) {
                if (port > 30_000) throw e;
            }
        }
    }

    /** Ce qu'il faut changer dans le texte de la leçon pour que son serveur écoute ce port. */
    public static Map<String, String> withPort(int port) {
        return port == PORT ? Map.of() : Map.of("int port = " + PORT + ";", "int port = " + port + ";");
    }
}
