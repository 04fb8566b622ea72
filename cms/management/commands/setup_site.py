"""`manage.py setup_site`: languages, pages, menus, groups and the review, on a migrated database."""

from typing import Any

from django.core.management.base import BaseCommand

from cms import setup


class Command(BaseCommand):
    help = "Prepare the site: languages, home page, pages, menus, staff groups, review of listings."

    def handle(self, *args: Any, **options: Any) -> None:
        setup.ensure_groups()
        setup.ensure_workflow()
        home = setup.ensure_pages()
        setup.ensure_site(home)
        setup.ensure_menus(home)
        self.stdout.write(self.style.SUCCESS("The site is set up."))
