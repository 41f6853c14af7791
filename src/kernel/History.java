package kernel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kernel.protocol.Json;

/**
 * Les cellules exécutées, celles des sessions d'avant comprises. Protocole Jupyter, section « History ». Une ligne de JSON par cellule,
 * dans le cache de l'utilisateur, que lui seul peut lire ; si ce fichier ne peut être lu ou écrit, l'historique se limite à la session.
 */
final class History {
    /** Nombre de cellules gardées d'une session à l'autre. */
    private static final int KEPT = 2000;
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    /** @param output le texte montré par la cellule, ou null */
    private record Entry(int session, int number, String code, String output) {
        static Entry of(JsonObject json) {
            return new Entry(json.get("session").getAsInt(), json.get("number").getAsInt(), json.get("code").getAsString(),
                    Json.string(json, "output", null));
        }

        JsonObject json() {
            return Json.object("session", session, "number", number, "code", code, "output", output);
        }

        JsonElement tuple(boolean withOutput) {
            return Json.element(List.of(session, number, withOutput ? Json.element(Arrays.asList(code, output)) : code));
        }
    }

    /** Seul ce thread lit et écrit : une cellule n'attend pas le disque. */
    private final ExecutorService disk = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("kernel-history").daemon().inheritInheritableThreadLocals(false).factory());
    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private int session = -1;                                                    // inconnue tant que le fichier n'est pas lu

    History(Path file) {
        this.file = file;
    }

    /** Le fichier habituel, dans le dossier des caches de l'utilisateur ; ou celui que désigne la propriété {@code kernel.history}. */
    static Path defaultFile() {
        String chosen = System.getProperty("kernel.history");
        if (chosen != null) return Path.of(chosen).toAbsolutePath();
        String caches = System.getenv().getOrDefault("XDG_CACHE_HOME", Path.of(System.getProperty("user.home"), ".cache").toString());
        return Path.of(caches, "java-asynchrone", "history.jsonl");
    }

    /** Retient une cellule finie ; {@code output} est ce qu'elle a montré, ou null. Ne bloque pas. */
    void add(int number, String code, String output) {
        disk.execute(() -> append(number, code, output));
    }

    /** Attend que tout soit écrit, une seconde au plus. */
    void close() {
        disk.shutdown();
        try {
            disk.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void append(int number, String code, String output) {
        load();
        var entry = new Entry(session, number, code, output);
        entries.add(entry);
        if (entries.size() > 2 * KEPT) entries.subList(0, KEPT).clear();
        try {
            Files.writeString(file, entry.json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            // lecture seule, disque plein : la session garde son historique
        }
    }

    /** Le contenu de history_reply, pour les trois sortes de demande : {@code tail}, {@code range} et {@code search}. */
    JsonObject reply(JsonObject request) throws InterruptedException, ExecutionException {
        return disk.submit(() -> find(request)).get();
    }

    private JsonObject find(JsonObject request) {
        load();
        List<Entry> found = switch (Json.string(request, "hist_access_type", "tail")) {
            case "range" -> range(Json.number(request, "session", 0), Json.number(request, "start", 0),
                    Json.number(request, "stop", Integer.MAX_VALUE));
            case "search" -> search(Json.string(request, "pattern", "*"), Json.flag(request, "unique", false));
            default -> entries;
        };
        int most = Json.number(request, "n", 0);
        if (most > 0 && found.size() > most) found = found.subList(found.size() - most, found.size());
        boolean output = Json.flag(request, "output", false);
        return Json.object("status", "ok", "history", found.stream().map(entry -> entry.tuple(output)).toList());
    }

    /** Une session nulle ou négative se compte depuis celle-ci, comme dans IPython. */
    private List<Entry> range(int wanted, int start, int stop) {
        int number = wanted > 0 ? wanted : session + wanted;
        return entries.stream().filter(e -> e.session == number && e.number >= start && e.number < stop).toList();
    }

    private List<Entry> search(String glob, boolean unique) {
        String regex = Stream.of(glob.split("(?<=[*?])|(?=[*?])"))
                .map(part -> part.equals("*") ? ".*" : part.equals("?") ? "." : Pattern.quote(part))
                .collect(Collectors.joining());
        var pattern = Pattern.compile(regex, Pattern.DOTALL);
        var matching = entries.stream().filter(e -> pattern.matcher(e.code).matches()).toList();
        if (!unique) return matching;
        var latest = new LinkedHashMap<String, Entry>();
        for (Entry entry : matching) {
            latest.remove(entry.code);
            latest.put(entry.code, entry);
        }
        return List.copyOf(latest.values());
    }

    /** Lit les sessions d'avant, à la première demande seulement : le démarrage n'attend pas le disque. */
    private void load() {
        if (session >= 0) return;
        session = 1;
        try {
            Files.createDirectories(file.getParent());
            String text = Files.exists(file) ? Files.readString(file) : "";
            keepPrivate();
            List<String> lines = text.lines().toList();
            // une ligne coupée par un arrêt brutal
            if (!text.isEmpty() && !text.endsWith("\n")) Files.writeString(file, "\n", StandardOpenOption.APPEND);
            if (lines.size() > 2 * KEPT) {
                lines = lines.subList(lines.size() - KEPT, lines.size());
                Files.write(file, lines);
            }
            for (String line : lines) read(line);
        } catch (IOException e) {
            // voir add
        }
        for (Entry entry : entries) session = Math.max(session, entry.session + 1);
    }

    /** Retire aux autres utilisateurs de la machine tout droit sur ce fichier, créé au besoin. */
    private void keepPrivate() throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) return;
        if (!Files.exists(file)) Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
        var permissions = Files.getPosixFilePermissions(file);
        if (permissions.retainAll(OWNER)) Files.setPosixFilePermissions(file, permissions);
    }

    private void read(String line) {
        try {
            entries.add(Entry.of(JsonParser.parseString(line).getAsJsonObject()));
        } catch (JsonParseException | IllegalStateException | NullPointerException | NumberFormatException e) {
            // une ligne coupée
        }
    }
}
