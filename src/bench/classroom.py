"""Joue une classe contre un JupyterHub : tous les élèves, à la fois, ouvrent leur serveur et exécutent la leçon 2.

Usage : CLASSROOM_TOKEN=<jeton> CLASSROOM_PASSWORD=<mot de passe de tous> python classroom.py <adresse du hub> <limite en s> <élève>...

Chaque élève fait ce que fait son navigateur : l'entrée, par son mot de passe, le serveur, la session du notebook de sa copie, puis
les cellules, une à une, par le WebSocket du noyau. Sa leçon est finie quand les dernières lignes de ses trente clients, et de son
serveur, sont arrivées. La mémoire est lue quand tous ont fini, noyaux et serveurs encore là.
Le code de sortie est 1 si un élève n'a pas fini.
"""
import json
import os
import pathlib
import statistics
import sys
import threading
import time
import uuid

import requests
import websocket

NOTEBOOK = "notebooks/02-les-librairies.ipynb"
SERVER, CLIENTS = 25, 33  # les lignes du plan de la leçon : la cellule du serveur, celle des trente clients
STOP = 180  # secondes, pour que tous les serveurs s'arrêtent
EXPECTED = {SERVER: ("fermeture de", 31), CLIENTS: ("réponse :", 30)}


class Failure(Exception):
    """Ce qui arrête un élève, en une phrase."""


