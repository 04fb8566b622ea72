"""The background process: runs woken jobs, and sweeps for what was forgotten."""

import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from marketplace.outbox import effects, periodic


class Command(BaseCommand):
    help = "Process the outbox, the periodic jobs and Wagtail's background tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between polls")
        parser.add_argument("--sweep", type=float, default=5.0, help="seconds between sweeps")

    def handle(self, *, interval: float, sweep: float, **options: Any) -> None:
        stopping = threading.Event()
        sweeper = threading.Thread(target=_sweep, args=(stopping, sweep), daemon=True)
        worker = Worker(
            queue_names=["*"],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(16),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        sweeper.start()
        try:
            worker.run()
        finally:
            stopping.set()


def _sweep(stopping: threading.Event, seconds: float) -> None:
    while not stopping.wait(seconds):
        close_old_connections()
        periodic.run_due()
        effects.process_due()
