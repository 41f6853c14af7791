"""La réserve de noyaux, avec de vrais noyaux et le vrai serveur de noyaux de Jupyter (AsyncMultiKernelManager).

Usage : python spare_test.py <dossier des noyaux> <dossier provisoire> <compte rendu.json> [nom d'un test]...

Le compte rendu : {phrase du test: "ok" ou ce qui a échoué}. Après chaque test, aucun processus ne doit rester.
"""
import asyncio
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

import psutil
from java_asynchrone import provisioner, spare
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.multikernelmanager import AsyncMultiKernelManager

PATIENCE = 120  # secondes, pour une machine très chargée
KERNELS, FOLDER, REPORT = (pathlib.Path(argument) for argument in sys.argv[1:4])
DYING_SERVER = """
import asyncio, sys
sys.argv[1:] = {arguments}
sys.path.insert(0, {here!r})
from spare_test import *
async def serve():
    server = Server(KERNELS)
    await server.start()
    await server.spare()
    print(*(child.pid for child in psutil.Process().children()), flush=True)
    await asyncio.sleep(PATIENCE)
asyncio.run(serve())
"""


async def eventually(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"jamais vrai : {what}")
        await asyncio.sleep(0.05)
    return found


def children():
    return {child.pid for child in psutil.Process().children() if child.is_running() and child.status() != psutil.STATUS_ZOMBIE}


class Server:
    """Ce qu'un serveur Jupyter fait des noyaux."""

    def __init__(self, kernels):
        specs = KernelSpecManager(kernel_dirs=[str(kernels)], ensure_native_kernel=False)
        self.kernels = AsyncMultiKernelManager(kernel_spec_manager=specs, default_kernel_name="java", connection_dir=str(FOLDER))
        self.clients = {}

    async def start(self, folder=FOLDER, **environment):
        """Un noyau de plus, dans ce dossier."""
        identity = await self.kernels.start_kernel(kernel_name="java", cwd=str(folder), env={**os.environ, **environment})
        await self.connect(identity)
        return identity

    async def connect(self, identity):
        client = self.kernels.get_kernel(identity).client()
        client.start_channels()
        self.clients[identity] = client
        await client._async_wait_for_ready(timeout=PATIENCE)

    async def restart(self, identity, now=False):
        self.clients.pop(identity).stop_channels()
        await self.kernels.restart_kernel(identity, now=now)
        await self.connect(identity)

    async def run(self, identity, code):
        """Le texte que montre cette cellule, ou le nom de son erreur."""
        shown = []

        def hook(message):
            if message["msg_type"] == "execute_result":
                shown.append(message["content"]["data"]["text/plain"])

        reply = await self.clients[identity]._async_execute_interactive(code, output_hook=hook, allow_stdin=False, timeout=PATIENCE)
        return shown[0] if shown else reply["content"].get("ename")

    def pid(self, identity):
        return self.kernels.get_kernel(identity).provisioner.pid

    async def spare(self):
        """Attend qu'une réserve soit lancée ; son processus."""
        return await eventually("une réserve est lancée", lambda: spare.Spare.instance()._process)

    async def close(self):
        for client in self.clients.values():
            client.stop_channels()
        await self.kernels.shutdown_all(now=True)


class SpareTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        spare.REST = 0.1
        os.environ[spare.SWITCH] = "1"
        spare.Spare._instance = None
        self.server = Server(KERNELS)

    async def asyncTearDown(self):
        await self.server.close()
        pool = spare.Spare.instance()
        if pool._timer:
            pool._timer.cancel()
            await asyncio.to_thread(pool._timer.join)
        if pool._process:
            spare.dismiss(pool._process)
        await eventually("plus aucun processus ne reste", lambda: not children())

    async def ready(self, **environment):
        """Un noyau, et la réserve qui le suit."""
        kernel = await self.server.start(**environment)
        return kernel, await self.server.spare()

    async def test_restart(self):
        """redémarrer prend la réserve, et une autre la remplace"""
        kernel, ready = await self.ready()
        await self.server.run(kernel, "int before = 1;")
        await self.server.restart(kernel)
        self.assertEqual(ready.pid, self.server.pid(kernel))
        self.assertEqual("2", await self.server.run(kernel, "1 + 1"))
        self.assertEqual("Erreur de compilation", await self.server.run(kernel, "before"))
        other = await self.server.spare()
        self.assertEqual({ready.pid, other.pid}, children())

    async def test_other_notebook(self):
        """un notebook de plus prend la réserve, quel que soit son nom"""
        first, ready = await self.ready(JPY_SESSION_NAME="un.ipynb")
        second = await self.server.start(JPY_SESSION_NAME="deux.ipynb")
        self.assertEqual(ready.pid, self.server.pid(second))
        self.assertEqual("true", await self.server.run(second, 'System.getenv("JPY_SESSION_NAME") == null'))

    async def test_other_folder(self):
        """dans un autre dossier, elle ne convient pas : elle s'en va"""
        _, ready = await self.ready()
        folder = FOLDER / "autre dossier"
        folder.mkdir(exist_ok=True)
        kernel = await self.server.start(folder)
        self.assertNotEqual(ready.pid, self.server.pid(kernel))
        self.assertEqual(str(folder), await self.server.run(kernel, 'System.getProperty("user.dir")'))
        await eventually("la réserve d'avant est partie", lambda: ready.pid not in children())

    async def test_other_environment(self):
        """avec un autre environnement, elle ne convient pas non plus"""
        _, ready = await self.ready()
        kernel = await self.server.start(SOMETHING="là")
        self.assertNotEqual(ready.pid, self.server.pid(kernel))
        self.assertEqual("là", await self.server.run(kernel, 'System.getenv("SOMETHING")'))

    async def test_other_jar(self):
        """un jar refait demande une autre réserve"""
        kernels = FOLDER / "noyaux"
        shutil.copytree(KERNELS / "java", kernels / "java")
        self.server = Server(kernels)
        kernel, ready = await self.ready()
        os.utime(kernels / "java" / "kernel.jar")
        await self.server.restart(kernel)
        self.assertNotEqual(ready.pid, self.server.pid(kernel))
        self.assertEqual("2", await self.server.run(kernel, "1 + 1"))

    async def test_dead_spare(self):
        """une réserve morte n'empêche rien"""
        kernel, ready = await self.ready()
        ready.kill()
        await self.server.restart(kernel)
        self.assertNotEqual(ready.pid, self.server.pid(kernel))
        self.assertEqual("2", await self.server.run(kernel, "1 + 1"))

    async def test_frozen_spare(self):
        """une réserve figée ne fige pas le serveur, et finit de force"""
        _, ready = await self.ready()
        ready.send_signal(signal.SIGSTOP)
        self.addCleanup(setattr, spare, "GRACE", spare.GRACE)
        spare.GRACE = 0.1
        spare.Spare.instance().take(None)
        await eventually("elle est finie de force", lambda: ready.pid not in children())

    async def test_control(self):
        """un noyau venu de la réserve s'interrompt, se finit par un signal, se redémarre de force"""
        kernel, ready = await self.ready()
        await self.server.restart(kernel)
        self.assertEqual(ready.pid, self.server.pid(kernel))
        endless = asyncio.create_task(self.server.run(kernel, "while (true) { }"))
        await asyncio.sleep(0)
        while not endless.done():  # avant le début de la cellule, l'interruption ne vise rien
            await self.server.kernels.interrupt_kernel(kernel)
            await asyncio.wait([endless], timeout=1)
        self.assertEqual("Interrompue", endless.result())
        await self.server.kernels.signal_kernel(kernel, signal.SIGTERM)
        await eventually("le signal l'a fini", lambda: ready.pid not in children())
        await self.server.spare()
        await self.server.restart(kernel, now=True)
        self.assertEqual("2", await self.server.run(kernel, "1 + 1"))

    async def test_lone_kernel(self):
        """un noyau seul, hors d'un serveur, n'a pas de réserve"""
        specs = KernelSpecManager(kernel_dirs=[str(KERNELS)], ensure_native_kernel=False)
        manager = KernelManager(kernel_name="java", kernel_spec_manager=specs)
        await manager._async_start_kernel(cwd=str(FOLDER))
        try:
            self.assertIsNone(spare.Spare.instance()._timer)
        finally:
            await manager._async_shutdown_kernel(now=True)

    async def test_without(self):
        """la variable d'environnement s'en passe, le manque de mémoire aussi"""
        os.environ[spare.SWITCH] = "0"
        await self.server.start()
        self.assertIsNone(spare.Spare.instance()._timer)
        os.environ[spare.SWITCH] = "1"
        self.addCleanup(setattr, spare, "ENOUGH", spare.ENOUGH)
        spare.ENOUGH = 10**9
        await self.server.start()
        await asyncio.to_thread(spare.Spare.instance()._timer.join)
        self.assertIsNone(spare.Spare.instance()._process)

    async def test_broken(self):
        """une faute de la réserve laisse le noyau démarrer"""
        def fail(*_):
            raise RuntimeError("essai")

        self.addCleanup(setattr, provisioner, "Launch", provisioner.Launch)
        provisioner.Launch = type("Broken", (), {"of": fail})
        self.assertEqual("2", await self.server.run(await self.server.start(), "1 + 1"))

    async def test_crowd(self):
        """vingt notebooks ouverts à la fois : vingt noyaux qui répondent, et une réserve"""
        spare.REST = 1
        kernels = await asyncio.gather(*(self.server.start() for _ in range(20)))
        answers = await asyncio.gather(*(self.server.run(kernel, "1 + 1") for kernel in kernels))
        self.assertEqual(["2"] * 20, answers)
        ready = await self.server.spare()
        self.assertEqual({ready.pid, *map(self.server.pid, kernels)}, children())

    async def test_held_ports(self):
        """un port tenu pour un noyau n'est pas pris par un autre programme, et s'ouvre pour lui"""
        with provisioner.hold("127.0.0.1") as holder:
            with socket.socket() as stranger:
                with self.assertRaises(OSError):
                    stranger.bind(holder.getsockname())
            with socket.create_server(holder.getsockname()) as kernel:  # SO_REUSEADDR, comme JeroMQ
                self.assertEqual(holder.getsockname(), kernel.getsockname())
        kernel = await self.server.start()
        manager = self.server.kernels.get_kernel(kernel)
        ports = {getattr(manager, name) for name in provisioner.PORTS}
        self.assertEqual(ports, {holder.getsockname()[1] for holder in manager.provisioner._held})
        await self.server.restart(kernel)
        self.assertEqual("2", await self.server.run(kernel, "1 + 1"))
        self.assertEqual(ports, {getattr(manager, name) for name in provisioner.PORTS})

    async def test_dead_server(self):
        """un serveur tué ne laisse ni noyau ni réserve"""
        script = DYING_SERVER.format(arguments=sys.argv[1:4], here=str(pathlib.Path(__file__).parent))
        server = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        family = await asyncio.to_thread(server.stdout.readline)
        server.kill()
        server.wait()
        server.stdout.close()
        pids = [int(pid) for pid in family.split()]
        self.assertEqual(2, len(pids))
        await eventually("le noyau et la réserve sont partis", lambda: not any(map(psutil.pid_exists, pids)))


class Report(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.lines = {}

    def note(self, test, outcome):
        self.lines[test._testMethodDoc] = outcome

    def addSuccess(self, test):
        self.note(test, "ok")

    def addFailure(self, test, error):
        self.note(test, self._exc_info_to_string(error, test))

    addError = addFailure


def main(names):
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names, SpareTest) if names else loader.loadTestsFromTestCase(SpareTest)
    report = Report()
    suite.run(report)
    REPORT.write_text(json.dumps(report.lines, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[4:])
