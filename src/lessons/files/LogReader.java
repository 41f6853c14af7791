package lessons.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Lit un journal au fur et à mesure qu'il grandit, sans jamais attendre : à chaque appel, les lignes venues depuis le précédent.
 *
 * <ul>
 * <li>Une ligne n'est rendue qu'entière, avec sa fin de ligne ; son début est gardé pour l'appel suivant, même coupé au milieu d'une lettre
 * accentuée.
 * <li>Si le journal est remplacé (rotation), la fin de l'ancien est lue, puis le nouveau depuis son début.
 * <li>S'il est raccourci, la lecture reprend au début. S'il n'existe pas encore, il n'y a pas de ligne.
 * </ul>
 * Un seul thread à la fois s'en sert.
 */
public final class LogReader implements AutoCloseable {

    private final Path log;
    private final ByteBuffer block = ByteBuffer.allocate(8192);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();    // le début d'une ligne qui n'est pas finie
    private FileChannel channel;
    private Object key;

    /** Ouvre le journal, s'il existe ; la première lecture part de son début. */
    public LogReader(Path log) throws IOException {
        this.log = log;
        open();
    }

    /** Les lignes finies depuis le dernier appel, dans l'ordre, sans leur fin de ligne ; aucune, si rien n'est venu. */
    public List<String> newLines() throws IOException {
        var lines = new ArrayList<String>();
        if (channel != null) read(lines);
        if (channel == null || replaced()) {
            if (channel != null) finish(lines);
            if (open()) read(lines);
        }
        return lines;
    }

    /** Lit ce que l'ancien journal a reçu en dernier, y compris une ligne qui n'aura jamais de fin, puis ferme ce journal. */
    private void finish(List<String> lines) throws IOException {
        read(lines);
        if (line.size() > 0) add((byte) '\n', lines);
        close();
    }

    /** Ferme le journal. Le refaire est sans effet. */
    @Override
    public void close() throws IOException {
        if (channel != null) channel.close();
        channel = null;
        line.reset();
    }

    private boolean open() throws IOException {
        try {
            channel = FileChannel.open(log);
            key = key();
            return true;
        } catch (NoSuchFileException notYet) {
            close();
            return false;
        }
    }

    /** Vrai si le chemin désigne désormais un autre fichier ; entre les deux, il peut n'en désigner aucun. */
    private boolean replaced() throws IOException {
        try {
            return !Objects.equals(key, key());
        } catch (NoSuchFileException between) {
            return false;
        }
    }

    /** Ce qui distingue ce fichier de tout autre ; null là où le système ne le dit pas (Windows). */
    private Object key() throws IOException {
        return Files.readAttributes(log, BasicFileAttributes.class).fileKey();
    }

    private void read(List<String> lines) throws IOException {
        if (channel.size() < channel.position()) {
            channel.position(0);
            line.reset();
        }
        while (channel.read(block.clear()) > 0)
            for (block.flip(); block.hasRemaining();) add(block.get(), lines);
    }

    private void add(byte next, List<String> lines) {
        if (next != '\n') {
            line.write(next);
            return;
        }
        var text = line.toString(StandardCharsets.UTF_8);
        lines.add(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        line.reset();
    }
}
