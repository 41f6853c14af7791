"""Exécute un notebook avec nbclient, et note ce que chaque cellule affiche, même bien après sa fin.

Usage : python run_notebook.py <demande.json> <compte rendu.json>

nbclient ne garde d'une cellule que ce qui arrive avant sa fin. Un second client, indépendant, écoute donc tout ce que
le noyau publie, et le range sous l'exécution à laquelle le noyau l'a attribué : celle du message parent.

La demande : {"notebook", "kernel", "kernel_dirs", "replace": {avant: après}, "steps": [...]}, où une étape est l'une de
  {"run": "*"} ou {"run": ["id", ...]}              exécuter toutes les cellules de code, ou celles-là
  {"run": ["id"], "source": texte}                  exécuter une cellule dont le texte est remplacé
  {"run": ["id"], "label": nom}                     exécuter une cellule et garder ce nom dans le compte rendu
  {"uncomment": "id"}                               exécuter une cellule après en avoir ôté les « // »
  {"await": "id", "line": regex, "count": n}        attendre que la dernière exécution de cette cellule montre n lignes
  {"restart": true}                                 redémarrer le noyau
"""
import asyncio
import copy
import json
import pathlib
import re
import sys
import time

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import Session
from nbclient import NotebookClient

DEADLINE = 240  # secondes, pour une machine très chargée : ne sert qu'à ne jamais attendre sans fin
SHOWN = {"execute_result": "result", "display_data": "display", "update_display_data": "update"}


class Recorder:
    """Écoute le noyau ; range chaque sortie sous le message qui l'a causée."""

    def __init__(self):
        self.life = 0  # après un redémarrage, nbclient numérote de nouveau ses messages à partir de zéro
        self.outputs = {}
        self.finished = set()
        self.changed = asyncio.Condition()

    async def listen(self, client):
        while True:
            message = await client.get_iopub_msg(timeout=None)
            parent = self.key(message)
            kind, content = message["msg_type"], message["content"]
            async with self.changed:
                if kind == "status" and content["execution_state"] == "idle":
                    self.finished.add(parent)
                elif text := self.text(kind, content):
                    late = parent in self.finished
                    self.outputs.setdefault(parent, []).append({**text, "late": late})
                self.changed.notify_all()

    def key(self, message):
        return self.life, message["parent_header"].get("msg_id")

    @staticmethod
    def text(kind, content):
        if kind == "stream":
            return {"name": content["name"], "text": content["text"]}
        if kind == "error":
            return {"name": "error", "text": "\n".join([f"{content['ename']}: {content['evalue']}", *content["traceback"]])}
        if kind in SHOWN:
            data = {mime: value for mime, value in content["data"].items() if isinstance(value, str)}
            return {"name": SHOWN[kind], "text": data.get("text/plain", "(image)"), "data": data}
        return None

    def count(self, message, line):
        text = "".join(o["text"] for o in self.outputs.get(message, []) if o["name"] == "stdout")
        return sum(1 for whole in text.split("\n")[:-1] if re.search(line, whole))


