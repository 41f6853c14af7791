"""Exécute des cellules ordinaires sur le noyau dont la commande est donnée, pour que la JVM apprenne ce qu'il charge.

Usage : python train.py <commande du noyau, avec {connection_file}>

Le noyau doit s'arrêter de lui-même à la demande : c'est en finissant qu'il écrit ce qu'il a appris.
"""
import json
import pathlib
import sys
import tempfile

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

TIMEOUT = 120  # secondes, pour une machine très chargée

CELLS = [
    'System.out.println("Bonjour, é à ç");',
    "1 + 1",
    "import java.util.concurrent.*; import java.util.stream.*; import java.time.*;",
    "var numbers = new int[] {1, 2, 3}; numbers",
    'record Point(int x, int y) { double norm() { return Math.hypot(x, y); } }\nnew Point(3, 4).norm()',
    'class Counter { private int n; synchronized int next() { return ++n; } }\nvar counter = new Counter();',
    'int twice(int n) { return 2 * n; }\nIntStream.range(0, 5).map(n -> twice(n)).boxed().toList()',
    'try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {\n'
    '    var jobs = IntStream.range(0, 4).mapToObj(i -> (Callable<Integer>) () -> { System.out.printf("%d%n", i); return i; }).toList();\n'
    '    for (var f : pool.invokeAll(jobs)) counter.next();\n}',
    'Thread.startVirtualThread(() -> System.err.println("fond")).join();',
    'var queue = new ArrayBlockingQueue<Integer>(1); queue.put(1); queue.take()',
    'CompletableFuture.supplyAsync(() -> "fini").get()',
    'for (int i = 0; i < 200; i++) System.out.println("ligne " + i);',
    'Stream.of("a", "b").collect(Collectors.joining(", "))',
    'throw new IllegalStateException("attendue");',
    "int x = = 3;",
    "unknownName",
]


def kernel_manager(argv, folder):
    spec = folder / "train"
    spec.mkdir()
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "train", "language": "java", "interrupt_mode": "message"}),
        encoding="utf-8")
    manager = KernelManager(
        kernel_name="train",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder)], ensure_native_kernel=False))
    manager.shutdown_wait_time = TIMEOUT
    return manager


def train(client):
    client.wait_for_ready(timeout=TIMEOUT)
    for cell in CELLS:
        client.execute_interactive(cell, output_hook=lambda message: None, timeout=TIMEOUT)
    client.complete("System.out.pri", reply=True, timeout=TIMEOUT)
    client.inspect("counter.next", reply=True, timeout=TIMEOUT)
    client.is_complete("class A {")
    client.get_shell_msg(timeout=TIMEOUT)
    answer = client.execute_interactive("twice(21)", output_hook=lambda message: None, timeout=TIMEOUT)
    if answer["content"]["status"] != "ok":
        sys.exit(f"le noyau a refusé une cellule correcte : {answer['content']}")


def main(argv):
    with tempfile.TemporaryDirectory() as folder:
        manager = kernel_manager(argv, pathlib.Path(folder))
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            train(client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel()


main(sys.argv[1:])
