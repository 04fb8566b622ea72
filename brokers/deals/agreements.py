"""Draft the agreement of a deal, and propose it for signature.

A draft changes freely. Proposing freezes the terms, milestones and split plan in one document; after
that another wording is another version, until the first payment, from which on it stands.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import documents, plan_words, plans, progress, protection
from brokers.deals.models import Agreement, Deal, DirectCost, Document, Milestone, Royalty
from brokers.deals.stages import Stage
from brokers.settlement.models import Policy, SplitPlan
from brokers.settlement.services import plans as split_plans
from brokers.settlement.services import policies
from marketplace.accounts.models import User
from marketplace.money import Money


def current(deal: Deal) -> Agreement | None:
    """Return the newest version of the agreement of `deal`, if there is one."""
    return deal.agreements.exclude(state=Agreement.State.SUPERSEDED).first()


def policy_of(deal: Deal) -> Policy | None:
    """Return the policy of the institution of `deal` that an agreement made today comes under."""
    return policies.in_force(deal.result.organisation_id, on=timezone.localdate())


@transaction.atomic
def save_draft(
    *,
    deal: Deal,
    terms: dict[str, Any],
    milestones: Sequence[dict[str, Any]],
    author: User,
    royalties: Sequence[dict[str, Any]] = (),
) -> Agreement:
    """Keep the typed `terms` as the draft of the agreement, with its milestones and their costs.

    `milestones`: title, deliverable, amount (`Money`), due_on, and `costs` as (title, `Money`) pairs.
    `royalties`: the fields of `Royalty`.

    Raises `ValidationError` outside the negotiation.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    if locked.stage != Stage.NEGOTIATING:
        raise ValidationError(_("An agreement is drafted during the negotiation."))
    agreement = _writable(locked, author)
    for field, value in terms.items():
        setattr(agreement, field, value)
    agreement.policy = policy_of(locked)
    agreement.full_clean()
    agreement.save()
    agreement.milestones.all().delete()
    for position, milestone in enumerate(milestones, start=1):
        _add_milestone(agreement, position, dict(milestone))
    agreement.royalties.all().delete()
    for fields in royalties:
        royalty = Royalty(agreement=agreement, **fields)
        royalty.full_clean()
        royalty.save()
    return agreement


def _writable(deal: Deal, author: User) -> Agreement:
    """Return the draft to write to: the one there is, or the next version."""
    latest = current(deal)
    if latest is not None and latest.state == Agreement.State.DRAFT:
        return latest
    if latest is not None:
        Document.objects.filter(agreement=latest).update(withdrawn_at=timezone.now())
        Agreement.objects.filter(pk=latest.pk).update(state=Agreement.State.SUPERSEDED)
    return Agreement(deal=deal, version=deal.agreements.count() + 1, drafted_by=author)


def _add_milestone(agreement: Agreement, position: int, fields: dict[str, Any]) -> None:
    costs: Sequence[tuple[str, Money]] = fields.pop("costs", ())
    amount: Money = fields.pop("amount")
    if any(one.currency != agreement.currency for one in (amount, *(c for _title, c in costs))):
        raise ValidationError(_("All amounts of an agreement are in its one currency."))
    milestone = Milestone.objects.create(
        agreement=agreement,
        position=position,
        amount=amount.amount,
        currency=amount.currency,
        **fields,
    )
    DirectCost.objects.bulk_create(
        DirectCost(milestone=milestone, title=title, amount=cost.amount, currency=cost.currency)
        for title, cost in costs
    )


@transaction.atomic
def propose_draft(*, author: User, **typed: Any) -> Document:
    """Keep what is `typed` as the draft and propose it; see `save_draft` and `propose`."""
    return propose(agreement=save_draft(author=author, **typed), author=author)


@transaction.atomic
def propose(*, agreement: Agreement, author: User) -> Document:
    """Freeze the draft `agreement`, its split plan and its text, and ask all parties to sign.

    Raises `ValidationError` when it is no draft, has no milestone or while an earlier broker's claim
    stands, and `brokers.settlement.plan_rules.PlanError` with every problem of the split plan.
    """
    deal = Deal.objects.select_for_update().get(pk=agreement.deal_id)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if deal.stage != Stage.NEGOTIATING or agreement.state != Agreement.State.DRAFT:
        raise ValidationError(_("This version has been proposed already."))
    if not agreement.milestones.exists() and not agreement.royalties.exists():
        raise ValidationError(_("An agreement needs at least one milestone or royalty."))
    protection.require_settled(deal)
    agreement.policy = policy_of(deal)
    agreement.plan = split_plans.add_version(
        deal_reference=deal.pk,
        plan=plans.build(agreement),
        state_established=deal.result.organisation.state_established,
        on=timezone.localdate(),
        policy=agreement.policy,
    )
    agreement.document = documents.draw_up(
        deal=deal,
        kind=Document.Kind.AGREEMENT,
        text=text_of(agreement, agreement.plan),
        author=author,
    )
    agreement.state = Agreement.State.PROPOSED
    agreement.save()
    progress.record(deal=deal, kind="agreement_proposed", actor=author, version=agreement.version)
    return agreement.document


def text_of(agreement: Agreement, plan: SplitPlan) -> str:
    """Return the text that the parties read and sign: terms, milestones and split plan."""

    def context() -> dict[str, Any]:
        names = plan_words.payee_names([plan.plan.loss_bearer])
        return {
            "agreement": agreement,
            "deal": agreement.deal,
            "parties": agreement.deal.parties.select_related("organisation", "user"),
            "milestones": agreement.milestones.prefetch_related("costs"),
            "royalties": agreement.royalties.all(),
            "plan": plan,
            "shares": plan_words.describe(plan.plan),
            "loss_bearer": names[plan.plan.loss_bearer],
            "value": total(agreement),
        }

    return documents.render_text("deals/texts/agreement.txt", context)


def total(agreement: Agreement) -> Money:
    """Return the price of the contract: the sum of its milestones, without royalties."""
    fixed = [m.money for m in agreement.milestones.all() if m.kind == Milestone.Kind.FIXED]
    return Money.total(fixed, agreement.currency)
