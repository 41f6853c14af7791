"""Une visite chez un noyau : ce qu'une personne y attend, mesuré avec jupyter_client.

Usage : python bench.py <dossier des noyaux> <nom> <chiffrement> <cellules> <déclarations> <lignes> <mesures.properties>

Le chiffrement est celui de jupyter_client : disabled, ou auto.

Le fichier rendu a une ligne par mesure, « nom=nombre » en secondes ou en mébioctets, et « nom.note=texte » quand il y a
quelque chose à en dire. Une mesure impossible n'a que sa note.
"""
import os
import pathlib
import statistics
import sys
import time
from queue import Empty

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.multikernelmanager import MultiKernelManager
from traitlets.config import Config

PATIENCE = 120  # secondes, pour une machine très chargée
SILENCE = 3  # secondes sans rien recevoir, la réponse étant là : ce qui manque ne viendra plus
REST = 2  # secondes : ce qu'un noyau fait encore après son démarrage compte dans sa mémoire
QUIET = 3  # secondes sans calcul : la réserve a fini de répéter
SWITCH = "JAVA_ASYNCHRONE_SPARE"
MEMORY_CELLS = 20
REPEATS = 5

JAVA = {
    "trivial": "1 + 1",
    "declarations": [
        "int count{n} = {n};",
        'String name{n} = "n° {n}";',
        "int twice{n}(int x) {{ return 2 * x + {n}; }}",
    ],
    "class": """
class Account{n} {{
    private final String owner;
    private long cents;
    Account{n}(String owner, long cents) {{
        this.owner = owner;
        this.cents = cents;
    }}
    void deposit(long amount) {{
        if (amount <= 0) throw new IllegalArgumentException("montant");
        cents += amount;
    }}
    String summary() {{ return owner + " : " + cents / 100.0; }}
}}
var account{n} = new Account{n}("Ada", 100);
account{n}.deposit(50); account{n}.summary()
""".strip(),
    "summary": "Ada : 1.5",
    "completions": ["String.valu|", "Math.ma|", '"a".isB|', "Integer.pars|", "System.out.pri|"],
    "inspections": ["Math.max|(1, 2)", "String.valueOf|(3)", 'Integer.parseInt|("3")', '"a".isBlank|()', "System.out.println|(3)"],
    "lines": 'for (int i = 0; i < {n}; i++) System.out.println("ligne " + i);',
}

PYTHON = {
    "trivial": "1 + 1",
    "declarations": [
        "count{n} = {n}",
        'name{n} = "n° {n}"',
        "def twice{n}(x): return 2 * x + {n}",
    ],
    "class": """
class Account{n}:
    def __init__(self, owner, cents):
        self.owner = owner
        self.cents = cents

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("montant")
        self.cents += amount

    def summary(self):
        return f"{{self.owner}} : {{self.cents / 100}}"

account{n} = Account{n}("Ada", 100)
account{n}.deposit(50); account{n}.summary()
""".strip(),
    "summary": "Ada : 1.5",
    "completions": ["str.ma|", "int.fr|", '"a".isa|', "dict.fro|", "print.__na|"],
    "inspections": ["max|(1, 2)", 'str.join|(",", "a")', 'int|("3")', 'str.isspace|("a")', "print|(3)"],
    "lines": 'for i in range({n}): print(f"ligne {{i}}")',
}


