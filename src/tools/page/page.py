"""Exécute un notebook sur le noyau du cours et en fait une page HTML qui se suffit à elle-même.

Usage : python page.py <dossier des noyaux> <notebook> <page HTML> <feuille de style> <titre>

nbclient ne garde pas ce qui arrive après la fin d'une cellule : ici, chaque sortie va à la cellule dont la demande est
le « parent » du message, quel que soit le moment où elle arrive. Écrit sur la sortie standard les cellules en erreur, une par ligne.
"""
import asyncio
import base64
import html
import mimetypes
import pathlib
import re
import sys
import time

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbconvert import HTMLExporter
from nbformat.v4 import output_from_msg
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

DEADLINE = 120       # secondes, pour une cellule
QUIET = 3            # secondes sans un mot du noyau : il n'a plus rien à dire
PATIENCE = 20        # secondes : un serveur peut écrire sans fin


class Collector:
    """Range ce que le noyau publie sous la cellule qui l'a demandé."""

    def __init__(self):
        self.cells = {}                 # identifiant de la demande -> cellule
        self.done = set()
        self.cleared = set()
        self.heard = time.monotonic()
        self.changed = asyncio.Condition()

    async def listen(self, client):
        while True:
            message = await client.get_iopub_msg(timeout=None)
            async with self.changed:
                self.receive(message)
                self.changed.notify_all()

    def receive(self, message):
        request = message["parent_header"].get("msg_id")
        kind, content = message["msg_type"], message["content"]
        cell = self.cells.get(request)
        if cell is None:
            return
        if kind == "status":
            if content["execution_state"] == "idle":
                self.done.add(request)
            return
        self.heard = time.monotonic()
        if kind == "clear_output":
            self.cleared.add(request)   # à la sortie suivante, comme JupyterLab
        elif kind == "update_display_data":
            self.update(content)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if request in self.cleared:
                self.cleared.discard(request)
                cell.outputs = []
            self.add(cell, message)

    @staticmethod
    def add(cell, message):
        last = cell.outputs[-1] if cell.outputs else None
        if message["msg_type"] == "stream" and last and last.get("name") == message["content"]["name"]:
            last["text"] += message["content"]["text"]
            return
        output = output_from_msg(message)
        display = message["content"].get("transient", {}).get("display_id")
        if display:
            output["metadata"]["display"] = display
        cell.outputs.append(output)

    def update(self, content):
        for cell in self.cells.values():
            for output in cell.outputs:
                if output.get("metadata", {}).get("display") == content["transient"]["display_id"]:
                    output["data"] = content["data"]


async def execute(notebook, folder, specs):
    manager = AsyncKernelManager(kernel_name="java", kernel_spec_manager=specs, transport_encryption="auto")
    await manager.start_kernel(cwd=str(folder))
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=DEADLINE)
        collector = Collector()
        listening = asyncio.create_task(collector.listen(client))
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs = []
            request = client.execute(cell.source, stop_on_error=False)
            collector.cells[request] = cell
            async with collector.changed:
                await asyncio.wait_for(collector.changed.wait_for(lambda: request in collector.done), DEADLINE)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < min(end, collector.heard + QUIET):
            await asyncio.sleep(0.2)
        listening.cancel()
    finally:
        client.stop_channels()
        await manager.shutdown_kernel()
    return [cell for cell in notebook.cells if cell.cell_type == "code" and any(o.output_type == "error" for o in cell.outputs)]


def page(notebook, folder, style, title):
    config = Config({"HTMLExporter": {"template_name": "basic", "exclude_input_prompt": True,
                                      "exclude_output_prompt": True, "exclude_anchor_links": True}})
    body, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources={"metadata": {"path": str(folder)}})
    body = re.sub(r'src="(\.\./media/[^"]+)"', lambda image: f'src="{inside(folder / image.group(1))}"', body)
    body = re.sub(r'href="(\d\d-[\w-]+)\.ipynb', lambda link: f'href="{page_name(link.group(1))}', body)
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    return f"""<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>
{colours}
{style}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def inside(image):
    """L'image elle-même, à la place de son adresse : nbconvert ne prend que celles du dossier du notebook."""
    kind, _ = mimetypes.guess_type(image)
    return f"data:{kind};base64,{base64.b64encode(image.read_bytes()).decode()}"


def page_name(lesson):
    return "index.html" if lesson == "00-sommaire" else f"{lesson}.html"


def main(kernels, source, target, style, title):
    path = pathlib.Path(source)
    notebook = nbformat.read(path, as_version=4)
    specs = KernelSpecManager(kernel_dirs=[kernels], ensure_native_kernel=False)
    failed = asyncio.run(execute(notebook, path.parent, specs))
    text = page(notebook, path.parent, pathlib.Path(style).read_text(encoding="utf-8"), title)
    pathlib.Path(target).write_text(text, encoding="utf-8")
    for cell in failed:
        print(f"en erreur : {cell.id}")


main(*sys.argv[1:])
