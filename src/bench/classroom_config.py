"""La configuration que lit un administrateur, telle quelle, sauf l'adresse, et un programme (classroom.py) qui joue les élèves."""
import os

course, folder = os.environ["CLASSROOM_COURSE"], os.environ["CLASSROOM_FOLDER"]
port, hub_port, proxy_port = os.environ["CLASSROOM_PORTS"].split()

c = get_config()
load_subconfig(f"{course}/src/hub/jupyterhub_config.py")

c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.JupyterHub.services.append({"name": "classroom", "api_token": os.environ["CLASSROOM_TOKEN"]})
c.JupyterHub.load_roles.append({
    "name": "classroom",
    "services": ["classroom"],
    "scopes": ["admin:users", "admin:servers", "access:servers"],
})
if "CLASSROOM_ONE_ACCOUNT" in os.environ:  # sans être root, on ne crée pas de comptes : tous les élèves sont sous le nôtre
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = os.environ["CLASSROOM_PASSWORD"]
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = f"{folder}/homes/{{username}}"
    if os.geteuid() == 0:
        c.Spawner.args.append("--allow-root")
