"""Load the sample data through the services of the site; a second run changes nothing."""

from contextlib import ExitStack
from functools import cache
from typing import Any

from django.core.management.base import BaseCommand

from brokers.payments.loopback import person as at_gateway
from marketplace.demo import deals, gateway, listings, people, site
from marketplace.demo.payments import Cashier
from marketplace.outbox import effects


class Command(BaseCommand):
    help = "Load sample organisations, accounts, listings, pairings and deals."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        with ExitStack() as stack:

            @cache
            def cashier() -> Cashier:
                stack.enter_context(gateway.running())
                return Cashier(click_pay=at_gateway.pay, click_onboard=at_gateway.onboard)

            for label, load in (
                ("organisations", people.load_organisations),
                ("accounts", people.load_people),
                ("pages", site.load_pages),
                ("listings", listings.load),
                ("search index", effects.process_due),
                ("pairings", site.load_pairings),
                ("deals", lambda: deals.load(cashier)),
                ("what is left in the outbox", effects.process_due),
            ):
                if verbosity:
                    self.stdout.write(f"Loading {label} …")
                load()
