"""La réserve d'un serveur : un noyau Java lancé d'avance (« kernel.Kernel --spare »), qui attend son fichier de connexion."""
import os
import subprocess
import threading
from dataclasses import dataclass

from jupyter_client.launcher import launch_kernel
from traitlets.log import get_logger

from .memory import available

OPTION = "--spare"
SWITCH = "JAVA_ASYNCHRONE_SPARE"  # variable d'environnement : 0 pour ne pas en avoir
REST = 4  # secondes après un lancement : les premières cellules passent d'abord
GRACE = 10  # secondes laissées à une réserve pour s'en aller
ENOUGH = 1024  # mébioctets : en dessous, la mémoire est à autre chose


@dataclass(frozen=True)
class Launch:
    """Un lancement. Une réserve ne convient qu'à un lancement égal : une JVM ne change ni de dossier ni d'environnement."""

    command: tuple  # sans le fichier de connexion, dont OPTION tient la place
    options: tuple  # dossier, environnement, et ce que `Popen` reçoit d'autre
    files: tuple  # nom, date et taille de ce qui compose le noyau : un jar refait en demande un autre
    connection_file: str

    @classmethod
    def of(cls, cmd, connection_file, spec, options):
        connection_file = os.path.realpath(connection_file)
        if cmd.count(connection_file) != 1:
            raise ValueError("le fichier de connexion n'est pas dans la commande")
        environment = {name: value for name, value in options["env"].items() if name not in ("JPY_SESSION_NAME", "JPY_PARENT_PID")}
        return cls(
            tuple(OPTION if word == connection_file else word for word in cmd),
            tuple(sorted((options | {"env": tuple(sorted(environment.items()))}).items())),
            tuple(sorted(describe(path) for path in [cmd[0], *os.scandir(spec.resource_dir)])),
            connection_file,
        )

    def matches(self, other):
        return (self.command, self.options, self.files) == (other.command, other.options, other.files)

    def start(self):
        options = dict(self.options)
        return launch_kernel(list(self.command), **options | {"env": dict(options["env"]), "stdin": subprocess.PIPE})


def describe(path):
    status = os.stat(path)
    return os.fspath(path), status.st_mtime_ns, status.st_size


class Spare:
    """Une réserve au plus par processus. Les méthodes ne lèvent jamais rien, et peuvent être appelées de tout thread."""

    _instance = None

    @classmethod
    def instance(cls):
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def __init__(self):
        self._lock = threading.Lock()
        self._launch = None
        self._process = None
        self._timer = None

    def take(self, launch):
        """Le processus de la réserve, qui devient le noyau de ce lancement ; rien si elle manque ou ne convient pas."""
        with self._lock:
            process, prepared = self._process, self._launch
            self._process = self._launch = None
        if process is None:
            return None
        try:
            if process.poll() is None and prepared.matches(launch):
                process.stdin.write(os.fsencode(launch.connection_file) + b"\n")
                process.stdin.close()
                return process
        except Exception as error:
            get_logger().warning("La réserve du noyau Java ne répond pas : %r", error)
        dismiss(process)
        return None

    def prepare(self, launch):
        """Dans quelques secondes, une réserve pour un lancement pareil ; d'ici là, un autre lancement repousse l'échéance."""
        if os.environ.get(SWITCH) == "0":
            return
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(REST, self._start, [launch])
            self._timer.daemon = True
            self._timer.start()

    def _start(self, launch):
        try:
            if available() < ENOUGH:
                return
            with self._lock:
                if self._process is None and self._timer is threading.current_thread():
                    self._process, self._launch = launch.start(), launch
        except Exception as error:
            get_logger().warning("Pas de réserve pour le noyau Java : %r", error)


def dismiss(process):
    """Congédie une réserve : la fin de son entrée lui suffit. Un thread attend sa fin, pour n'en laisser aucune trace."""
    try:
        process.stdin.close()
    except OSError:
        pass  # déjà finie
    threading.Thread(target=reap, args=[process], daemon=True).start()


def reap(process):
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
