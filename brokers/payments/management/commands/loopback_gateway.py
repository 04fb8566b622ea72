"""Run the payment provider of the demo; see `brokers.payments.loopback`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from brokers.payments.loopback.server import LoopbackServer


class Command(BaseCommand):
    help = "Run the loopback payment gateway on 127.0.0.1 until interrupted."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
        parser.add_argument("--database", required=True, help="the SQLite file, made if need be")
        parser.add_argument("--webhook-url", default="", help="where events go; empty: nowhere")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            server = LoopbackServer(
                port=options["port"],
                database=options["database"],
                api_key=settings.STRIPE_API_KEY,
                secret=settings.STRIPE_WEBHOOK_SECRET.split(",")[0],
                webhook_url=options["webhook_url"],
            )
        except OSError as error:
            raise CommandError(f"Port {options['port']} cannot be used: {error}") from error
        self.stdout.write(f"Loopback gateway on {server.base_url}")
        self.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        finally:
            server.close()
