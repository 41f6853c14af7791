package browser;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import lessons.Lesson;
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

/**
 * Le cours dans un vrai navigateur : « ./jbangw lab », JupyterLab, la leçon. Les images restent dans build/browser.
 *
 * <p>JupyterLab enregistre de lui-même les notebooks ouverts : ce qui est exécuté ici est une copie, dans build/, d'où
 * les chemins relatifs de la leçon désignent les mêmes fichiers.
 */
@DisplayName("navigateur")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabTest {

    private static final String COPY = "build/02-les-librairies.ipynb";
    /** Une cellule qui attend en arrière-plan, une boucle sans fin, une cellule ordinaire, et deux débuts de code. */
    private static final String TRIALS = "build/essais.ipynb";
    /** Ceux que ces tests ont ouverts, et dont le noyau vit encore. */
    private static final int NOTEBOOKS = 3;
    /** Le nombre de redémarrages à la suite ; pour en essayer davantage : {@code COURSE_RESTARTS=50 ./jbangw test browser LabTest}. */
    private static final int RESTARTS = Integer.parseInt(System.getenv().getOrDefault("COURSE_RESTARTS", "2"));

    private static Lesson lesson;
    private static LabProcess lab;
    private static ChromeDriver driver;
    private static LabPage page;

    @BeforeAll
    @Timeout(600)
    static void open() throws Exception {
        var course = Course.find();
        var folder = emptyFolder(course.build().resolve("browser"));
        driver = Chromium.start(folder);
        page = new LabPage(driver, folder);
        lesson = Lesson.mirror();
        Files.copy(lesson.notebook(), course.home().resolve(COPY), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(course.home().resolve("src/tests/browser/essais.ipynb"), course.home().resolve(TRIALS),
                StandardCopyOption.REPLACE_EXISTING);
        lab = LabProcess.start(course);
    }

    @AfterAll
    @Timeout(300)
    static void close() throws Exception {
        if (driver != null) driver.quit();
        if (lab != null) lab.close();
        for (var file : List.of(COPY, TRIALS)) Files.deleteIfExists(Course.find().home().resolve(file));
    }

    private static Path emptyFolder(Path folder) throws IOException {
        Folders.deleteTree(folder);
        return Files.createDirectories(folder);
    }

    @Test
    @Order(1)
    @Timeout(300)
    @DisplayName("l'adresse affichée ouvre la leçon : en français, sur le noyau Java, sans rien qui la cache")
    void opensOnLesson() {
        page.open(lab.address());
        page.screenshot("1-ouverture");
        var menus = page.texts(".lm-MenuBar-itemLabel");
        assertTrue(menus.containsAll(List.of("Fichier", "Exécution", "Noyau")), () -> "menus : " + menus);
        assertEquals("Les premiers threads", page.texts(".jp-NotebookPanel:not(.lm-mod-hidden) h1").getFirst().replace("¶", ""));
        assertTrue(page.text(".jp-Toolbar-kernelName").contains("Java (asynchrone)"), () -> page.text(".jp-Toolbar-kernelName"));
        assertNothingAbove();
    }

    @Test
    @Order(2)
    @Timeout(300)
    @DisplayName("« Exécuter toutes les cellules » : chaque ligne, même tardive, est sous sa cellule")
    void runAll() {
        page.open(lab.address(COPY));
        page.menu("Exécution", "runmenu:run-all");
        assertLessonRuns("2-tout-executer");
    }

    @Test
    @Order(3)
    @Timeout(300)
    @DisplayName("« Redémarrer le noyau et exécuter toutes les cellules » : la même chose, depuis le début")
    void restartAndRunAll() {
        page.menu("Noyau", "runmenu:restart-and-run-all");
        page.accept();
        page.await("la dernière cellule attend son tour", () -> page.cell(lesson.position(lesson.codeCells().getLast())).running());
        assertLessonRuns("3-redemarrage");
    }

    private static void assertLessonRuns(String name) {
        page.await("toutes les cellules sont exécutées",
                () -> page.cells().stream().filter(LabPage.Cell::done).count() == lesson.codeCells().size());
        page.await("les lignes tardives du serveur sont sous sa cellule", () -> row(25).lines("fermeture de ") == 31);
        page.await("les trente réponses sont sous la cellule des clients", () -> row(33).lines("réponse : client#") == 30);
        assertEquals(31, row(25).lines("reçu "), "clients reçus, sous la cellule du serveur");
        assertEquals(0, row(33).lines("reçu "), "lignes du serveur sous la cellule des clients");
        assertEquals(1, row(31).lines("réponse : Hey"), "réponse au premier client, sous sa cellule");
        assertEquals(8, row(15).lines("<<<"), "fins de la ligne 15");
        assertEquals(12, row(19).lines("<<<"), "fins de la ligne 19");
        assertEquals("", page.cells().stream().map(LabPage.Cell::errors).reduce("", String::concat), "erreurs affichées");
        assertNothingAbove();
        for (var row : List.of(15, 19, 25, 33)) page.photograph(lesson.position(lesson.row(row)), name + "-ligne-" + row);
    }

    private static LabPage.Cell row(int number) {
        return page.cell(lesson.position(lesson.row(number)));
    }

    /** Ni question sur les nouvelles de Jupyter, ni message, ni dialogue par-dessus la leçon. */
    private static void assertNothingAbove() {
        assertEquals(List.of(), page.texts(".jp-Dialog"), "dialogue");
        assertEquals(List.of(), page.texts(".Toastify__toast"), "message");
        assertEquals("0", page.text(".jp-Notification-Status-Text"), "messages en attente");
    }

    @Test
    @Order(4)
    @Timeout(300)
    @DisplayName("une ligne tardive s'affiche sous sa cellule pendant qu'une autre tourne, que le bouton d'interruption arrête")
    void lateLineThenInterrupt() {
        page.open(lab.address(TRIALS));
        for (var cell : List.of(0, 1)) {
            page.edit(cell);
            page.press(cell, Keys.SHIFT, Keys.ENTER);
        }
        page.await("la ligne tardive est affichée", () -> page.cell(0).output().equals("ligne tardive\n"));
        page.screenshot("4-ligne-tardive");
        var cells = page.cells();
        assertTrue(cells.get(1).running(), "la boucle sans fin tourne encore");
        assertEquals("", cells.get(1).output(), "rien sous la cellule qui tourne");

        page.toolbar("interrupt");
        page.await("la boucle sans fin est arrêtée", () -> page.cell(1).done());
        page.await("la cellule dit qu'elle est interrompue", () -> page.cell(1).errors().contains("interrompue"));
        page.edit(2);
        page.press(2, Keys.SHIFT, Keys.ENTER);
        page.await("le noyau sert encore, et a gardé ses variables", () -> page.cell(2).output().equals("signal : 0\n"));
        page.screenshot("5-interruption");
    }

    @Test
    @Order(5)
    @DisplayName("la touche Tab propose la suite du mot")
    void completion() {
        page.awaitAfter(() -> {
            page.edit(3);
            page.press(3, Keys.TAB);
        }, "les propositions sont affichées", () -> page.text(".jp-Completer").contains("stripLeading"));
        page.screenshot("6-completion");
        page.press(3, Keys.ESCAPE);
    }

    @Test
    @Order(6)
    @DisplayName("Maj-Tab montre la documentation")
    void documentation() {
        page.awaitAfter(() -> {
            page.edit(4);
            page.press(4, Keys.SHIFT, Keys.TAB);
        }, "la documentation est affichée", () -> page.text(".jp-Tooltip").contains("floorMod(int"));
        page.screenshot("7-documentation");
        page.press(4, Keys.ESCAPE);
    }

    @Test
    @Order(7)
    @Timeout(1200)
    @DisplayName("chaque redémarrage prend le noyau de réserve ; il reste un noyau par notebook ouvert, et une réserve")
    void restarts() throws Exception {
        page.await("une réserve attend", () -> kernels().size() == NOTEBOOKS + 1);
        for (var restart = 0; restart < RESTARTS; restart++) {
            var before = kernels();
            page.menu("Noyau", "kernelmenu:restart");
            page.accept();
            page.await("le noyau d'avant est parti, la réserve a pris sa place, une autre attend", () -> {
                var now = kernels();
                return now.size() == NOTEBOOKS + 1 && before.stream().filter(now::contains).count() == NOTEBOOKS;
            });
        }
        page.edit(2);
        page.press(2, Keys.SHIFT, Keys.ENTER);
        page.await("le noyau, neuf, ne connaît plus la variable", () -> page.cell(2).errors().contains("signal"));
        page.screenshot("8-redemarrages");
    }

    private static Set<Long> kernels() {
        return lab.family().stream().filter(process -> process.info().commandLine().orElse("").contains("kernel.Kernel"))
                .map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    @Test
    @Order(8)
    @Timeout(300)
    @DisplayName("Ctrl-C ferme tout : JupyterLab et les noyaux")
    void interruptLab() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "Ctrl-C s'envoie autrement sous Windows");
        var family = lab.family();
        assertTrue(family.stream().anyMatch(process -> process.info().commandLine().orElse("").contains("kernel.Kernel")),
                "un noyau tourne");
        lab.interrupt();
        for (var process : family) {
            var command = process.info().commandLine().orElse("processus " + process.pid());
            assertDoesNotThrow(() -> process.onExit().get(30, TimeUnit.SECONDS), () -> "tourne encore : " + command);
        }
    }
}
