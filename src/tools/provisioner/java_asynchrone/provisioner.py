"""Comment un serveur Jupyter lance le noyau Java : en prenant, s'il convient, un noyau de réserve déjà échauffé.

jupyter_client crée un « provisioner » par noyau, d'après le « kernel_provisioner » de kernel.json. Celui-ci ne change que le
lancement ; arrêt, signaux et redémarrage restent ceux de LocalProvisioner. Quoi qu'il arrive à la réserve, le noyau est
lancé comme s'il n'y en avait pas.
"""
import os
import socket
import sys

from jupyter_client.multikernelmanager import MultiKernelManager
from jupyter_client.provisioning import LocalProvisioner

from .spare import Launch, Spare

PORTS = "shell_port", "iopub_port", "stdin_port", "hb_port", "control_port"


def hold(ip):
    """Un port libre de cette adresse, ouvert sans être écouté."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind((ip, 0))
    except OSError:
        holder.close()
        raise
    return holder


class SpareProvisioner(LocalProvisioner):
    """Lance le noyau, ou donne son fichier de connexion à la réserve du serveur."""

    _held = ()

    async def pre_launch(self, **kwargs):
        # Avec des ports gardés d'avance, un redémarrage après une collision réessaie les mêmes ports, et meurt pour de bon.
        if self.parent:
            self.parent.cache_ports = False
            self._hold_ports(self.parent)
        return await super().pre_launch(**kwargs)

    def _hold_ports(self, manager):
        """Choisit cinq ports, et les tient jusqu'à la fin du noyau : personne d'autre ne les reçoit avant qu'il les ouvre.

        Sous Linux, un port ouvert sans être écouté n'est plus donné à qui en demande un, mais peut encore l'être, avec
        SO_REUSEADDR, à qui le nomme : JeroMQ le demande. Ailleurs, ou si cela échoue, jupyter_client choisit comme il sait.
        """
        if sys.platform != "linux" or manager.transport != "tcp" or any(getattr(manager, name) for name in PORTS):
            return
        try:
            self._held = [hold(manager.ip) for _ in PORTS]
        except OSError as error:
            self.log.warning("Les ports du noyau Java n'ont pas pu être tenus : %r", error)
            return
        for name, holder in zip(PORTS, self._held):
            setattr(manager, name, holder.getsockname()[1])

    async def cleanup(self, restart=False):
        if not restart:
            for holder in self._held:
                holder.close()
            self._held = ()
        await super().cleanup(restart)

    async def launch_kernel(self, cmd, **kwargs):
        launch = self._launch(cmd, kwargs)
        process = launch and Spare.instance().take(launch)
        if process:
            self._adopt(process, kwargs)
        else:
            await super().launch_kernel(cmd, **kwargs)
        if launch:
            Spare.instance().prepare(launch)
        return self.connection_info

    def _launch(self, cmd, kwargs):
        """Ce qui est lancé ; rien s'il ne faut pas de réserve : pour un seul noyau, elle ne servirait jamais."""
        try:
            if isinstance(self.parent.parent, MultiKernelManager):
                return Launch.of(cmd, self.parent.connection_file, self.kernel_spec, self._scrub_kwargs(kwargs))
        except Exception as error:
            self.log.warning("Noyau Java lancé sans réserve : %r", error)
        return None

    def _adopt(self, process, kwargs):
        """Ce processus est désormais notre noyau. Il a sa propre session : son groupe a son numéro."""
        self.process = process
        self.pid = process.pid
        self.pgid = process.pid if hasattr(os, "getpgid") else None
        self.cwd = kwargs.get("cwd", os.getcwd())
