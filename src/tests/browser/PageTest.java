package browser;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lessons.Lesson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.chrome.ChromeDriver;
import tools.Course;
import tools.Folders;
import tools.Shell;

/** Les leçons à emporter : « ./jbangw page », lu dans un navigateur qui n'a pas de réseau. */
@DisplayName("pages à emporter")
@Timeout(300)
class PageTest {
    private static final Pattern FROM_NETWORK = Pattern.compile("(?:src=\"|url\\(|<link [^>]*href=\")(?:https?:)?//[^\")]*");

    private static Path folder;
    private static ChromeDriver driver;
    private static LabPage page;
    private static String html;

    @BeforeAll
    @Timeout(400)
    static void make() throws Exception {
        var course = Course.find();
        folder = course.build().resolve("page");
        Folders.deleteTree(folder);
        var mirror = Lesson.mirror().name();
        var result = Shell.run(course.home(), Map.of(), Shell.jbangw(), "page", "00-sommaire", mirror);
        assertEquals(0, result.exitCode(), result.out() + result.err());
        html = Files.readString(folder.resolve(mirror + ".html"));
        var profile = course.build().resolve("browser-page");
        Folders.deleteTree(profile);
        driver = Chromium.start(Files.createDirectories(profile));
        page = new LabPage(driver, folder);
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand("Network.emulateNetworkConditions",
                Map.of("offline", true, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    @AfterAll
    static void close() {
        if (driver != null) driver.quit();
    }

    @Test
    @DisplayName("toutes les lignes tardives y sont, sous leur cellule")
    void lateLines() throws Exception {
        long received = html.lines().filter(line -> line.contains("reçu ") && line.contains("ms ")).count();
        assertTrue(received > 30, received + " lignes du serveur");
        assertEquals(received, html.lines().filter(line -> line.contains("fermeture de ")).count());
        assertTrue(html.lines().filter(line -> line.contains("réponse : client#")).count() >= 30);
    }

    @Test
    @DisplayName("la page est en français, ne demande rien au réseau, et mène aux autres pages")
    void selfContained() {
        assertTrue(html.contains("<html lang=\"fr\">"));
        assertEquals(List.of(), FROM_NETWORK.matcher(html).results().map(java.util.regex.MatchResult::group).toList());
        assertTrue(html.contains("href=\"index.html\""), "le sommaire");
        assertFalse(html.contains(".ipynb\""), "un lien vers un notebook");
    }

    @Test
    @DisplayName("à 390 points de large comme à 1280, rien ne déborde sur le côté, et les images se voient")
    void widths() throws Exception {
        for (var file : List.of("index", Lesson.mirror().name()))
            for (int width : List.of(390, 1280)) {
                page.size(width, 844);
                driver.get(folder.resolve(file + ".html").toUri().toString());
                page.screenshot(file + "-" + width);
                assertEquals(0L, page.script("const page = document.documentElement; return page.scrollWidth - page.clientWidth"),
                        file + " à " + width);
                assertEquals(0L, page.script("return [...document.images].filter(image => image.naturalWidth === 0).length"), "images");
            }
    }

    @Test
    @DisplayName("une leçon inconnue : une phrase, la liste des leçons, un code d'erreur")
    void unknownLesson() throws Exception {
        var result = Shell.run(Course.find().home(), Map.of(), Shell.jbangw(), "page", "99");
        assertEquals(2, result.exitCode());
        var said = result.err().replace('\u00a0', ' ');
        assertTrue(said.contains("Aucune leçon ne commence par « 99 »") && said.contains("00-sommaire"), said);
    }

    @Test
    @DisplayName("la publication lance une commande du cours, et prend le dossier qu'elle remplit")
    void workflow() throws Exception {
        var workflow = Files.readString(Course.find().home().resolve(".github/workflows/pages.yml"));
        assertTrue(workflow.contains("- run: ./jbangw page --publish\n") && workflow.contains("path: build/site\n"), workflow);
    }
}
