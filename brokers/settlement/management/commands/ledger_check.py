"""`manage.py ledger_check`: proves that the books balance and equal what the collectors hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokers.payments.balances import collector_balances
from brokers.payments.gateway import GatewayError
from brokers.settlement.models import Entry, LedgerTransaction
from brokers.settlement.proofs import cash_differences, differences


class Command(BaseCommand):
    help = "Prove that the ledger balances and equals what gateways and banks hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--books-only", action="store_true", help="do not ask the gateways what they hold"
        )

    def handle(self, *_args: Any, books_only: bool, **_options: Any) -> None:
        found = list(differences())
        found += [] if books_only else self._cash()
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(
                ngettext("%d difference found.", "%d differences found.", len(found)) % len(found)
            )
        self.stdout.write(
            _("The ledger holds: %(transactions)d transactions, %(entries)d entries.")
            % {
                "transactions": LedgerTransaction.objects.count(),
                "entries": Entry.objects.count(),
            }
        )

    def _cash(self) -> list[str]:
        try:
            return list(cash_differences(collector_balances()))
        except GatewayError as error:
            return [_("A gateway did not say what it holds: %s") % error]
