"""La suite d'essais du protocole, écrite par l'équipe de Jupyter (jupyter_kernel_test), sur le noyau installé.

Usage : python kernel_test.py <dossier des noyaux> <compte rendu.json>

Le compte rendu : {nom du test: {"status": "ok" | "skipped" | "failed", "detail": texte}}. Aucun échantillon n'est laissé
vide : un test que la suite ignorerait serait un trou.
"""
import contextlib
import json
import pathlib
import sys
import unittest

import jupyter_kernel_test
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

PATIENCE = 30  # secondes, pour une machine très chargée ; la suite n'attend un message publié que 0,1 s

HTML = 'display(html("<b>gras</b>"))'
SVG = 'display(svg("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"))'
PNG = """
var image = new java.awt.image.BufferedImage(2, 2, java.awt.image.BufferedImage.TYPE_INT_RGB);
var bytes = new java.io.ByteArrayOutputStream();
javax.imageio.ImageIO.write(image, "png", bytes);
display(png(bytes.toByteArray()));
"""


def manager():
    specs = KernelSpecManager(kernel_dirs=[sys.argv[1]], ensure_native_kernel=False)
    return KernelManager(kernel_name="java", kernel_spec_manager=specs, transport_encryption="auto")


@contextlib.contextmanager
def patience(channel):
    """Laisse aux messages attendus le temps d'arriver : ce qui est vérifié ne change pas."""
    hurried = channel.get_msg
    channel.get_msg = lambda timeout=None: hurried(timeout=PATIENCE)
    try:
        yield
    finally:
        channel.get_msg = hurried


class JavaKernelTests(jupyter_kernel_test.KernelTests):
    language_name = "java"
    file_extension = ".java"
    code_hello_world = 'System.out.println("hello, world");'
    code_stderr = 'System.err.println("erreur");'
    completion_samples = [
        {"text": "List.o", "matches": {"of("}},
        {"text": "Integer.MAX_", "matches": {"MAX_VALUE"}},
        # un nom déclaré plus haut dans la même cellule, pas encore exécutée
        {"text": 'String town = "Nice";\ntown.isBl', "matches": {"isBlank()"}},
        {"text": "class Shop {\n    void openDoor() { }\n}\nnew Shop().openD", "matches": {"openDoor()"}},
    ]
    complete_code_samples = ["1 + 1", "int x = 3;", "void f() { }", "// rien", "record P(int x) { }\nnew P(1)"]
    incomplete_code_samples = ["void f() {", "int x =", 'String s = """', "/* ouvert", "class A { int n;"]
    invalid_code_samples = ["int x = = 3;", "class { }"]
    code_generate_error = 'throw new RuntimeException("voulue");'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": '"é" + 1', "result": "é1"},
        {"code": "new int[] {1, 2}", "result": "[1, 2]"},
        {"code": 'html("<i>x</i>")', "mime": "text/html", "result": "<i>x</i>"},
    ]
    code_display_data = [
        {"code": HTML, "mime": "text/html"},
        {"code": SVG, "mime": "image/svg+xml"},
        {"code": PNG, "mime": "image/png"},
    ]
    code_history_pattern = "1?+?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "clearOutput()"

    @classmethod
    def setUpClass(cls):
        cls.km = manager()
        cls.km.start_kernel()
        cls.kc = cls.km.client()
        cls.kc.start_channels()
        cls.kc.wait_for_ready(timeout=PATIENCE)

    def execute_helper(self, *args, **options):
        with patience(self.kc.iopub_channel):
            return super().execute_helper(*args, **options)


class JavaWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    support_iopub_welcome = True

    @classmethod
    def setUpClass(cls):
        cls.km = manager()
        cls.km.start_kernel()
        cls.kc = cls.km.client()


class Report(unittest.TestResult):
    """Note ce qu'il advient de chaque test ; d'un test en plusieurs parties, chaque partie qui échoue."""

    def __init__(self):
        super().__init__()
        self.tests = {}

    def note(self, test, status, detail=""):
        name = getattr(test, "_testMethodName", str(test))  # sinon, c'est le démarrage de toute une classe
        before = self.tests.get(name, {"status": "ok", "detail": ""})
        if before["status"] == "ok" or status == "failed":
            self.tests[name] = {"status": status, "detail": f"{before['detail']}\n{detail}".strip()}

    def addSuccess(self, test):
        self.note(test, "ok")

    def addSkip(self, test, reason):
        self.note(test, "skipped", reason)

    def addFailure(self, test, error):
        self.note(test, "failed", self._exc_info_to_string(error, test))

    addError = addFailure

    def addSubTest(self, test, part, error):
        if error:
            self.note(test, "failed", f"{part._subDescription()} : {self._exc_info_to_string(error, test)}")


def main():
    report = Report()
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    unittest.TestSuite([load(JavaKernelTests), load(JavaWelcomeTests)]).run(report)
    pathlib.Path(sys.argv[2]).write_text(json.dumps(report.tests, ensure_ascii=False, indent=1), encoding="utf-8")


main()
