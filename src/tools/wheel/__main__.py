"""Lance le noyau du paquet pip : « python -m java_asynchrone FICHIER_DE_CONNEXION ».

jbangw, à côté, trouve un JDK 25 ou dit qu'il n'y en a pas, puis laisse la place à Java. Rien d'autre n'est importé que ce que
Python a déjà chargé : dans le dossier d'un notebook, un fichier peut s'appeler comme un module.
"""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
jbangw = os.path.join(here, "jbangw.cmd" if os.name == "nt" else "jbangw")
command = [
    jbangw, "java", "@" + os.path.join(here, "java.options"), "-Dkernel.jbang=" + jbangw,
    "-cp", os.path.join(here, "kernel.jar"), "kernel.Kernel", *sys.argv[1:],
]
if os.name == "nt":  # Windows ne sait pas remplacer un programme par un autre
    sys.path = sys.path[1:]
    import subprocess

    sys.exit(subprocess.call(command))
os.execv(jbangw, command)
