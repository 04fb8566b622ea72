"""Print the sample accounts worth trying."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from marketplace.accounts.models import User
from marketplace.demo.people import PASSWORD

ACCOUNTS = {
    "admin@example.org": "administrator: moderates, curates, verifies (also /wagtail/)",
    "moderator@example.org": "moderator: approves listings in /wagtail/",
    "finance.entry@example.org": "finance, first person: records bank receipts",
    "finance.check@example.org": "finance, second person: confirms them",
    "broker.materials@example.org": "technology broker",
    "materials.yunyu@example.org": "researcher at a university",
    "transfer.yunyu@example.org": "the university's transfer office: signs for it",
    "rd.lanchuan@example.org": "enterprise: posts needs",
    "legal.lanchuan@example.org": "the enterprise's approver: signs and pays",
    "bd.medvale@example.org": "enterprise, in English",
}


class Command(BaseCommand):
    help = "Print the sample accounts and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(User.objects.filter(email__in=ACCOUNTS).values_list("email", flat=True))
        self.stdout.write(f"\n  {settings.SITE_URL}\n\n  password of every account: {PASSWORD}\n")
        for email, role in ACCOUNTS.items():
            if email in known:
                self.stdout.write(f"  {email:30} {role}")
        asked = "asked of staff" if settings.MFA_REQUIRED else "not asked for here"
        self.stdout.write(f"\n  second factor: {asked} (MFA_REQUIRED)\n")
