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
    '//SOURCES ../src/asynchelpers/*.java\nimport static asynchelpers.AsyncHelpers.*;',
    'startTimer();\nsequence("a", 0.01)',
    '<T> void runAll(List<Callable<T>> jobs) throws Exception {\n'
    '    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {\n'
    '        for (var future : executor.invokeAll(jobs)) future.get();\n    }\n}',
    'runAll(IntStream.range(0, 3).mapToObj(i -> (Callable<Double>) () -> sequence("b" + i, 0.01)).toList());',
    'sealed interface Shape {} record Square(double side) implements Shape {} record Disc(double radius) implements Shape {}',
    'double area(Shape s) { return switch (s) { case Square(var a) -> a * a; case Disc(var r) -> Math.PI * r * r; }; }\n'
    'area(new Disc(1))',
    'int twice(int n) { return n + n; }',
    'var task = new FutureTask<Void>(() -> { throw new java.io.IOException("attendue"); });\n'
    'Thread.ofVirtual().name("fond").start(task).join(); task.state()',
    'new String[][] {{"a"}, {"b", null}}',
    'Map.of("un", 1, "deux", 2)',
    'throw new IllegalStateException("attendue");',
    "int x = = 3;",
    "unknownName",
]


def kernel_manager(argv, folder):
    spec = folder / "train"
    spec.mkdir()
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "train", "language": "java", "interrupt_mode": "message",
                    "metadata": {"supported_encryption": "curve"}}),
        encoding="utf-8")
    manager = KernelManager(
        kernel_name="train",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder)], ensure_native_kernel=False),
        transport_encryption="auto")
    manager.shutdown_wait_time = TIMEOUT  # au-delà, Jupyter tuerait le noyau qui écrit encore
    return manager


def run(client, cell):
    """Exécute la cellule, sans rien montrer de ce qu'elle affiche ; rend la réponse du noyau."""
    return client.execute_interactive(cell, output_hook=lambda message: None, timeout=TIMEOUT)["content"]


def train(client):
    client.wait_for_ready(timeout=TIMEOUT)
    for cell in CELLS:
        run(client, cell)
    client.complete("System.out.pri", reply=True, timeout=TIMEOUT)
    client.inspect("counter.next", reply=True, timeout=TIMEOUT)
    client.is_complete("class A {")
    client.get_shell_msg(timeout=TIMEOUT)
    answer = run(client, "twice(21)")
    if answer["status"] != "ok":
        sys.exit(f"le noyau a refusé une cellule correcte : {answer}")


def main(argv):
    with tempfile.TemporaryDirectory() as folder:
        manager = kernel_manager(argv, pathlib.Path(folder))
        manager.start_kernel(cwd=pathlib.Path(__file__).parents[2] / "notebooks")
        client = manager.client()
        client.start_channels()
        try:
            train(client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel()


main(sys.argv[1:])
