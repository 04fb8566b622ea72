"""Load the sample data through the services of the site; a second run changes nothing."""

from contextlib import ExitStack
from functools import cache
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from brokers.payments.loopback import person as at_gateway
from marketplace.demo import (
    articles,
    bank,
    compliance,
    deals,
    experts,
    gateway,
    interest,
    listings,
    people,
    room,
    site,
)
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

            for step, load in (
                (_("Loading organisations …"), people.load_organisations),
                (_("Loading accounts …"), people.load_people),
                (_("Loading pages …"), site.load_pages),
                (_("Loading results and needs …"), listings.load),
                (_("Publishing profiles of experts …"), experts.load),
                (_("Building the search index …"), effects.process_due),
                (_("Loading featured pairings …"), site.load_pairings),
                (_("Deciding about matches …"), interest.load),
                (_("Loading policies …"), compliance.load_policies),
                (_("Carrying deals through their stages …"), lambda: deals.load(cashier)),
                (_("Filling the deal rooms …"), room.load),
                (_("Filling the treasury …"), bank.load),
                (_("Publishing news and cases …"), articles.load),
                (_("Finishing what is left in the outbox …"), effects.process_due),
            ):
                if verbosity:
                    self.stdout.write(step)
                load()
