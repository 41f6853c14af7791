"""La mémoire qu'un processus peut encore prendre : celle de la machine, ou la part que lui laisse son conteneur."""
import pathlib

CGROUPS = pathlib.Path("/sys/fs/cgroup")


def available():
    """En mébioctets. ImportError si `psutil` manque : on ne sait alors rien de la machine."""
    import psutil

    return min([psutil.virtual_memory().available, *limits()]) / 2**20


def limits():
    """Ce qu'il reste sous chaque limite des groupes de contrôle de Linux (`cgroup`, version 2), du nôtre à la racine."""
    for group in groups():
        try:
            yield int((group / "memory.max").read_text()) - int((group / "memory.current").read_text())
        except (OSError, ValueError):
            pass  # pas de limite ici : « max », ou rien


def groups():
    try:
        lines = pathlib.Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    path = next((line[3:] for line in lines if line.startswith("0::")), "/")
    own = CGROUPS / path.strip("/")
    return [own, *own.parents][: len(path.strip("/").split("/")) + 1]
