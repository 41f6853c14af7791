package kernel.cell;

import com.google.gson.JsonObject;
import display.Screen;
import java.io.IOException;
import kernel.protocol.Json;

/** Montre les valeurs sous la cellule qui les montre. Protocole Jupyter, sections « Display data » et « Clear output ». */
public final class CellScreen implements Screen {
    @Override
    public void show(Object value, String id, boolean update) {
        Cell cell = CurrentCell.get();
        try {
            cell.awaitRoom();
            cell.publish(update ? "update_display_data" : "display_data",
                    Json.object("data", Rendering.bundle(value), "metadata", new JsonObject(), "transient", Json.object("display_id", id)));
        } catch (IOException e) {
            cell.warn("Affichage impossible : " + e.getMessage());
        }
    }

    @Override
    public void clear(boolean wait) {
        Cell cell = CurrentCell.get();
        cell.awaitRoom();
        cell.publish("clear_output", Json.object("wait", wait));
    }
}
