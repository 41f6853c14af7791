package browser;

import static org.junit.jupiter.api.Assumptions.*;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Le vrai navigateur des tests, sans fenêtre : le Chromium de la machine et le pilote livré avec lui. */
final class Chromium {

    private static final String ADVICE = "il faut Chromium et son pilote : "
            + "« sudo apt install chromium chromium-driver » (Debian), ou leurs équivalents chromium et chromedriver dans le PATH.";

    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");     // gardé, sinon le réglage se perd
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;

    private Chromium() {}

    /**
     * Démarre Chromium, avec une page de 1280 sur 720. S'il manque et que la machine le permet (apt-get, administrateur), l'installe
     * d'abord ; sinon la partie est ignorée, en disant quoi installer.
     *
     * @param folder où ranger son profil, qui doit être un dossier absent ou vide, et le journal du pilote
     */
    static ChromeDriver start(Path folder) throws IOException, InterruptedException {
        if (browser().isEmpty() || driver().isEmpty()) install();
        assumeTrue(browser().isPresent() && driver().isPresent(), ADVICE);
        SELENIUM.setLevel(Level.SEVERE);             // il avertit que ce Chromium est plus récent que lui
        var service = new ChromeDriverService.Builder().usingDriverExecutable(driver().get().toFile())
                .usingAnyFreePort().withLogFile(folder.resolve("chromedriver.log").toFile()).build();
        var chromium = new ChromeDriver(service, options(folder.resolve("profile")));
        fitPage(chromium);
        return chromium;
    }

    /** La fenêtre compte aussi ses bords, même invisibles : elle est agrandie d'autant. */
    private static void fitPage(ChromeDriver chromium) {
        var page = (List<?>) chromium.executeScript("return [outerWidth - innerWidth, outerHeight - innerHeight]");
        chromium.manage().window().setSize(new Dimension(
                WIDTH + ((Number) page.get(0)).intValue(), HEIGHT + ((Number) page.get(1)).intValue()));
    }

    private static ChromeOptions options(Path profile) {
        return new ChromeOptions().setBinary(browser().orElseThrow().toFile()).addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-dev-shm-usage",                    // /dev/shm est trop petit dans un conteneur
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--window-size=" + WIDTH + "," + HEIGHT, "--user-data-dir=" + profile);
    }

    private static Optional<Path> browser() {
        return onPath("chromium", "chromium-browser", "google-chrome", "chrome");
    }

    private static Optional<Path> driver() {
        return onPath("chromedriver");
    }

    private static Optional<Path> onPath(String... names) {
        var folders = System.getenv("PATH").split(File.pathSeparator);
        return Stream.of(names).flatMap(name -> Stream.of(folders).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable).findFirst();
    }

    private static void install() throws IOException, InterruptedException {
        assumeTrue(onPath("apt-get").isPresent() && "root".equals(System.getProperty("user.name")), ADVICE);
        System.out.println("Chromium manque\u00a0: installation par apt-get, une minute ou deux...");
        var builder =
                new ProcessBuilder("sh", "-c", "apt-get update && apt-get install -y chromium chromium-driver").redirectErrorStream(true);
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        var process = builder.start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes());
        assumeTrue(process.waitFor() == 0, () -> "apt-get n'a pas pu installer Chromium ("
                + output.strip().lines().reduce("", (_, last) -> last) + ") : " + ADVICE);
    }
}
