"""The split plan as a frozen value: what the parties sign before any money moves.

Invariant: a plan is its canonical text and nothing else; equal plans have equal texts, and the
SHA-256 of that text is what signatures and settlements point to.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from brokers.settlement.commission import Scale
from brokers.settlement.legal import Floor


class ContractType(TextChoices):
    """The five types of Chinese technology contracts; the legal floor depends on the type."""

    DEVELOPMENT = "development", _("technology development")
    ASSIGNMENT = "assignment", _("technology transfer")
    LICENCE = "licence", _("technology licence")
    CONSULTING = "consulting", _("technology consulting")
    SERVICE = "service", _("technology service")


class PlanForm(TextChoices):
    """`brokers_first`: commission by a scale, then the rest is split. `flat`: all are shares."""

    BROKERS_FIRST = "brokers_first", _("commission first, then the rest is shared")
    FLAT = "flat", _("everybody has a share")


class Role(TextChoices):
    """What a share is for."""

    INSTITUTION = "institution", _("institution")
    TEAM = "team", _("research team")
    BROKER = "broker", _("broker")
    PLATFORM = "platform", _("platform")


class Route(TextChoices):
    """How a payee gets its money: directly, or paid to an institution that passes it on."""

    DIRECT = "direct", _("direct")
    INSTITUTION = "institution", _("through an institution")


class PayeeKind(TextChoices):
    """Who can own a payable: an organisation, a person, or the platform itself."""

    ORGANISATION = "organisation", _("organisation")
    USER = "user", _("person")
    PLATFORM = "platform", _("platform")


@dataclass(frozen=True, slots=True, order=True)
class Payee:
    """Who is paid: `kind` and the primary key in `marketplace.accounts` (0 for the platform)."""

    kind: PayeeKind
    id: int = 0

    @property
    def key(self) -> str:
        """The stable name of this payee: "organisation:12", "user:5", "platform"."""
        return self.kind.value if self.kind is PayeeKind.PLATFORM else f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, key: str) -> Self:
        """Return the payee that `key` names. Raises `ValueError` for anything else."""
        kind, _colon, number = key.partition(":")
        return cls(PayeeKind(kind), int(number or 0))


PLATFORM = Payee(PayeeKind.PLATFORM)
OFFICE = "office"
"""The key of the share that an institution takes for its office before the rest is shared."""


@dataclass(frozen=True, slots=True)
class Member:
    """One payee within a share, with `parts` of it and the route of its payouts.

    `via` is the organisation that passes the money on; it is set with that route only.
    """

    payee: Payee
    parts: int = 1
    route: Route = Route.DIRECT
    via: Payee | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One share of the net income and who divides it.

    A share with a `scale` is taken first, in the order listed, of what earlier ones left; the
    others divide the rest by `basis_points`, which sum to 10,000. `key` is stable and unique.
    """

    key: str
    role: Role
    members: tuple[Member, ...]
    basis_points: int = 0
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How the net income of a deal is split, in one currency.

    `platform_fee`: basis points of what is received, a deduction before net (0 where the platform
    takes a share, or nothing). `loss_bearer` bears fees and costs that a refund finds spent.
    `brokerage_as_cost`: the policy of the institution that counts brokerage as a cost, which moves
    the legal floor from the whole net income to what brokerage leaves; empty where none does.
    `policy`: the version of the institution's policy that the plan was proposed from.
    """

    form: PlanForm
    contract_type: ContractType
    currency: str
    shares: tuple[Share, ...]
    loss_bearer: Payee
    platform_fee: int = 0
    brokerage_as_cost: str = ""
    policy: str = ""
    floor: Floor | None = None

    @property
    def first(self) -> tuple[Share, ...]:
        """The shares taken by a scale before the rest is split."""
        return tuple(share for share in self.shares if share.scale is not None)

    @property
    def rest(self) -> tuple[Share, ...]:
        """The shares that divide what the scales left."""
        return tuple(share for share in self.shares if share.scale is None)

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody who is paid, in the order of the plan."""
        return tuple(member for share in self.shares for member in share.members)

    @property
    def brokers(self) -> tuple[Payee, ...]:
        """The payees of brokers' shares; none of them may be a party of the deal."""
        return tuple(
            member.payee
            for share in self.shares
            for member in share.members
            if share.role is Role.BROKER
        )


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
