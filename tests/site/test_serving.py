"""The web process can be forked once it is loaded: it holds no connection and runs no thread."""

import os
import subprocess
import sys

from tests.serving import ROOT

LOADED = """
import threading
import marketplace.wsgi
from django.db import connections
from marketplace import gunicorn
print(gunicorn.preload_app, [one.connection for one in connections.all()], threading.active_count())
"""


def test_nothing_is_connected_or_running_before_the_workers_are_forked(tmp_path) -> None:
    environment = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
    }
    loaded = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == ["True", "[None]", "1"]
