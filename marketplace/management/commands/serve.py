"""The demo's processes under one supervisor: web server, worker, loopback payment gateway."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.urls import reverse
from honcho.manager import Manager


class Command(BaseCommand):
    help = "Serve the site with its worker and the loopback gateway until interrupted."

    def handle(self, *args: Any, **options: Any) -> None:
        webhook = f"http://127.0.0.1:{settings.PORT}{reverse('payments:stripe_webhook')}"
        manage = f"{sys.executable} manage.py"
        manager = Manager()
        manager.add_process(
            "web",
            f"{sys.executable} -m gunicorn -c python:marketplace.gunicorn marketplace.wsgi "
            f"--bind 127.0.0.1:{settings.PORT} "
            "--env DJANGO_SETTINGS_MODULE=marketplace.settings.dev",
        )
        manager.add_process("worker", f"{manage} worker")
        manager.add_process(
            "gateway",
            f"{manage} loopback_gateway --port {settings.LOOPBACK_PORT} "
            f"--database {settings.LOOPBACK_DATABASE} --webhook-url {webhook}",
        )
        call_command("demo_accounts")
        manager.loop()
        sys.exit(manager.returncode)
