"""A split plan in words, for the text that people sign and for the page of a deal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokers.settlement import waterfalls
from brokers.settlement.commission import Scale
from brokers.settlement.plan import OFFICE, PLATFORM, Member, Payee, Plan, Role, Share
from marketplace.amounts import percent_digits, percentage, with_currency
from marketplace.money import Money

ROLE_LABELS = {
    Role.INSTITUTION: gettext_lazy("institution"),
    Role.TEAM: gettext_lazy("research team"),
    Role.BROKER: gettext_lazy("brokers"),
    Role.PLATFORM: gettext_lazy("platform"),
}


@dataclass(frozen=True)
class ShareWords:
    """One share: what it is called, what it gets, and who divides it how."""

    label: str
    text: str
    members: list[str]


Names = Mapping[Payee, str]
NOBODY: Names = {}


def payee_names(payees: Iterable[Payee], known: Names = NOBODY) -> dict[Payee, str]:
    """Return the names of `payees`, the platform included, in the reader's language; those that are
    `known` are not read again.
    """
    return {PLATFORM: _("the platform"), **known} | waterfalls.names(set(payees) - known.keys())


def share_label(key: str, role: Role) -> str:
    """Return what a share is called."""
    return _("office fee of the institution") if key == OFFICE else str(ROLE_LABELS[role])


def describe(plan: Plan, known: Names = NOBODY) -> list[ShareWords]:
    """Return the shares of `plan` in words, in the order in which they are taken; see `payee_names`."""
    vias = [member.via for member in plan.members if member.via]
    names = payee_names([*(member.payee for member in plan.members), *vias], known)
    return [
        ShareWords(
            share_label(share.key, share.role),
            _share_text(share, plan),
            [_member_text(m, share, names) for m in share.members],
        )
        for share in (*plan.first, *plan.rest)
    ]


def _share_text(share: Share, plan: Plan) -> str:
    if share.scale is not None:
        return _scale_text(share.scale, plan, is_first=share is plan.first[0])
    rate = percent_digits(share.basis_points)
    if plan.first:
        return _("%(rate)s %% of what that leaves") % {"rate": rate}
    return _("%(rate)s %% of net income") % {"rate": rate}


def _scale_text(scale: Scale, plan: Plan, *, is_first: bool) -> str:
    base = _("of cumulative net income, first: ") if is_first else _("then, of what is left: ")
    text = base + scale_text(scale, plan.currency)
    if scale.minimum:
        text += _("; at least %(amount)s") % {"amount": _amount(scale.minimum, plan.currency)}
    if scale.cap is not None:
        text += _("; at most %(amount)s") % {"amount": _amount(scale.cap, plan.currency)}
    return text


def scale_text(scale: Scale, currency: str) -> str:
    """Return the tiers of `scale` in words."""
    parts = []
    for tier in scale.tiers:
        rate = percent_digits(tier.basis_points)
        if tier.end is None:
            parts.append(
                _("%(rate)s %% above %(start)s")
                % {"rate": rate, "start": _amount(tier.start, currency)}
                if tier.start
                else percentage(rate)
            )
        else:
            parts.append(
                _("%(rate)s %% up to %(end)s") % {"rate": rate, "end": _amount(tier.end, currency)}
            )
    return _(", ").join(parts)


def _member_text(member: Member, share: Share, names: dict[Payee, str]) -> str:
    name = names[member.payee]
    if len(share.members) > 1:
        whole = sum(m.parts for m in share.members)
        name = _("%(name)s: %(parts)d of %(whole)d parts") % {
            "name": name,
            "parts": member.parts,
            "whole": whole,
        }
    if member.via is not None:
        name += _(", paid by way of %(name)s") % {"name": names[member.via]}
    return name


def _amount(minor_units: int, currency: str) -> str:
    return with_currency(Money(minor_units, currency))
