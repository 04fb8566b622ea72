"""The web process has the tables of the engine before its first reader comes."""

import subprocess
import sys

_LOADED = """
import gc, sys
from marketplace import wsgi
from search import dictionary
assert "pypinyin" in sys.modules
assert dictionary.cedict.cache_info().currsize
assert gc.get_freeze_count() > 100_000
"""


def test_it_is_loaded_with_the_application():
    subprocess.run([sys.executable, "-c", _LOADED], check=True)