class Kernel:
    """Un noyau en marche, tel qu'un serveur Jupyter le lance, et son client."""

    def __init__(self, server, folder, name):
        self.server = server
        self.identity = server.start_kernel(kernel_name=name, cwd=folder)
        self.manager = server.get_kernel(self.identity)
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()

    def restart(self):
        self.client.stop_channels()
        self.manager.restart_kernel()
        self.connect()

    def close(self):
        self.client.stop_channels()
        self.server.shutdown_kernel(self.identity)

    def await_ready(self):
        """Comme wait_for_ready de jupyter_client, sans les 0,2 s pendant lesquelles il guette d'autres messages."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.client.kernel_info()
            try:
                self.client.get_shell_msg(timeout=1)
                self.client.get_iopub_msg(timeout=0.2)
                return
            except Empty:
                if not self.manager.is_alive():
                    break
        raise RuntimeError("ne démarre pas")

    def run(self, code):
        """Exécute une cellule jusqu'à sa réponse et son « idle » ; rend le texte de sa valeur."""
        values = []

        def hook(message):
            if message["msg_type"] == "execute_result":
                values.append(message["content"]["data"]["text/plain"].strip("'\""))

        reply = self.client.execute_interactive(code, output_hook=hook, allow_stdin=False, timeout=PATIENCE)
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"cellule refusée : {code[:40]}")
        return values[0] if values else None

    def memory(self):
        """En mébioctets, tous ses processus compris. Sous Linux, une page commune à plusieurs processus est partagée entre eux."""
        root = psutil.Process(self.manager.provisioner.pid)
        return sum(map(memory_of, [root, *root.children(recursive=True)])) / 2**20


def memory_of(process):
    rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup")
    if rollup.exists():
        return int(next(line for line in rollup.read_text().splitlines() if line.startswith("Pss:")).split()[1]) * 1024
    return process.memory_info().rss


def timed(action):
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def expect(kernel, code, value):
    seconds, result = timed(lambda: kernel.run(code))
    if result != value:
        raise RuntimeError(f"répond {result}")
    return seconds


