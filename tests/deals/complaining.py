"""What tests of complaints ask of a deal: its stage, and whether the payouts at the bank are held."""

from brokers.deals.models import Complaint, Deal
from brokers.payments.models import Transfer
from tests.deals.factories import World


def held() -> set[bool]:
    return set(Transfer.objects.filter(state="by_hand").values_list("held", flat=True))


def stage(world: World) -> str:
    return Deal.objects.get(pk=world.deal.pk).stage


def complain_about_all(world: World) -> Complaint:
    return world.complain(world.first, kind="payment", whole=True)
