package browser;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * La page de JupyterLab : ce qu'un élève y voit et y fait. Chaque attente porte sur un état de la page, jamais sur une
 * durée.
 */
final class LabPage {

    private static final Duration DEADLINE = Duration.ofSeconds(90);     // pour une machine très chargée
    private static final String NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden) ";

    /**
     * Les cellules en une fois, donc au même instant. Celles qui sont hors de l'écran sont dans la page aussi, mais
     * JupyterLab ne les y met que peu à peu.
     */
    private static final String CELLS = """
            return [...document.querySelectorAll(arguments[0] + '.jp-Cell')].map(cell => ({
                place: Number(cell.dataset.windowedListIndex),
                code: cell.classList.contains('jp-CodeCell'),
                prompt: cell.querySelector('.jp-InputPrompt')?.textContent ?? '',
                output: [...cell.querySelectorAll('.jp-OutputArea-output')].map(part => part.textContent).join(''),
                errors: [...cell.querySelectorAll(':is([data-mime-type$="stderr"], [data-mime-type$="error"]).jp-OutputArea-output')]
                        .map(part => part.textContent).join('')
            }))""";

    /** Amène la cellule en haut, image après image : celles qui entrent à l'écran prennent leur hauteur et la déplacent. */
    private static final String SHOW = """
            const [selector, done] = arguments;
            const cell = document.querySelector(selector);
            const panel = cell.closest('.jp-WindowedPanel-outer');
            const bring = frames => {
                panel.scrollTop += cell.getBoundingClientRect().top - panel.getBoundingClientRect().top - 10;
                frames > 0 ? requestAnimationFrame(() => bring(frames - 1)) : done();
            };
            bring(30)""";

    /** Une cellule telle qu'elle est affichée, et sa place dans le notebook, à partir de 0. */
    record Cell(int place, boolean code, String prompt, String output, String errors) {

        boolean running() {
            return prompt.contains("*");
        }

        boolean done() {
            return prompt.matches(".*\\d.*");
        }

        long lines(String containing) {
            return output.lines().filter(line -> line.contains(containing)).count();
        }
    }

    private final ChromeDriver driver;
    private final Path screenshots;

    LabPage(ChromeDriver driver, Path screenshots) {
        this.driver = driver;
        this.screenshots = screenshots;
    }

    /** Ouvre l'adresse et attend que le notebook soit affiché, au moins son début, et que son noyau soit prêt. */
    void open(URI address) {
        driver.get(address.toString());
        await("le notebook est affiché", () -> !cells().isEmpty() && texts(NOTEBOOK + ".jp-Spinner").isEmpty());
        await("le noyau est prêt", () -> text("#jp-main-statusbar").contains("Java (asynchrone) | Inactif"));
    }

    /** Comme {@link #open}, là où la barre d'état n'est pas montrée. */
    void openProjected(URI address) {
        driver.get(address.toString());
        await("le notebook est affiché", () -> !cells().isEmpty() && texts(NOTEBOOK + ".jp-Spinner").isEmpty());
        await("le noyau est prêt",
                () -> !driver.findElements(By.cssSelector(".jp-Notebook-ExecutionIndicator[data-status='idle']")).isEmpty());
    }

    /** Une fenêtre de cette taille, en points. */
    void size(int width, int height) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    Object script(String code, Object... arguments) {
        return driver.executeScript(code, arguments);
    }

    /** Des touches pour la page, hors du texte de toute cellule. */
    void command(CharSequence... keys) {
        driver.executeScript("document.querySelector(arguments[0] + '.jp-Cell.jp-mod-active').focus()", NOTEBOOK);
        driver.switchTo().activeElement().sendKeys(keys);
    }

    void click(String selector) {
        click(By.cssSelector(selector));
    }

    List<Cell> cells() {
        var cells = (List<?>) driver.executeScript(CELLS, NOTEBOOK);
        return cells.stream().map(cell -> (Map<?, ?>) cell).map(cell -> new Cell(
                ((Number) cell.get("place")).intValue(), (Boolean) cell.get("code"),
                (String) cell.get("prompt"), (String) cell.get("output"), (String) cell.get("errors"))).toList();
    }

    /** La cellule de cette place, vide tant que la page ne la contient pas. */
    Cell cell(int place) {
        return cells().stream().filter(cell -> cell.place() == place).findFirst().orElse(new Cell(place, false, "", "", ""));
    }

    /** Choisit une commande dans un menu de la barre, à la souris. */
    void menu(String label, String command) {
        click(By.xpath("//*[contains(@class, 'lm-MenuBar-itemLabel') and text()='" + label + "']"));
        click(By.cssSelector(".lm-Menu-item[data-command='" + command + "']"));
    }

    /** Répond oui à la question posée au milieu de la page. */
    void accept() {
        click(By.cssSelector(".jp-Dialog button.jp-mod-accept"));
    }

    /** Appuie sur un bouton de la barre du notebook. */
    void toolbar(String name) {
        click(By.cssSelector(NOTEBOOK + "[data-jp-item-name='" + name + "'] jp-button"));
    }

    /** Place le curseur à la fin du texte de la cellule. */
    void edit(int place) {
        var editor = editor(place);
        driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", editor);
        editor.click();
        editor.sendKeys(Keys.chord(Keys.CONTROL, Keys.END));
    }

    void press(int place, CharSequence... keys) {
        editor(place).sendKeys(Keys.chord(keys));
    }

    private static String selector(int place) {
        return NOTEBOOK + ".jp-Cell[data-windowed-list-index='" + place + "']";
    }

    private WebElement editor(int place) {
        return driver.findElement(By.cssSelector(selector(place) + " .cm-content"));
    }

    /** Les textes visibles de ces éléments. */
    List<String> texts(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream().filter(WebElement::isDisplayed).map(WebElement::getText).toList();
    }

    String text(String selector) {
        return Stream.of(selector).map(this::texts).flatMap(List::stream).collect(Collectors.joining("\n"));
    }

    /** Attend que l'état soit atteint ; sinon échoue, en le nommant et en laissant une image de la page. */
    void await(String state, BooleanSupplier reached) {
        new WebDriverWait(driver, DEADLINE, Duration.ofMillis(200)).ignoring(StaleElementReferenceException.class)
                .withMessage(() -> state + " (voir " + screenshot("echec") + ")").until(_ -> reached.getAsBoolean());
    }

    /** Fait un geste et attend son effet ; le refait de loin en loin, comme une personne quand la page, occupée, a perdu une touche. */
    void awaitAfter(Runnable gesture, String state, BooleanSupplier reached) {
        var again = new AtomicLong(System.nanoTime());
        await(state, () -> {
            if (reached.getAsBoolean()) return true;
            if (System.nanoTime() - again.get() >= 0) {
                gesture.run();
                again.addAndGet(Duration.ofSeconds(10).toNanos());
            }
            return false;
        });
    }

    private void click(By target) {
        new WebDriverWait(driver, DEADLINE).ignoring(StaleElementReferenceException.class)
                .until(ExpectedConditions.elementToBeClickable(target)).click();
    }

    /** Montre la cellule en haut de l'écran et garde l'image de la page, 1280 sur 720. */
    void photograph(int place, String name) {
        driver.executeAsyncScript(SHOW, selector(place));
        screenshot(name);
    }

    Path screenshot(String name) {
        try {
            return Files.write(screenshots.resolve(name + ".png"), driver.getScreenshotAs(org.openqa.selenium.OutputType.BYTES));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
