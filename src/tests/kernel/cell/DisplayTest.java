package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.JsonObject;
import java.util.List;
import kernel.SharedKernel;
import kernel.protocol.Message;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Affichages")
class DisplayTest extends SharedKernel {

    private static String displayId(Message message) {
        return message.content().getAsJsonObject("transient").get("display_id").getAsString();
    }

    private static JsonObject data(Message message) {
        return message.content().getAsJsonObject("data");
    }

    @Test
    @DisplayName("display() puis update() remplace le même affichage")
    void update() throws Exception {
        var cell = kernel.ok("var shown = display(\"avant\");\nshown.update(\"après\");");
        var first = cell.messages("display_data").getFirst();
        var second = cell.messages("update_display_data").getFirst();
        assertEquals(displayId(first), displayId(second));
        assertEquals("après", data(second).get("text/plain").getAsString());
    }

    @Test
    @DisplayName("update() depuis une autre cellule garde l'affichage visé")
    void updateFromAnotherCell() throws Exception {
        var first = kernel.ok("var lasting = display(1);");
        var second = kernel.ok("lasting.update(2);");
        assertEquals(displayId(first.messages("display_data").getFirst()), displayId(second.messages("update_display_data").getFirst()));
    }

    @Test
    @DisplayName("display() en dernière ligne n'est montré qu'une fois")
    void shownOnce() throws Exception {
        assertEquals(List.of("display:une fois"), kernel.ok("display(\"une fois\")").story());
    }

    @Test
    @DisplayName("clearOutput() efface la sortie, à sa place parmi les lignes")
    void clearOutput() throws Exception {
        var cell = kernel.ok("System.out.println(\"a\"); clearOutput(true); System.out.println(\"b\"); clearOutput();");
        assertEquals(List.of("stream", "clear_output", "stream", "clear_output"),
                cell.types().stream().filter(type -> type.equals("stream") || type.equals("clear_output")).toList());
        assertEquals(List.of(true, false),
                cell.messages("clear_output").stream().map(m -> m.content().get("wait").getAsBoolean()).toList());
    }

    @Test
    @DisplayName("une liste d'enregistrements se montre en table, ses textes protégés")
    void table() throws Exception {
        var html = kernel.ok("record Fruit(String name, int price) { }\ntable(List.of(new Fruit(\"<pomme>\", 2), new Fruit(\"poire\", 3)))")
                .result().get("text/html").getAsString();
        for (String expected : List.of("<table", "name", "price", "&lt;pomme&gt;", "poire")) assertTrue(html.contains(expected), html);
        assertFalse(html.contains("<pomme>"), html);
    }

    @Test
    @DisplayName("une table de rien dit en français ce qu'il lui faut")
    void emptyTable() throws Exception {
        assertTrue(String.join("\n", kernel.fails("table(new ArrayList<Record>());").traceback()).contains("enregistrement"));
    }

    @Test
    @DisplayName("progress() rend tous les éléments, et sa barre finit pleine")
    void progress() throws Exception {
        var cell = kernel.ok("int sum = 0;\nfor (int i : progress(50)) sum += i;\nsum");
        assertEquals("1225", cell.resultText());
        assertEquals("50 / 50", data(cell.messages("update_display_data").getLast()).get("text/plain").getAsString());
    }

    @Test
    @DisplayName("Live : le dessin paraît avant le travail, change pendant, et finit juste, toujours sous sa cellule")
    void liveDrawing() throws Exception {
        var cell = kernel.ok("""
                var drawing = new display.Timeline("Deux tâches");
                var seen = new CountDownLatch(3);
                display.Live.show(() -> { seen.countDown(); return drawing; }, () -> {
                    drawing.row("une").done(0, 1);
                    seen.await();                  // deux autres dessins demandés : le premier des deux est montré
                    drawing.row("deux").done(1, 2);
                });""");
        var first = cell.messages("display_data").getFirst();
        var updates = cell.messages("update_display_data");
        assertEquals(1, cell.messages("display_data").size());
        assertTrue(updates.size() >= 3, cell.types().toString());
        for (var update : updates) assertEquals(displayId(first), displayId(update));
        assertFalse(svg(first).contains(">une<"), svg(first));
        assertTrue(svg(updates.getFirst()).contains(">une<") && !svg(updates.getFirst()).contains(">deux<"), svg(updates.getFirst()));
        assertTrue(svg(updates.getLast()).contains(">deux<"), svg(updates.getLast()));
    }

    private static String svg(Message message) {
        return data(message).get("image/svg+xml").getAsString();
    }

    @Test
    @DisplayName("display() d'un objet dont toString() échoue dit l'erreur, et la cellule garde la suite")
    void failingDisplay() throws Exception {
        var cell = kernel.fails("display(new Object() { public String toString() { throw new IllegalStateException(\"pas envie\"); } });");
        assertEquals("java.lang.IllegalStateException", cell.error().get("ename").getAsString());
        assertEquals("2", kernel.value("1 + 1"));
    }
}
