package browser;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import tools.Course;
import tools.Folders;

/** Une leçon en diapositives : « ./jbangw slides ». Les images restent dans build/slides. */
@DisplayName("diapositives")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
class SlidesTest {
    private static final String TRIAL = "build/diapositives.ipynb";

    /** Les cellules que l'on voit, par leur place. */
    private static final String VISIBLE = """
            return [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
                .flatMap((cell, place) => cell.classList.contains('cours-cache') ? [] : [place])""";

    private static LabProcess lab;
    private static ChromeDriver driver;
    private static LabPage page;

    @BeforeAll
    @Timeout(600)
    static void open() throws Exception {
        var course = Course.find();
        var folder = course.build().resolve("slides");
        Folders.deleteTree(folder);
        Files.createDirectories(folder);
        Folders.deleteTree(course.venv().resolve("jupyter/slides"));
        driver = Chromium.start(folder);
        page = new LabPage(driver, folder);
        page.size(1280, 720);
        Files.copy(course.home().resolve("src/tests/browser/diapositives.ipynb"), course.home().resolve(TRIAL),
                StandardCopyOption.REPLACE_EXISTING);
        lab = LabProcess.start(course, "--slides", TRIAL);
    }

    @AfterAll
    @Timeout(300)
    static void close() throws Exception {
        if (driver != null) driver.quit();
        if (lab != null) lab.close();
        Files.deleteIfExists(Course.find().home().resolve(TRIAL));
    }

    @Test
    @Order(1)
    @DisplayName("le bandeau de la page n'en est pas une ; la première montre le titre et sa question, sans barre ni menu")
    void firstSlide() {
        page.openProjected(lab.address());
        page.await("la première diapositive", () -> seen().equals(List.of(1L, 2L)));
        page.screenshot("1-titre");
        assertEquals("1 / 3", page.text("#cours-compte"));
        assertEquals(List.of(), page.texts(".jp-NotebookPanel-toolbar, #jp-MainMenu"));
    }

    @Test
    @Order(2)
    @DisplayName("Maj-Entrée exécute la cellule, et l'on reste ; Espace montre ce que l'on en conclut, puis la suite")
    void runThenConclude() {
        page.command(Keys.chord(Keys.SHIFT, Keys.ENTER));
        page.await("la sortie est là", () -> page.cell(2).output().equals("quarante-deux\n"));
        assertEquals(List.of(1L, 2L), seen());
        page.command(" ");
        page.await("la conclusion s'ajoute", () -> seen().equals(List.of(1L, 2L, 3L)));
        page.command(" ");
        page.await("la diapositive suivante", () -> seen().equals(List.of(4L, 5L)));
        assertEquals("2 / 3", page.text("#cours-compte"));
    }

    @Test
    @Order(3)
    @DisplayName("page précédente revient ; page suivante avance, et s'arrête à la fin")
    void backAndForth() {
        page.command(Keys.PAGE_UP);
        page.await("on revient", () -> page.text("#cours-compte").equals("1 / 3"));
        for (int i = 0; i < 6; i++) page.command(Keys.PAGE_DOWN);
        page.await("la dernière", () -> page.text("#cours-compte").equals("3 / 3"));
        assertEquals(List.of(6L, 7L), seen());
    }

    @Test
    @Order(4)
    @DisplayName("une sortie plus haute que l'écran : sa dernière ligne est en vue")
    void longOutput() {
        page.command(Keys.chord(Keys.SHIFT, Keys.ENTER));
        page.await("les lignes sont là", () -> page.cell(7).output().endsWith("ligne 80\n"));
        page.await("la dernière est en vue", () -> (Boolean) page.script("""
                const output = document.querySelectorAll('.jp-Notebook .jp-Cell')[7].querySelector('.jp-OutputArea');
                const panel = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
                return output.getBoundingClientRect().bottom <= panel.bottom"""));
        page.screenshot("2-longue-sortie");
    }

    private static List<?> seen() {
        return (List<?>) page.script(VISIBLE);
    }
}
