package browser;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

/** Le cours projeté : « ./jbangw lab --projector », vu du dernier rang. Les images restent dans build/projector. */
@DisplayName("projecteur")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
class ProjectorTest {

    /** Une cellule qui écrit en arrière-plan, une autre à côté qui la fait écrire, une troisième très loin d'elle. */
    private static final String TRIAL = "build/projection.ipynb";
    private static final int SERVER = 1;
    private static final int NEAR = 2;
    private static final int FAR = 4;
    private static final int DRAWING = 6;

    private static final String BAND = "#cours-bandeau";

    private static Map<String, String> before;
    private static LabProcess lab;
    private static ChromeDriver driver;
    private static LabPage page;

    @BeforeAll
    @Timeout(600)
    static void open() throws Exception {
        var course = Course.find();
        var folder = course.build().resolve("projector");
        Folders.deleteTree(folder);
        Files.createDirectories(folder);
        Folders.deleteTree(course.venv().resolve("jupyter/projector"));
        before = notebooks();
        driver = Chromium.start(folder);
        page = new LabPage(driver, folder);
        page.size(1280, 720);
        Files.copy(course.home().resolve("src/tests/browser/projection.ipynb"), course.home().resolve(TRIAL),
                StandardCopyOption.REPLACE_EXISTING);
        lab = LabProcess.start(course, "--projector", TRIAL);
    }

    @AfterAll
    @Timeout(300)
    static void close() throws Exception {
        if (driver != null) driver.quit();
        if (lab != null) lab.close();
        Files.deleteIfExists(Course.find().home().resolve(TRIAL));
    }

    private static Map<String, String> notebooks() throws Exception {
        var texts = new TreeMap<String, String>();
        for (var lesson : Lesson.all()) texts.put(lesson.name(), Files.readString(lesson.notebook()));
        return texts;
    }

    @Test
    @Order(1)
    @DisplayName("une seule feuille, sans volet ; le code a au moins 2,2 % de la hauteur de l'écran, à deux tailles d'écran")
    void largeType() {
        page.openProjected(lab.address());
        page.screenshot("1-ouverture");
        assertEquals(List.of(), page.texts(".jp-SideBar"), "volets");
        assertEquals(List.of(), page.texts("#jp-main-statusbar"), "barre d'état");
        assertTrue(codeSize() >= 19, () -> codeSize() + " points à 1280 × 720");
        page.size(1920, 1080);
        page.await("le code grandit avec l'écran", () -> codeSize() >= 28);
        page.size(1280, 720);
        page.await("il revient à sa taille", () -> codeSize() < 20);
    }

    private static double codeSize() {
        return ((Number) page.script("return parseFloat(getComputedStyle(document.querySelector('.jp-Cell .cm-content')).fontSize)"))
                .doubleValue();
    }

    @Test
    @Order(2)
    @DisplayName("une ligne tardive, dont la cellule n'est pas à l'écran, arrive dans le bandeau ; un clic y mène")
    void lateLineInBand() {
        run(SERVER);
        run(FAR);
        page.await("le bandeau montre la ligne", () -> page.text(BAND).contains("reçu de loin"));
        page.screenshot("2-bandeau");
        assertTrue(page.text(BAND).startsWith("▲ sous la cellule [1]   var lines ="), () -> page.text(BAND));
        assertTrue(isInView(FAR), "la cellule qui s'exécute reste visible");
        page.click(BAND);
        page.await("la sortie de la cellule est à l'écran", () -> isInView(SERVER));
        assertEquals("", page.text(BAND), "le bandeau s'en est allé");
        page.screenshot("3-cellule-du-bandeau");
    }

    @Test
    @Order(3)
    @DisplayName("une ligne tardive que l'on voit déjà n'est pas répétée dans le bandeau")
    void visibleLine() {
        run(NEAR);
        page.await("la ligne est sous sa cellule", () -> page.cell(SERVER).output().endsWith("reçu de près\n"));
        assertEquals("", page.text(BAND));
    }