class Runner:
    def __init__(self, request):
        self.notebook = nbformat.read(request["notebook"], as_version=4)
        for cell in self.notebook.cells:
            for before, after in request["replace"].items():
                cell.source = cell.source.replace(before, after)
        self.places = {cell.id: place for place, cell in enumerate(self.notebook.cells)}
        self.cells = {cell.id: cell for cell in copy.deepcopy(self.notebook.cells)}  # nbclient modifie les siennes
        specs = KernelSpecManager(kernel_dirs=request["kernel_dirs"], ensure_native_kernel=False)
        self.client = NotebookClient(
            self.notebook,
            km=AsyncKernelManager(kernel_name=request["kernel"], kernel_spec_manager=specs, transport_encryption="auto"),
            resources={"metadata": {"path": str(pathlib.Path(request["notebook"]).parent)}},
            timeout=DEADLINE, startup_timeout=DEADLINE, allow_errors=True, on_cell_executed=self.executed)
        self.recorder = Recorder()
        self.executions = []
        self.missing = []
        self.label = None

    def executed(self, cell, cell_index, execute_reply):
        self.executions.append({
            "cell": cell.id,
            "message": self.recorder.key(execute_reply),
            "status": execute_reply["content"]["status"],
            "label": self.label,
            "seconds": time.monotonic() - self.started,
        })

    async def run(self, steps):
        async with self.client.async_setup_kernel(cleanup_kc=True):
            ear, listening = await self.listen()
            try:
                for step in steps:
                    if "restart" in step:
                        await self.stop_listening(ear, listening)
                        await self.restart()
                        ear, listening = await self.listen()
                    else:
                        await self.do(step)
            finally:
                await self.stop_listening(ear, listening)

    async def listen(self):
        # une session à elle : deux clients de la même ont la même identité, et un seul reçoit les réponses
        ear = self.client.km.client(session=Session(key=self.client.km.session.key))
        ear.start_channels()
        await ear.wait_for_ready(timeout=DEADLINE)  # revient quand ce client reçoit bien ce qui est publié
        return ear, asyncio.create_task(self.recorder.listen(ear))

    async def stop_listening(self, ear, listening):
        """Attend que cet autre client ait entendu, lui aussi, la fin de chaque exécution que nbclient a vue finir."""
        heard = lambda: all(e["message"] in self.recorder.finished for e in self.executions)
        try:
            async with self.recorder.changed:
                await asyncio.wait_for(self.recorder.changed.wait_for(heard), DEADLINE)
        except asyncio.TimeoutError:
            self.missing.append("la fin d'une exécution n'a pas été entendue")
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        ear.stop_channels()

    async def restart(self):
        self.recorder.life += 1
        self.client.kc.stop_channels()
        await self.client.km.restart_kernel()
        await self.client.async_start_new_kernel_client()

    async def do(self, step):
        self.label = step.get("label")
        if "await" in step:
            await self.await_lines(step["await"], step["line"], step["count"])
        elif "uncomment" in step:
            source = self.cells[step["uncomment"]].source
            await self.execute(step["uncomment"], re.sub(r"(?m)^// ?", "", source))
        else:
            for cell_id in self.cells if step["run"] == "*" else step["run"]:
                await self.execute(cell_id, step.get("source", self.cells[cell_id].source))

    async def execute(self, cell_id, source):
        self.started = time.monotonic()
        cell = copy.deepcopy(self.cells[cell_id])
        cell.source = source
        self.notebook.cells[self.places[cell_id]] = cell  # nbclient y cherche les affichages à remplacer
        await self.client.async_execute_cell(cell, self.places[cell_id])  # saute ce qui n'est pas du code

    async def await_lines(self, cell_id, line, count):
        message = next(e["message"] for e in reversed(self.executions) if e["cell"] == cell_id)
        enough = lambda: self.recorder.count(message, line) >= count
        try:
            async with self.recorder.changed:
                await asyncio.wait_for(self.recorder.changed.wait_for(enough), DEADLINE)
        except asyncio.TimeoutError:
            seen = self.recorder.count(message, line)
            self.missing.append(f"{cell_id} : {seen} lignes « {line} » au lieu de {count}")

    def report(self):
        known = {e["message"] for e in self.executions}
        return {
            "executions": [{**e, "outputs": self.recorder.outputs.get(e["message"], [])} for e in self.executions],
            "strays": [o["text"] for m, outputs in self.recorder.outputs.items() if m not in known for o in outputs],
            "missing": self.missing,
        }


def main(request_file, report_file):
    request = json.loads(pathlib.Path(request_file).read_text(encoding="utf-8"))
    runner = Runner(request)
    failure = None
    try:
        asyncio.run(runner.run(request["steps"]))
    except Exception as error:  # un noyau mort ou une cellule sans fin : le compte rendu dit jusqu'où l'on est allé
        failure = f"{type(error).__name__}: {error}"
    report = {**runner.report(), "failure": failure}
    pathlib.Path(report_file).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


main(*sys.argv[1:])
