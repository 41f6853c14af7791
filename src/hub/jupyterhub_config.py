"""Une classe sur une machine : le cours est installé une fois, et chaque élève a sa copie. Le mode d'emploi est ADMINISTRER.md.

    sudo .venv/bin/jupyterhub -f src/hub/jupyterhub_config.py

Rien n'y est à changer pour commencer. Ce que vous changerez peut-être est en haut.
"""
import os
import pathlib
import sys

memory = 1024  # Mo, au plus, pour chaque programme d'un élève ; la moitié, pour les objets Java de ses cellules
idle = 3600  # secondes sans rien faire, au bout desquelles un noyau, puis un serveur, est arrêté
spare = False  # un noyau prêt d'avance pour chaque élève : sa leçon s'ouvre plus vite, et il occupe la mémoire d'un noyau de plus
groups = set()  # {"eleves"} : les comptes de ce groupe seulement ; sinon, tous les comptes de la machine, sauf root
repository = ""  # "/srv/cours/depot" : les bibliothèques des leçons, pour une classe sans réseau
state = pathlib.Path(os.environ.get("COURSE_HUB_STATE", "/var/lib/java-asynchrone"))  # base de données, secrets, certificat

c = get_config()  # cette fonction est donnée par JupyterHub
course = pathlib.Path(__file__).resolve().parents[2]
installed = pathlib.Path(sys.prefix)  # l'environnement Python qui exécute ce fichier
state.mkdir(mode=0o700, parents=True, exist_ok=True)

# Qui entre : un compte de la machine, avec son mot de passe.
c.Authenticator.allow_all = not groups
c.LocalAuthenticator.allowed_groups = groups
c.Authenticator.blocked_users = {"root"}

# Par où : en HTTPS dès qu'un certificat est là ; sinon de cette machine seulement, car les mots de passe passeraient en clair.
certificate, key = state / "cert.pem", state / "key.pem"
if certificate.exists():
    c.JupyterHub.bind_url = "https://:443"
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(certificate), str(key)
else:
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.ConfigurableHTTPProxy.command = [str(installed / "node_modules/.bin/configurable-http-proxy")]

# Ce que reçoit un élève : sa copie du cours, et un serveur qui s'ouvre sur le sommaire.
c.Spawner.cmd = [str(course / "src/hub/student"), str(memory * 1024), str(installed / "bin/jupyterhub-singleuser")]
c.Spawner.notebook_dir = "~/java-asynchrone"
c.Spawner.default_url = "/lab/tree/notebooks/00-sommaire.ipynb"
c.Spawner.environment = {
    "JUPYTER_PREFER_ENV_PATH": "1",  # le noyau du cours, même si l'élève en a installé un autre du même nom
    "JAVA_ASYNCHRONE_SPARE": "1" if spare else "0",
    "JDK_JAVA_OPTIONS": f"-Xmx{memory // 2}m",  # bien avant la limite du système : la cellule échoue, le noyau reste
}
c.Spawner.args = [
    "--KernelManager.cache_ports=False",  # deux noyaux qui démarrent ensemble tirent parfois le même port : en tirer un autre
    "--KernelManager.transport_encryption=auto",  # sinon, tout compte de la machine lirait les cellules des autres
    f"--MappingKernelManager.cull_idle_timeout={idle}",
    "--MultiKernelManager.default_kernel_name=java",
    "--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=100000",  # octets par seconde : au-delà, le navigateur se figerait
    "--LanguageServerManager.autodetect=False",
    f"--LabApp.extra_labextensions_path={course / 'src/tools/labextension'}",  # le bandeau des lignes tardives
]
if repository:
    c.Spawner.environment["JBANG_REPO"] = repository

# Toute la classe arrive à la même minute.
c.JupyterHub.concurrent_spawn_limit = 20
c.Spawner.start_timeout = c.Spawner.http_timeout = 180

# Qui ne fait plus rien rend sa mémoire. Sa copie reste.
c.JupyterHub.services = [{
    "name": "cull",
    "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={idle}"],
}]
c.JupyterHub.load_roles = [{
    "name": "cull",
    "services": ["cull"],
    "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
}]
