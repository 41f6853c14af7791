//SOURCES ../TempFolder.java ../OpenResources.java
package lessons.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import lessons.OpenResources;
import lessons.TempFolder;

/**
 * Un dossier d'essai, vide au départ. Il est créé quand on lui demande un fichier, et effacé avec tout son contenu par {@link #close()}
 * ou, au plus tard, à l'arrêt du programme. Après {@code close()}, il peut resservir : il renaît au même endroit.
 */
public final class TrialFolder implements AutoCloseable {

    private static final int SMALL = 50_000;         // octets
    private static final String LINE = "10:%02d:%02d %s requête %06d servie%n";

    private final TempFolder folder;

    private TrialFolder(TempFolder folder) {
        this.folder = folder;
    }

    /** Un nouveau dossier d'essai, dans le dossier temporaire du système ; son nom commence par {@code prefix}. */
    public static TrialFolder create(String prefix) throws IOException {
        return new TrialFolder(TempFolder.create(prefix + "-"));
    }

    /** Le dossier d'essai de ce nom : le même à chaque appel, pour qu'une cellule relancée le retrouve. */
    public static TrialFolder named(String name) {
        return OpenResources.get("dossier " + name, () -> create(name));
    }

    /** Le chemin du dossier ; il existe au retour. */
    public Path path() throws IOException {
        return folder.path();
    }

    /** Vrai tant que le dossier est là. */
    public boolean exists() {
        return folder.exists();
    }

    /** Le chemin d'un fichier de ce dossier, qu'il existe ou non. */
    public Path file(String name) throws IOException {
        return path().resolve(name);
    }

    /** De petits fichiers de texte, de 50 ko chacun ; ceux qui manquent sont écrits. */
    public List<Path> smallFiles(int count) throws IOException {
        var files = new ArrayList<Path>();
        for (int i = 1; i <= count; i++) {
            var file = file("petit-%03d.txt".formatted(i));
            if (Files.notExists(file)) Files.writeString(file, "fichier %03d\n".formatted(i).repeat(SMALL / 12));
            files.add(file);
        }
        return files;
    }

    /** Le journal d'un serveur, une requête par ligne ; une ligne sur mille contient « ERREUR ». Écrit s'il manque. */
    public Path log(int lines) throws IOException {
        var log = file("requetes-%d.log".formatted(lines));
        if (Files.exists(log)) return log;
        try (var out = Files.newBufferedWriter(log)) {
            for (int i = 1; i <= lines; i++)
                out.write(LINE.formatted(i / 60 % 60, i % 60, i % 1000 == 0 ? "ERREUR" : "INFO", i));
        }
        return log;
    }

    /** Un fichier qui annonce cette taille, et n'occupe presque rien là où le disque sait ne pas écrire les zéros. */
    public Path sparse(long bytes) throws IOException {
        var file = file("creux.bin");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
        return file;
    }

    /** Un fichier vide ; vidé, s'il existe. */
    public Path empty(String name) throws IOException {
        return Files.writeString(file(name), "");
    }

    /**
     * Le nombre de fichiers de ce dossier ouverts par le programme. Linux le dit, dans {@code /proc/self/fd} ; ailleurs, -1.
     */
    public long openFiles() throws IOException {
        var descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) return -1;
        try (var links = Files.list(descriptors)) {
            return links.filter(this::leadsHere).count();
        }
    }

    private boolean leadsHere(Path link) {
        try {
            return folder.holds(Files.readSymbolicLink(link));
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /**
     * Efface le dossier et son contenu. Ce qui ne peut pas l'être, un fichier ouvert sous Windows par exemple, attend l'arrêt du programme.
     */
    @Override
    public void close() {
        folder.close();
    }
}
