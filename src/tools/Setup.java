///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw setup

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../cli/Command.java Commands.java Course.java Exclusive.java Fingerprint.java Folders.java IjavaInstall.java
//SOURCES KernelInstall.java Libraries.java MovedVenv.java Provisioner.java Remote.java Venv.java
package tools;

import cli.Command;
import cli.Console;
import cli.UserError;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Prépare tout ce que le cours demande, et seulement ce qui manque : JupyterLab dans {@code .venv}, le noyau Java, son
 * cache de démarrage. Peut être arrêté n'importe quand : la fois suivante reprend.
 */
public final class Setup {
    private static final String HELP = """
            Usage : ./jbangw setup [--minimal] [--ijava]

            Prépare le cours, une fois pour toutes : JupyterLab dans le dossier .venv, le noyau Java, et ce que les
            leçons et les exemples iraient chercher : leurs bibliothèques, PostgreSQL. Ce qui est déjà fait n'est pas
            refait. Ensuite, le cours marche sans réseau.

              --minimal  JupyterLab et le noyau seulement : une leçon apportera ses bibliothèques quand elle les demandera
              --ijava    ajoute le noyau IJava 1.3.0, pour comparer
            """;

    public static final Exclusive PREPARATION = new Exclusive("setup",
            "Une autre préparation est en cours, attente de sa fin", "Interrompu : la même commande reprendra.");

    private Setup() {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var start = System.nanoTime();
            var minimal = arguments.flag("--minimal");
            var ijava = arguments.flag("--ijava");
            arguments.end();
            prepare(Course.find());
            if (!minimal) prepareLibraries(Course.find());
            if (ijava) prepareIjava(Course.find());
            System.out.println(Console.french("Le cours est prêt : ") + "./jbangw lab (" + Console.seconds(start) + ")");
        });
    }

    /**
     * Fait ce qui manque, une ligne par étape ; ne dit rien quand tout est là. Deux préparations du même clone passent
     * l'une après l'autre. Une interruption arrête l'étape en cours, qui sera refaite la fois suivante.
     *
     * @throws UserError si quelque chose manque à la machine, avec ce qu'il faut faire
     */
    public static void prepare(Course course) throws Exception {
        if (!isReady(course)) PREPARATION.run(course, commands -> buildMissing(course, commands));
    }

    /** Apporte ce que les leçons et les exemples iraient chercher au loin : ensuite, ils se passent de réseau. */
    static void prepareLibraries(Course course) throws Exception {
        if (!new Libraries(course).areReady()) PREPARATION.run(course, commands -> {
            var libraries = new Libraries(course);
            if (!libraries.areReady()) libraries.bring(commands);
        });
    }

    /** Ajoute le noyau {@code ijava} s'il manque, après {@link #prepare}. */
    public static void prepareIjava(Course course) throws Exception {
        prepareIjava(course, course.kernelspec("ijava"));
    }

    /** Comme {@link #prepareIjava(Course)}, dans le dossier donné. */
    public static void prepareIjava(Course course, Path folder) throws Exception {
        var ijava = new IjavaInstall(course, folder);
        if (ijava.isReady()) return;
        PREPARATION.run(course, commands -> {
            if (!ijava.isReady()) Console.step("Noyau IJava", () -> ijava.build(commands));
        });
    }

    private static boolean isReady(Course course) throws IOException, InterruptedException {
        var kernel = new KernelInstall(course);
        var python = new Venv(course);
        return kernel.jarIsReady() && kernel.cacheIsReady() && new Provisioner(course).isReady() && python.settingsAreReady()
                && python.isReady();
    }

    private static void buildMissing(Course course, Commands commands) throws Exception {
        var python = new Venv(course);
        if (!python.isReady() && python.hasMoved()) Console.step("Le cours a changé de place, mise à jour de .venv", python::repair);
        if (!python.isReady()) Console.step("JupyterLab et ses compagnons, dans .venv", () -> python.build(commands));
        if (!python.settingsAreReady()) python.writeSettings();
        var provisioner = new Provisioner(course);
        if (!provisioner.isReady()) provisioner.install();
        var kernel = new KernelInstall(course);
        if (!kernel.jarIsReady()) Console.step("Noyau Java", () -> kernel.buildJar(commands));
        if (!kernel.cacheIsReady()) Console.step("Démarrage rapide du noyau", () -> kernel.buildCache(commands));
    }
}
