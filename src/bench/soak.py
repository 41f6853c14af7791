"""Exécute des dizaines de milliers de cellules ordinaires sur un même noyau, et dit à chaque étape ce qu'il pèse et répond.

Usage : python soak.py <dossier des noyaux> <cellules>

Une ligne par étape : cellules exécutées, médiane et 99e centile du temps d'une cellule de l'étape, mémoire résidente.
"""
import statistics
import sys
import time

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

STAGES = 16
PATIENCE = 120  # secondes, pour une machine très chargée


def main(folder, count):
    specs = KernelSpecManager(kernel_dirs=[folder], ensure_native_kernel=False)
    manager = KernelManager(kernel_name="java", kernel_spec_manager=specs)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        stage = max(1, count // STAGES)
        for done in range(0, count, stage):
            report(done + stage, *measure(client, stage), psutil.Process(manager.provisioner.pid).memory_info().rss)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def measure(client, count):
    """Médiane et 99e centile, en secondes."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        value = run(client, "1 + 1")
        times.append(time.perf_counter() - start)
        if value != "2":
            sys.exit(f"Le noyau répond {value} à 1 + 1.")
    times.sort()
    return statistics.median(times), times[len(times) * 99 // 100]


def run(client, code):
    """La valeur de la cellule, une fois sa réponse et son « idle » reçus ; sans la part du temps que prend le reste du client."""
    request = client.execute(code, allow_stdin=False)
    value, idle = None, False
    while not idle:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "execute_result":
            value = message["content"]["data"]["text/plain"]
        idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
    client.get_shell_msg(timeout=PATIENCE)
    return value


def report(done, median, worst, memory):
    print(f"{done:7} cellules   médiane {median * 1000:5.1f} ms   99 % en moins de {worst * 1000:6.1f} ms   mémoire {memory / 2**20:4.0f} Mo", flush=True)


main(sys.argv[1], int(sys.argv[2]))