    @Test
    @Order(4)
    @DisplayName("la touche T ferme le bandeau, et ce choix est retenu ; elle le rouvre")
    void bandOff() throws Exception {
        var settings = Course.find().venv().resolve("jupyter/projector/cours/plugin.jupyterlab-settings");
        page.command("t");
        page.await("le choix est enregistré", () -> read(settings).replaceAll("\\s", "").contains("\"band\":false"));
        run(FAR);
        page.await("la ligne est sous sa cellule", () -> page.cell(SERVER).output().endsWith("reçu de loin\n"));
        assertEquals("", page.text(BAND));
        page.command("t");
        page.await("l'autre choix aussi", () -> read(settings).replaceAll("\\s", "").contains("\"band\":true"));
        run(FAR);
        page.await("le bandeau revient", () -> page.text(BAND).contains("reçu de loin"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return "";
        }
    }

    @Test
    @Order(5)
    @DisplayName("+ et - changent la taille, N fait un écran noir que toute touche rend, ? montre la carte des touches")
    void keys() {
        double size = codeSize();
        page.command("+");
        page.await("le code est plus grand", () -> codeSize() > size + 1);
        page.command("-");
        page.await("le code a repris sa taille", () -> Math.abs(codeSize() - size) < 0.1);
        page.command("n");
        page.await("l'écran est noir", () -> !driver.findElements(org.openqa.selenium.By.id("cours-noir")).isEmpty());
        page.command("x");
        page.await("l'écran est rendu", () -> driver.findElements(org.openqa.selenium.By.id("cours-noir")).isEmpty());
        page.command("?");
        page.await("la carte est là", () -> page.text("#cours-carte").contains("exécuter la cellule, et y rester"));
        page.screenshot("4-carte");
        page.command(Keys.ESCAPE);
        page.await("la carte est partie", () -> page.texts("#cours-carte").isEmpty());
    }

    @Test
    @Order(6)
    @DisplayName("écrire dans une cellule ne déclenche aucune de ces touches")
    void writing() {
        page.edit(NEAR);
        page.press(NEAR, " // t n + h ?");
        page.await("les lettres sont dans la cellule",
                () -> page.text(".jp-Cell.jp-mod-active .cm-content").endsWith("// t n + h ?"));
        assertEquals(List.of(), page.texts("#cours-carte, #cours-noir, .jp-Dialog"));
    }

    @Test
    @Order(7)
    @DisplayName("H redémarre, puis exécute jusqu'à la cellule choisie")
    void restartUpToHere() {
        page.edit(NEAR);
        page.press(NEAR, Keys.ESCAPE);
        page.command("h");
        page.accept();
        page.await("la cellule choisie et celle d'avant sont exécutées", () -> page.cell(SERVER).prompt().contains("1")
                && page.cell(NEAR).prompt().contains("2") && page.cell(SERVER).output().equals("reçu de près\n"));
    }

    @Test
    @Order(8)
    @DisplayName("le dessin de trente tâches grandit avec l'écran : lisible du dernier rang, il laisse de la place à son code")
    void drawing() {
        run(DRAWING);
        for (int width : List.of(1280, 1920)) {
            int height = width * 9 / 16;
            page.size(width, height);
            page.await("des lettres d'au moins 2,2 % de l'écran", () -> letters() >= height * 0.022);
            assertTrue(imageHeight() <= height * 0.45, () -> imageHeight() + " points à " + width);
        }
        page.screenshot("5-dessin");
        page.size(1280, 720);
    }

    private static final String IMAGE = "document.querySelector('.jp-RenderedSVG img')";

    /** Les lettres du dessin ont 17 points quand l'image a sa taille naturelle. */
    private static double letters() {
        return 17 * ((Number) page.script("return %1$s.clientWidth / %1$s.naturalWidth".formatted(IMAGE))).doubleValue();
    }

    private static double imageHeight() {
        return ((Number) page.script("return %s.clientHeight".formatted(IMAGE))).doubleValue();
    }

    @Test
    @Order(9)
    @Timeout(600)
    @DisplayName("dans les trois leçons aux lignes les plus longues, aucune cellule n'est coupée à droite, à deux tailles d'écran")
    void nothingCut() throws Exception {
        var cut = new TreeMap<String, Object>();
        for (var lesson : widest()) {
            page.openProjected(lab.projected("build/" + lesson.name() + ".ipynb"));
            for (int width : List.of(1280, 1920)) {
                page.size(width, width * 9 / 16);
                var lines = (List<?>) page.script("""
                        return [...document.querySelectorAll('.jp-CodeCell .cm-scroller')]
                            .filter(code => code.scrollWidth > code.clientWidth + 1)
                            .map(code => code.innerText.split('\\n').reduce((a, b) => a.length >= b.length ? a : b))""");
                if (!lines.isEmpty()) cut.put(lesson.name() + " à " + width, lines);
            }
        }
        page.size(1280, 720);
        assertEquals(Map.of(), cut);
    }

    /** Les autres sont mesurées par le parcours des diapositives. */
    private static List<Lesson> widest() throws Exception {
        return Lesson.all().stream().sorted(Comparator.<Lesson>comparingInt(lesson -> -longestLine(lesson))).limit(3).toList();
    }

    private static int longestLine(Lesson lesson) {
        return lesson.codeCells().stream().flatMap(id -> lesson.cell(id).source().lines()).mapToInt(String::length).max().orElse(0);
    }

    @Test
    @Order(10)
    @DisplayName("les leçons n'ont pas changé sur le disque")
    void untouched() throws Exception {
        assertEquals(before, notebooks());
    }

    private static void run(int place) {
        page.edit(place);
        page.press(place, Keys.CONTROL, Keys.ENTER);
        page.await("la cellule " + place + " est exécutée", () -> page.cell(place).done());
        page.press(place, Keys.ESCAPE);
    }

    /** Vrai si le bas de cette cellule est à l'écran. */
    private static boolean isInView(int place) {
        return (Boolean) page.script("""
                const cell = document.querySelector(`.jp-Cell[data-windowed-list-index="${arguments[0]}"]`);
                const panel = cell.closest('.jp-WindowedPanel-outer').getBoundingClientRect();
                const {bottom} = cell.getBoundingClientRect();
                return bottom > panel.top && bottom <= panel.bottom + 2""", place);
    }
}
