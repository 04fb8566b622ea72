"""What an amendment changes, old beside new, in words: part of the text that is signed, and a page.

Invariant: both are made here, of the same facts, in the reader's language; a fact that both versions
have alike is in neither.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals import plan_words, plans, succession, versions
from brokers.deals.models import Agreement, Milestone, Party, Royalty
from brokers.settlement.plan import Plan
from marketplace.amounts import percent_digits, percentage, with_currency

Facts = dict[str, str]
"""What a version says, by what it says it about; both are words."""


@dataclass(frozen=True)
class Difference:
    """One thing that two versions say differently; empty where one of them does not have it."""

    label: str
    old: str
    new: str


def differences(old: Agreement, new: Agreement) -> list[Difference]:
    """Return what `new` says otherwise than `old`, in the order of a contract."""
    before, after = _facts(old), _facts(new)
    labels = dict.fromkeys([*after, *before])
    pairs = ((label, before.get(label, ""), after.get(label, "")) for label in labels)
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def amended_by(agreement: Agreement) -> Agreement | None:
    """Return the version that `agreement` amends, or amended: the last binding one before it."""
    earlier = (
        other
        for other in agreement.deal.agreements.all()
        if other.is_binding and other.version < agreement.version
    )
    return max(earlier, key=lambda other: other.version, default=None)


def amendment_words(agreement: Agreement) -> dict[str, Any]:
    """Return what the text of `agreement` says beyond a first one; `amends` is None for that."""
    base = amended_by(agreement)
    if base is None:
        return {"amends": None}
    current = {party.pk: party for party in agreement.deal.parties.all()}
    changes = succession.changes_of(agreement)
    names = {str(party) for party in current.values()}
    return {
        "amends": base,
        "differences": differences(base, agreement),
        "kept": versions.contents(agreement).exclude(agreement=agreement),
        "leaving": [current[change.leaves] for change in changes if change.leaves],
        "joining": [p for p in succession.after(agreement) if str(p) not in names],
        "nda": succession.nda_in_force(agreement.deal),
    }


def _facts(agreement: Agreement) -> Facts:
    plan, milestones = _plan(agreement), list(versions.contents(agreement))
    return {
        **_parties(agreement),
        _("Type of contract"): agreement.get_contract_type_display(),
        _("Subject"): agreement.subject,
        **_milestones(milestones),
        _("Total"): with_currency(versions.price(milestones, agreement.currency)),
        **_royalties(agreement.royalties.all()),
        **_money_terms(agreement),
        **_shares(plan),
    }


def _plan(agreement: Agreement) -> Plan:
    return agreement.plan.plan if agreement.plan else plans.build(agreement)


def _parties(agreement: Agreement) -> Facts:
    is_pending = agreement.state in Agreement.PENDING
    parties = succession.after(agreement) if is_pending else succession.parties_of(agreement)
    names: dict[str, list[str]] = {}
    for party in parties:
        names.setdefault(party.role, []).append(party.name)
    return {
        capfirst(str(role.label)): _("; ").join(names[role]) for role in Party.Role if role in names
    }


def _milestones(milestones: Iterable[Milestone]) -> Facts:
    found: Facts = {}
    for milestone in milestones:
        label = _("Milestone “%(title)s”") % {"title": milestone.title}
        while label in found:
            label += " +"
        found[label] = _(", ").join(_milestone(milestone))
    return found


def _milestone(milestone: Milestone) -> Iterator[str]:
    yield with_currency(milestone.money)
    yield _("due %(date)s") % {"date": date_format(milestone.due_on, "Y-m-d")}
    yield milestone.deliverable
    for cost in milestone.costs.all():
        yield f"{_('Direct cost')}: {cost.title} {with_currency(cost.money)}"


def _royalties(royalties: Iterable[Royalty]) -> Facts:
    return {
        _("Royalty “%(title)s”") % {"title": royalty.title}: _(
            "%(rate)s %% of %(base)s, %(interval)s from %(first)s until %(last)s, paid within "
            "%(days)d days"
        )
        % {
            "rate": percent_digits(royalty.rate),
            "base": royalty.base,
            "interval": royalty.get_months_display(),
            "first": royalty.first_day,
            "last": royalty.last_day,
            "days": royalty.payment_days,
        }
        for royalty in royalties
    }


def _money_terms(agreement: Agreement) -> Facts:
    collector = agreement.collector
    return {
        _("Equity"): agreement.equity,
        _("Collector of the payments"): collector.name if collector else _("the platform"),
        _("Tax on what is received"): percentage(percent_digits(agreement.tax_basis_points)),
        _("Tax treatment"): agreement.get_tax_treatment_display(),
        _("Days for acceptance of a deliverable"): str(agreement.acceptance_days),
    }


def _shares(plan: Plan) -> Facts:
    payees = {plan.loss_bearer, *(m.payee for m in plan.members)}
    names = plan_words.payee_names(payees | {m.via for m in plan.members if m.via})
    return {
        _("Platform's fee, before net income"): percentage(percent_digits(plan.platform_fee)),
        **{
            _("Share: %(name)s") % {"name": share.label}: _("; ").join([share.text, *share.members])
            for share in plan_words.describe(plan, names)
        },
        _("Losses of a refund are borne by"): names[plan.loss_bearer],
        _("Policy of the institution"): plan.policy,
    }
