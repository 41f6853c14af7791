"""Sert JupyterLab pour Lab.java, et s'arrête quand celui-ci disparaît.

Usage : python lab.py <port> <racine> <page d'accueil> [--no-browser]

Lab.java tient l'autre bout de l'entrée standard : dès qu'elle se ferme, qu'il finisse ou qu'il soit tué, le serveur
arrête ses noyaux et s'en va. Ctrl-C ne va qu'à Lab.java : il n'y a donc qu'un chemin pour s'arrêter.
"""
import os
import sys
import threading

from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp


def stop_when_orphaned():
    while os.read(0, 1024):  # pas sys.stdin : un serveur qui refuse de démarrer finirait en « Fatal Python error »
        pass
    ServerApp.instance().stop()


def arguments(port, root, page, *others):
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",  # Lab.java choisit le port suivant, et le dit
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url={page}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.extra_labextensions_path={os.path.join(os.path.dirname(os.path.abspath(__file__)), 'labextension')}",
        f"--FileCheckpoints.checkpoint_dir={os.path.join(root, '.venv', 'jupyter', 'checkpoints')}",
        "--LanguageServerManager.autodetect=False",
        # Une cellule qui écrit sans fin figerait le navigateur : au-delà de 100 ko par seconde, le serveur coupe et le dit.
        "--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=100000",
        "--MultiKernelManager.default_kernel_name=java",
        # Sans chiffrement, tout programme de la machine lirait les cellules et leurs sorties.
        "--KernelManager.transport_encryption=auto",
        # Sinon, un noyau qui trouve un de ses ports pris est relancé sur les mêmes, et meurt pour de bon.
        "--KernelManager.cache_ports=False",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return options + list(others)


if hasattr(os, "setsid"):
    os.setsid()
threading.Thread(target=stop_when_orphaned, daemon=True).start()
LabApp.launch_instance(arguments(*sys.argv[1:]))
