"""Comment un serveur Jupyter lance le noyau Java : en prenant, s'il convient, un noyau de réserve déjà échauffé.

jupyter_client crée un « provisioner » par noyau, d'après le « kernel_provisioner » de kernel.json. Celui-ci ne change que le
lancement ; arrêt, signaux et redémarrage restent ceux de LocalProvisioner. Quoi qu'il arrive à la réserve, le noyau est
lancé comme s'il n'y en avait pas.
"""
import os

from jupyter_client.multikernelmanager import MultiKernelManager
from jupyter_client.provisioning import LocalProvisioner

from .spare import Launch, Spare


class SpareProvisioner(LocalProvisioner):
    """Lance le noyau, ou donne son fichier de connexion à la réserve du serveur."""

    async def pre_launch(self, **kwargs):
        # Avec des ports gardés d'avance, un redémarrage après une collision réessaie les mêmes ports, et meurt pour de bon.
        if self.parent:
            self.parent.cache_ports = False
        return await super().pre_launch(**kwargs)

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
