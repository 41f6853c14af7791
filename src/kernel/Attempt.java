package kernel;

import java.lang.reflect.InvocationTargetException;
import jdk.jshell.spi.ExecutionControl.StoppedException;
import kernel.assist.ErrorReport;
import kernel.cell.Cell;
import kernel.cell.CellError;
import kernel.cell.Rendering;
import kernel.run.CellThread.Code;
import kernel.run.Execution;

/** Exécute du code d'une cellule, et fait de ce qui l'arrête l'erreur que l'élève verra. */
final class Attempt {
    private final Execution execution;
    private final ErrorReport errors;

    Attempt(Execution execution, ErrorReport errors) {
        this.execution = execution;
        this.errors = errors;
    }

    /**
     * La valeur de ce code, exécuté dans le thread des cellules.
     *
     * @throws CellError s'il lance une exception, ou si la cellule est interrompue
     */
    Object run(Cell cell, Code code) throws CellError {
        try {
            return execution.call(cell, code);
        } catch (StoppedException e) {
            throw errors.interrupted(cell);
        } catch (InvocationTargetException e) {
            throw failure(cell, e.getCause());
        }
    }

    /** Décrit une exception dans le thread de la cellule : son {@code getMessage()} est peut-être du code de l'élève, il peut boucler. */
    CellError failure(Cell cell, Throwable thrown) {
        try {
            return (CellError) execution.call(cell, () -> errors.thrown(thrown));
        } catch (StoppedException e) {
            return errors.interrupted(cell);
        } catch (InvocationTargetException e) {
            String name = Rendering.typeName(thrown.getClass());
            return CellError.of(name, "Exception que rien ne peut décrire : " + name);
        }
    }
}
