package kernel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import kernel.assist.ErrorReport;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.support.Log;

/** Le résolveur de dépendances : celui de jbang, avec son cache, par la commande {@code jbang info classpath}. */
final class JBang {
    private static final String COMMAND = System.getProperty("kernel.jbang", "jbang");
    /** Le dernier mot de jbangw, quand il n'a pas pu lancer jbang. */
    private static final Pattern COMPLAINT = Pattern.compile("(?:^|\\n)jbangw[\\s\\u00a0]: (.*)$");

    private JBang() {}

    /**
     * Les jars que demandent ces directives, téléchargés s'ils manquent. Bloque pendant ce temps ; montre la progression sous la cellule.
     *
     * @param cell       la cellule qui les demande : l'interrompre arrête le téléchargement
     * @param folder     où écrire un script de quelques lignes
     * @param directives des lignes comme {@code //DEPS groupe:artefact:version}
     * @param wanted     ce que la cellule demande de nouveau, pour les messages
     * @throws CellError si jbang manque, ou si une dépendance est introuvable
     */
    static List<String> classpath(Cell cell, Path folder, Set<String> directives, String wanted) throws IOException, CellError {
        Path script = Files.writeString(folder.resolve("deps.java"), String.join("\n", directives) + "\nvoid main() { }\n");
        Path output = folder.resolve("classpath.txt");
        Path log = folder.resolve("jbang.log");
        cell.say("Recherche de " + wanted + " ");
        Process process = start(script, output, log);
        await(cell, process);
        if (process.exitValue() == 0) return List.of(Files.readString(output).strip().split(File.pathSeparator));
        String said = Files.readString(log).strip();
        Log.warn("jbang : " + said);
        var complaint = COMPLAINT.matcher(said);
        if (complaint.find()) throw CellError.of("//DEPS", "La recherche de " + wanted + " n’a pas pu commencer : " + complaint.group(1));
        throw CellError.of("//DEPS", "Dépendance introuvable : " + wanted + ".",
                "Vérifiez le nom et la version. Sans réseau, seules les dépendances déjà téléchargées peuvent servir.");
    }

    private static Process start(Path script, Path output, Path log) throws CellError {
        try {
            return new ProcessBuilder(COMMAND, "info", "classpath", "--deps-only", script.toString())
                    .redirectOutput(output.toFile()).redirectError(log.toFile()).start();
        } catch (IOException e) {
            throw CellError.of("//DEPS", "La commande jbang manque : " + COMMAND, "Exécutez ./jbangw setup dans le dossier du cours.");
        }
    }

    /** Attend jbang en montrant que le travail avance. */
    private static void await(Cell cell, Process process) throws CellError {
        try {
            for (int tenths = 1; !process.waitFor(100, TimeUnit.MILLISECONDS); tenths++) {
                if (tenths % 10 == 0) cell.say(".");
                if (!cell.stopped()) continue;
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                throw CellError.of(ErrorReport.INTERRUPTED, "Téléchargement interrompu.");
            }
            cell.say(process.exitValue() == 0 ? " prêt.\n" : "\n");
        } catch (InterruptedException e) {
            process.destroy();
            throw CellError.of(ErrorReport.INTERRUPTED, "Téléchargement interrompu.");
        }
    }
}
