"""Everything that the demo needs before it serves; a second run changes nothing."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Set up database, reference data, site, sample data, search index and static files."

    def handle(self, *args: Any, **options: Any) -> None:
        quiet = {"verbosity": 0}
        call_command("compile_messages")
        call_command("migrate", interactive=False, **quiet)
        call_command("createcachetable", **quiet)
        call_command("load_taxonomy", **quiet)
        call_command("setup_site", **quiet)
        call_command("load_demo")
        call_command("collectstatic", interactive=False, **quiet)
