///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw setup

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES *.java ../cli/*.java ../bench/*Install.java
package tools;

import bench.IjavaInstall;
import bench.JjavaInstall;
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
            Usage : ./jbangw setup [--ijava]

            Prépare le cours, une fois pour toutes : JupyterLab dans le dossier .venv, et le noyau Java.
            Ce qui est déjà fait n'est pas refait. Ensuite, le cours marche sans réseau.

              --ijava  ajoute le noyau IJava 1.3.0, pour comparer
            """;

    static final Exclusive PREPARATION = new Exclusive("setup",
            "Une autre préparation est en cours, attente de sa fin", "Interrompu : la même commande reprendra.");

    private Setup() {}

    public static void main(String... args) {
        Command.run(HELP, args, arguments -> {
            var start = System.nanoTime();
            var ijava = arguments.flag("--ijava");
            arguments.end();
            prepare(Course.find());
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

    /** Ajoute le noyau {@code ijava} s'il manque, après {@link #prepare}. */
    public static void prepareIjava(Course course) throws Exception {
        prepareIjava(course, course.kernelspec("ijava"));
    }

    /** Comme {@link #prepareIjava(Course)}, dans le dossier donné. */
    public static void prepareIjava(Course course, Path folder) throws Exception {
        var ijava = new IjavaInstall(course, folder);
        if (ijava.isReady()) return;
        PREPARATION.run(course, commands -> {
            if (!ijava.isReady()) step("Noyau IJava", () -> ijava.build(commands));
        });
    }

    /** Installe JJava hors de {@code .venv} s'il manque, après {@link #prepare}, et rend le dossier de noyaux où il est. */
    public static Path prepareJjava(Course course) throws Exception {
        var jjava = new JjavaInstall(course);
        if (!jjava.isReady()) PREPARATION.run(course, commands -> {
            if (!jjava.isReady()) step("Noyau JJava", () -> jjava.build(commands));
        });
        return jjava.kernels();
    }

    private static boolean isReady(Course course) throws IOException, InterruptedException {
        var kernel = new KernelInstall(course);
        var python = new Venv(course);
        return kernel.jarIsReady() && kernel.cacheIsReady() && python.settingsAreReady() && python.isReady();
    }

    private static void buildMissing(Course course, Commands commands) throws Exception {
        var python = new Venv(course);
        if (!python.isReady() && python.hasMoved()) step("Le cours a changé de place, mise à jour de .venv", python::repair);
        if (!python.isReady()) step("JupyterLab et ses compagnons, dans .venv", () -> python.build(commands));
        if (!python.settingsAreReady()) python.writeSettings();
        var kernel = new KernelInstall(course);
        if (!kernel.jarIsReady()) step("Noyau Java", () -> kernel.buildJar(commands));
        if (!kernel.cacheIsReady()) step("Démarrage rapide du noyau", () -> kernel.buildCache(commands));
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void step(String title, Work work) throws Exception {
        Console.step(title, () -> {
            work.run();
            return null;
        });
    }
}