class Student:
    def __init__(self, url, token, name):
        self.url, self.name, self.token = url, name, token
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"token {token}"
        self.times, self.doing, self.failure, self.errors = {}, "entrer", None, []
        self.reconnections = 0
        self.text = {row: "" for row in EXPECTED}

    def left(self):
        left = self.end - time.monotonic()
        if left <= 0:
            raise Failure(f"n'a pas eu le temps de {self.doing}")
        return left

    def run(self):
        self.start = time.monotonic()
        try:
            self.log_in()
            self.open_server()
            self.note("serveur")
            self.play()
            self.note("leçon")
        except Failure as failure:
            self.failure = str(failure)
        except Exception as error:  # le réseau, un serveur mort : dit, et les autres continuent
            self.failure = f"échec en voulant {self.doing} ({type(error).__name__}) : {error}"

    def note(self, step):
        self.times.setdefault(step, time.monotonic() - self.start)

    def ask(self, method, path, **options):
        answer = self.http.request(method, self.url + path, timeout=min(120, self.left()), **options)
        if answer.status_code >= 400:
            raise Failure(f"le hub ou le serveur refuse de {self.doing} : {answer.status_code} {answer.text[:200]}")
        return answer

    def log_in(self):
        with requests.Session() as browser:
            login = f"{self.url}/hub/login"
            browser.get(login, timeout=min(60, self.left()))
            form = {"username": self.name, "password": os.environ["CLASSROOM_PASSWORD"], "_xsrf": browser.cookies["_xsrf"]}
            answer = browser.post(login, data=form, allow_redirects=False, timeout=min(60, self.left()))
        if answer.status_code != 302:  # 302 : vers son serveur ; sinon, la page d'entrée de nouveau
            raise Failure(f"son mot de passe n'a pas été accepté ({answer.status_code})")

    def open_server(self):
        self.doing = "ouvrir son serveur"
        user = f"/hub/api/users/{self.name}"
        self.ask("POST", f"{user}/server")
        with self.ask("GET", f"{user}/server/progress", stream=True) as events:  # ce que suit la page d'attente du navigateur
            for line in events.iter_lines():
                event = json.loads(line.removeprefix(b"data:")) if line.startswith(b"data:") else {}
                if event.get("ready"):
                    return
                if event.get("failed"):
                    break
        raise Failure("son serveur s'est arrêté en démarrant : voyez build/class/hub.log")

    def play(self):
        self.doing = "charger le bandeau des lignes tardives"
        self.ask("GET", f"/user/{self.name}/lab/extensions/cours/static/remoteEntry.js")
        self.doing = "lire sa copie de la leçon"
        home = f"/user/{self.name}/api"
        cells = self.ask("GET", f"{home}/contents/{NOTEBOOK}").json()["content"]["cells"]
        self.doing = "démarrer un noyau"
        session = self.ask("POST", f"{home}/sessions", json={
            "path": NOTEBOOK, "name": "02", "type": "notebook", "kernel": {"name": "java"}}).json()
        channels = f"{self.url.replace('http', 'ws', 1)}{home}/kernels/{session['kernel']['id']}/channels?session_id={session['id']}"
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        self.first_result(channels, code[0])
        self.note("premier résultat")
        for cell in code[1:]:
            self.execute(cell)
        self.doing = "recevoir les dernières lignes"
        while any(self.text[row].count(line) < count for row, (line, count) in EXPECTED.items()):
            self.receive()
        self.socket.close()

    def first_result(self, channels, cell):
        """Comme un navigateur, se reconnecte si le noyau, dont un port était pris, a été relancé sur d'autres."""
        self.parents = {}
        while True:
            self.socket = websocket.create_connection(channels, header=[f"Authorization: token {self.token}"], timeout=self.left())
            try:
                return self.execute(cell)
            except websocket.WebSocketConnectionClosedException:
                self.reconnections += 1

    def execute(self, cell):
        row = cell["metadata"].get("lesson", {}).get("cell")
        self.doing = f"exécuter la cellule « {cell['id']} »"
        message = uuid.uuid4().hex
        self.parents[message] = row
        self.socket.send(json.dumps({
            "channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
            "header": {"msg_id": message, "msg_type": "execute_request", "username": self.name, "session": self.name, "version": "5.4"},
            "content": {"code": "".join(cell["source"]), "silent": False, "store_history": True, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": True}}))
        waiting = {"execute_reply", "idle"}
        while waiting:
            received = self.receive()
            if received["parent_header"].get("msg_id") != message:
                continue
            waiting.discard(received["msg_type"])
            waiting.discard(received["content"].get("execution_state"))
            if received["msg_type"] == "execute_reply" and received["content"]["status"] != "ok":
                self.errors.append(f"cellule {cell['id']} en erreur : {received['content'].get('evalue')}")

    def stop(self):
        """Ferme son serveur, donc son noyau, qui efface ainsi son dossier ; ce qui ne s'arrête pas sera tué."""
        self.doing = "arrêter son serveur"
        try:
            self.ask("DELETE", f"/hub/api/users/{self.name}/server")
            while self.ask("GET", f"/hub/api/users/{self.name}").json()["servers"]:
                time.sleep(min(0.2, self.left()))
        except (Failure, requests.RequestException) as error:
            self.errors.append(f"son serveur ne s'est pas arrêté : {error}")

    def receive(self):
        self.socket.settimeout(self.left())
        try:
            message = json.loads(self.socket.recv())
        except websocket.WebSocketTimeoutException:
            raise Failure(f"n'a pas eu le temps de {self.doing}") from None
        content = message["content"]
        if content.get("execution_state") in ("dead", "restarting", "autorestarting"):
            raise Failure(f"son noyau est mort ({content['execution_state']}) en voulant {self.doing}")
        row = self.parents.get(message["parent_header"].get("msg_id"))
        if message["msg_type"] == "stream" and row in EXPECTED:
            self.text[row] += content["text"]
        return message


def memory(names):
    """La mémoire de chaque élève (PSS, en Mo), noyaux et serveur : ce qu'ils partagent est compté une fois, réparti entre eux."""
    sizes = {name: {"noyau": 0, "serveur": 0, "reste": 0} for name in names}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            environment = dict(item.split(b"=", 1) for item in (process / "environ").read_bytes().split(b"\0") if b"=" in item)
            name = environment.get(b"JUPYTERHUB_USER", b"").decode()
            if name not in sizes:
                continue
            command = (process / "cmdline").read_bytes()
            rollup = (process / "smaps_rollup").read_text()
        except OSError:
            continue  # un programme qui vient de finir
        kind = "noyau" if b"kernel.Kernel" in command else "serveur" if b"jupyterhub-singleuser" in command else "reste"
        sizes[name][kind] += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1]) / 1024
    return sizes


def french(number, digits):
    return f"{number:.{digits}f}".replace(".", ",")


def report(students, sizes):
    columns = ["serveur", "premier résultat", "leçon"]
    print("\n| élève | serveur prêt | premier résultat | leçon finie | noyau | serveur | reste |")
    print("|:--|--:|--:|--:|--:|--:|--:|")
    for student in students:
        times = [f"{french(student.times[c], 1)} s" if c in student.times else "–" for c in columns]
        print("|", " | ".join([student.name, *times, *(f"{french(size, 0)} Mo" for size in sizes[student.name].values())]), "|")
    done = [student for student in students if student.failure is None]
    if done:
        median = [statistics.median(s.times[c] for s in done) for c in columns]
        kinds = [statistics.median(sizes[s.name][kind] for s in done) for kind in ("noyau", "serveur", "reste")]
        print("| **médiane** |", " | ".join([*(f"{french(m, 1)} s" for m in median), *(f"{french(k, 0)} Mo" for k in kinds)]), "|")
    total = sum(sum(size.values()) for size in sizes.values())
    print(f"\nMémoire des élèves : {french(total, 0)} Mo, soit {french(total / len(students), 0)} Mo par élève.")
    print(f"Leçon finie pour {len(done)} élèves sur {len(students)}.")
    for student in students:
        if student.failure:
            print(f"{student.name} : {student.failure}")
        if student.reconnections:
            print(f"{student.name} : connexions perdues avant le premier résultat : {student.reconnections}")
        for error in student.errors:
            print(f"{student.name} : {error}")


def together(students, action, seconds):
    """Tous à la fois, et pas plus longtemps : un thread qui ne finit pas est laissé là."""
    end = time.monotonic() + seconds
    for student in students:
        student.end = end
    threads = [threading.Thread(target=action, args=[student], daemon=True) for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, end - time.monotonic()) + 5)


def main(url, limit, *names):
    token = os.environ["CLASSROOM_TOKEN"]
    students = [Student(url, token, name) for name in names]
    together(students, Student.run, float(limit))
    for student in students:
        if student.failure is None and "leçon" not in student.times:
            student.failure = f"n'a pas eu le temps de {student.doing}"
    sizes = memory(names)
    together(students, Student.stop, STOP)
    report(students, sizes)
    sys.exit(any(student.failure or student.errors for student in students))


main(*sys.argv[1:])
