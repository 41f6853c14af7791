"""Les paramètres de papermill, écrits en Java.

papermill garde ses traducteurs dans un registre que seul du code peut remplir ; de ses points d'entrée, il charge les moteurs
d'exécution. Charger celui-ci, qui est le sien, inscrit donc notre traducteur (lu dans papermill 2.6 et 2.7).
"""
import json
import math

from papermill.engines import NBClientEngine as Engine  # le point d’entrée
from papermill.exceptions import PapermillException
from papermill.translators import Translator, papermill_translators


class JavaTranslator(Translator):
    @classmethod
    def translate_none(cls, val):
        return "(Object) null"

    @classmethod
    def translate_bool(cls, val):
        return "true" if val else "false"

    @classmethod
    def translate_int(cls, val):
        if -(2**31) <= val < 2**31:
            return str(val)
        return f"{val}L" if -(2**63) <= val < 2**63 else f'new java.math.BigInteger("{val}")'

    @classmethod
    def translate_float(cls, val):
        if math.isfinite(val):
            return repr(val)
        return "Double.NaN" if math.isnan(val) else f"Double.{'POSITIVE' if val > 0 else 'NEGATIVE'}_INFINITY"

    @classmethod
    def translate_escaped_str(cls, str_val):
        return json.dumps(str(str_val), ensure_ascii=False)  # ce que JSON échappe, Java l'écrit de même

    @classmethod
    def translate_list(cls, val):
        return f"java.util.List.of({', '.join(map(cls.translate_element, val))})"

    @classmethod
    def translate_dict(cls, val):
        entries = (f"java.util.Map.entry({cls.translate_str(k)}, {cls.translate_element(v)})" for k, v in val.items())
        return f"java.util.Map.ofEntries({', '.join(entries)})"

    @classmethod
    def translate_element(cls, val):
        if val is None:
            raise PapermillException("Une liste ou un dictionnaire de Java (List.of, Map.of) ne peut pas contenir null.")
        return cls.translate(val)

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"var {name} = {str_val};"


papermill_translators.register("java", JavaTranslator)
