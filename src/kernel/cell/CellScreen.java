package kernel.cell;

import com.google.gson.JsonObject;
import display.Screen;
import java.io.IOException;
import kernel.protocol.Json;

/** Montre les valeurs sous la cellule qui les montre. Protocole Jupyter, sections « Display data » et « Clear output ». */
public final class CellScreen implements Screen {
    @Override public void show(Object value, String id, boolean update) {
        try {
            OutputRouter.current().awaitRoom();
            OutputRouter.current().publish(update ? "update_display_data" : "display_data",
                    Json.object("data", Rendering.bundle(value), "metadata", new JsonObject(), "transient", Json.object("display_id", id)));
        } catch (IOException e) {
            System.err.println("Affichage impossible : " + e.getMessage());
        }
    }

    @Override public void clear(boolean wait) {
        OutputRouter.current().awaitRoom();
        OutputRouter.current().publish("clear_output", Json.object("wait", wait));
    }

    /** Section « Payloads » : l'ancienne façon, la seule que JupyterLab offre pour ouvrir un volet. */
    @Override public void page(String text) {
        OutputRouter.current().addPayload(Json.object("source", "page", "data", Json.object("text/plain", text), "start", 0));
    }
}