class Visit:
    def __init__(self, folder, name, encryption, cells, declarations, lines):
        self.folder, self.name, self.encryption = folder, name, encryption
        self.cells, self.declarations, self.lines = int(cells), int(declarations), int(lines)
        self.codes = PYTHON if name == "python3" else JAVA
        self.server = MultiKernelManager(
            config=Config(KernelManager={"transport_encryption": encryption}),
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[folder], ensure_native_kernel=False),
            kernel_manager_class="jupyter_client.manager.KernelManager")
        self.prefix = ""
        self.measures = {}

    def measure(self, row, action):
        """Note la mesure ; un noyau qui n'en est pas capable n'empêche pas les suivantes."""
        try:
            self.measures[self.prefix + row] = action()
        except Exception as error:
            self.note(row, error)

    def note(self, row, error):
        lines = str(error).splitlines()
        self.measures[self.prefix + row + ".note"] = lines[0].replace("\\", "/") if lines else type(error).__name__

    def run(self):
        os.environ[SWITCH] = "0"
        for session in self.first_minute, self.long_session, self.restart:
            self.with_kernel(session)
        if "kernel_provisioner" in self.server.kernel_spec_manager.get_kernel_spec(self.name).metadata:
            self.run_with_spare()
        return self.measures

    def run_with_spare(self):
        """Les premières minutes de nouveau, quand un noyau de réserve attend. Seul notre noyau en a."""
        os.environ[SWITCH] = "1"
        self.prefix = "spare."
        self.with_kernel(lambda kernel, start: kernel.await_ready())
        try:
            for session in self.first_minute, self.short_session, self.restart:
                self.rest()
                self.with_kernel(session)
        except Exception as error:
            self.note("start", error)

    def rest(self):
        """S'il doit y avoir une réserve, attend qu'elle soit lancée et ne calcule plus."""
        if os.environ[SWITCH] == "0":
            return
        from java_asynchrone.spare import Spare

        deadline = time.monotonic() + PATIENCE
        while not (process := Spare.instance()._process):
            if time.monotonic() > deadline:
                raise RuntimeError("pas de réserve")
            time.sleep(0.1)
        before, now = None, psutil.Process(process.pid).cpu_times()
        while now != before:
            time.sleep(QUIET)
            before, now = now, psutil.Process(process.pid).cpu_times()

    def with_kernel(self, session):
        start = time.perf_counter()
        kernel = Kernel(self.server, self.folder, self.name)
        try:
            session(kernel, start)
        except Exception as error:
            self.note("start", error)
        finally:
            kernel.close()

    def since(self, start, kernel):
        expect(kernel, self.codes["trivial"], "2")
        return time.perf_counter() - start

    def trivial(self, kernel, count):
        return statistics.median(expect(kernel, self.codes["trivial"], "2") for _ in range(count))

    def first_minute(self, kernel, start):
        kernel.client.wait_for_ready(timeout=PATIENCE)
        self.measure("start", lambda: self.since(start, kernel))
        self.measure("cell", lambda: self.trivial(kernel, self.cells))

    def restart(self, kernel, _):
        kernel.await_ready()
        kernel.run(self.codes["trivial"])
        self.rest()
        self.measure("restart", lambda: timed(lambda: self.restarted(kernel))[0])

    def restarted(self, kernel):
        kernel.restart()
        kernel.await_ready()
        expect(kernel, self.codes["trivial"], "2")

    def short_session(self, kernel, start):
        kernel.await_ready()
        self.measure("start.bare", lambda: self.since(start, kernel))
        for _ in range(MEMORY_CELLS - 1):
            kernel.run(self.codes["trivial"])
        self.measure("memory", lambda: self.memory(kernel))
        self.measure("class", lambda: self.classes(kernel))

    def long_session(self, kernel, start):
        self.short_session(kernel, start)
        self.declare(kernel, range(MEMORY_CELLS - REPEATS))
        self.measure("memory.later", lambda: self.memory(kernel))
        self.measure("completion", lambda: self.completion(kernel))
        self.measure("inspection", lambda: self.inspection(kernel))
        self.measure("cell.later", lambda: self.later(kernel))
        self.measure("output", lambda: self.output(kernel))

    @staticmethod
    def memory(kernel):
        time.sleep(REST)
        return kernel.memory()

    def declare(self, kernel, numbers):
        kinds = self.codes["declarations"]
        for n in numbers:
            kernel.run(kinds[n % len(kinds)].format(n=n))

    def classes(self, kernel):
        cells = [self.codes["class"].format(n=n) for n in range(REPEATS)]
        return statistics.median(expect(kernel, cell, self.codes["summary"]) for cell in cells)

    def completion(self, kernel):
        return self.ask(self.codes["completions"], kernel.client.complete, lambda reply: reply["matches"])

    def inspection(self, kernel):
        return self.ask(self.codes["inspections"], kernel.client.inspect, lambda reply: reply["found"] and reply["data"])

    @staticmethod
    def ask(codes, question, useful):
        times, silent = [], 0
        for code in codes:
            before, after = code.split("|")  # « | » marque le curseur
            seconds, reply = timed(lambda: question(before + after, len(before), reply=True, timeout=PATIENCE)["content"])
            times.append(seconds)
            silent += not (reply["status"] == "ok" and useful(reply))
        if silent:
            raise RuntimeError(f"{silent} sur {len(codes)} sans réponse utile")
        return statistics.median(times)

    def later(self, kernel):
        self.declare(kernel, range(MEMORY_CELLS - REPEATS, self.declarations))
        return self.trivial(kernel, self.cells)

    def output(self, kernel):
        """Jusqu'à la dernière ligne reçue et la fin de la cellule ; dit combien de lignes se sont perdues."""
        start = last = time.perf_counter()
        request = kernel.client.execute(self.codes["lines"].format(n=self.lines), allow_stdin=False)
        received, idle = 0, False
        while not idle:
            try:
                message = kernel.client.get_iopub_msg(timeout=SILENCE)
            except Empty:
                if last_reply(kernel.client, request) or time.perf_counter() - last > PATIENCE:
                    break
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            last = time.perf_counter()
            if message["msg_type"] == "stream":
                received += message["content"]["text"].count("\n")
            idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        if received != self.lines:
            self.measures["output.note"] = f"{100 * (self.lines - received) / self.lines:.0f} % perdues"
        return last - start


def last_reply(client, request):
    """Vrai si la réponse à la cellule est arrivée."""
    try:
        return client.get_shell_msg(timeout=0)["parent_header"].get("msg_id") == request
    except Empty:
        return False


def main(folder, name, encryption, cells, declarations, lines, file):
    measures = Visit(folder, name, encryption, cells, declarations, lines).run()
    text = "".join(f"{row}={value}\n" for row, value in measures.items())
    pathlib.Path(file).write_text(text, encoding="utf-8")


main(*sys.argv[1:])
