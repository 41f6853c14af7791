package bench;

import cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import tools.Folders;

/**
 * Les comptes d'une classe d'essai : créés sur cette machine, puis effacés avec tout ce qu'ils ont lancé et écrit, y compris si ce
 * programme est interrompu. Tué, il en laisse ; le suivant les efface avant de créer les siens.
 */
final class StudentAccounts implements AutoCloseable {

    private static final String COMMENT = "classe d'essai de java-asynchrone";      // ce qui dit qu'un compte est à nous
    private static final int ROUNDS = 50;

    private final List<String> names;
    private final Thread hook = new Thread(this::remove);
    private boolean removed;

    private StudentAccounts(List<String> names) {
        this.names = names;
    }

    static List<String> names(int count) {
        return IntStream.rangeClosed(1, count).mapToObj("eleve-essai-%02d"::formatted).toList();
    }

    /** @param homes le dossier où chacun aura le sien */
    static StudentAccounts create(int count, Path homes, String password) throws Exception {
        new StudentAccounts(leftovers()).remove();
        var accounts = new StudentAccounts(names(count));
        Runtime.getRuntime().addShutdownHook(accounts.hook);
        try {
            for (var name : accounts.names) create(name, homes.resolve(name));
            setPasswords(accounts.names, password);
        } catch (Exception e) {
            accounts.close();
            throw e;
        }
        return accounts;
    }

    private static void create(String name, Path home) throws IOException, InterruptedException, UserError {
        var code = run("useradd", "--create-home", "--home-dir", home.toString(), "--shell", "/bin/sh", "--comment", COMMENT, name);
        if (code != 0) throw UserError.failed("Le compte « " + name + " » n'a pas pu être créé (useradd : code " + code + ").");
    }

    private static void setPasswords(List<String> names, String password) throws IOException, InterruptedException, UserError {
        var process = new ProcessBuilder("chpasswd").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (var input = process.outputWriter()) {
            for (var name : names) input.write(name + ":" + password + "\n");
        }
        if (process.waitFor() != 0) throw UserError.failed("Les comptes d'essai n'ont pas pu recevoir leur mot de passe (chpasswd).");
    }

    /** Ceux d'un essai qui a été tué. */
    private static List<String> leftovers() throws IOException {
        return Files.readAllLines(Path.of("/etc/passwd")).stream().map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 4 && fields[4].equals(COMMENT)).map(fields -> fields[0]).toList();
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // la JVM s'arrête déjà
        }
    }

    private synchronized void remove() {
        if (removed || names.isEmpty()) return;
        removed = true;
        killAll();
        try {
            deleteTemporaryFiles();
            for (var name : names) if (leftovers().contains(name)) run("userdel", "--force", name);
            var left = leftovers();
            if (!left.isEmpty()) System.err.println("Comptes restés sur la machine : " + String.join(", ", left));
        } catch (IOException | InterruptedException e) {
            System.err.println("Les comptes d'essai n'ont pas tous été effacés : " + e.getMessage());
        }
    }

    /** Plusieurs fois : l'un d'eux a pu en lancer un autre pendant qu'on les comptait. */
    private void killAll() {
        for (int round = 0; round < ROUNDS; round++) {
            var alive = ProcessHandle.allProcesses().filter(p -> p.info().user().filter(names::contains).isPresent()).toList();
            if (alive.isEmpty()) return;
            alive.forEach(ProcessHandle::destroyForcibly);
            alive.forEach(process -> process.onExit().orTimeout(1, java.util.concurrent.TimeUnit.SECONDS).handle((_, _) -> null).join());
        }
    }

    private void deleteTemporaryFiles() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            for (var file : files.filter(this::isOurs).toList()) Folders.deleteTree(file);
        }
    }

    private boolean isOurs(Path file) {
        try {
            return names.contains(Files.getOwner(file, java.nio.file.LinkOption.NOFOLLOW_LINKS).getName());
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static int run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        return process.waitFor();
    }
}
