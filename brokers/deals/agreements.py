"""Draft the agreement of a deal, and propose it for signature.

A draft changes freely. Proposing freezes the terms, milestones and split plan in one document; after
that another wording is another version. From the first payment on a version is an amendment: it leaves
what has begun under the version in force, which it replaces for the rest (`amendment_rules`).
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import (
    amendment_notices,
    amendment_rules,
    amendments,
    comparison,
    documents,
    plan_words,
    plans,
    progress,
    protection,
    succession,
    versions,
)
from brokers.deals.models import Agreement, Deal, DirectCost, Document, Milestone, Royalty
from brokers.deals.stages import Stage
from brokers.settlement.models import Policy, SplitPlan
from brokers.settlement.services import plans as split_plans
from brokers.settlement.services import policies
from marketplace.accounts.models import Organisation, User


def policy_of(institution: Organisation) -> Policy | None:
    """Return the policy of `institution` that an agreement made today comes under."""
    return policies.in_force(institution.pk, on=timezone.localdate())


@transaction.atomic
def save_draft(
    *,
    deal: Deal,
    terms: dict[str, Any],
    milestones: Sequence[dict[str, Any]],
    author: User,
    royalties: Sequence[dict[str, Any]] = (),
    kept: Collection[Any] = (),
) -> Agreement:
    """Keep the typed `terms` as the draft of the agreement, with its milestones and their costs.

    `milestones`: title, deliverable, amount (`Money`), due_on, and `costs` as (title, `Money`) pairs.
    `royalties`: the fields of `Royalty`. `kept`: the milestones that an amendment leaves, as its author
    saw them.

    Raises `ValidationError` outside the negotiation, and for an amendment that changes what it may not.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    amends = is_amended(locked)
    if locked.stage != Stage.NEGOTIATING and not amends:
        raise ValidationError(_("An agreement is drafted during the negotiation."))
    agreement = _writable(locked, author, amends=amends)
    for field, value in terms.items():
        setattr(agreement, field, value)
    if amends:
        amendment_rules.check_draft(agreement, kept)
    agreement.policy = policy_of(succession.institution_after(agreement))
    agreement.full_clean()
    agreement.save()
    agreement.milestones.all().delete()
    for position, milestone in enumerate(milestones, start=1):
        _add_milestone(agreement, position, dict(milestone))
    agreement.royalties.all().delete()
    for fields in royalties:
        _add_royalty(agreement, fields)
    if amends:
        amendment_rules.take_over(agreement)
    return agreement


def is_amended(deal: Deal) -> bool:
    """Whether another version of the agreement of `deal` is an amendment now."""
    return deal.stage == Stage.PERFORMING and versions.in_force(deal) is not None


def _writable(deal: Deal, author: User, *, amends: bool) -> Agreement:
    """Return the draft to write to: the one there is, or the next version."""
    latest = versions.pending(deal) if amends else versions.current(deal)
    if latest is not None and latest.state == Agreement.State.DRAFT:
        latest.deal = deal
        return latest
    if latest is not None:
        amendments.supersede(latest)
    last: dict[str, Any] = deal.agreements.aggregate(last=Max("version"))
    return Agreement(deal=deal, version=(last["last"] or 0) + 1, drafted_by=author)


def _add_royalty(agreement: Agreement, fields: dict[str, Any]) -> None:
    royalty = Royalty(agreement=agreement, **fields)
    royalty.full_clean()
    if problems := list(amendment_rules.royalty_problems(agreement.deal, royalty)):
        raise ValidationError(problems)
    royalty.save()


def _add_milestone(agreement: Agreement, position: int, fields: dict[str, Any]) -> None:
    costs: Sequence[tuple[str, Any]] = fields.pop("costs", ())
    amount = fields.pop("amount")
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
    agreement.deal = deal
    amends = is_amended(deal)
    is_open = amends or deal.stage == Stage.NEGOTIATING
    if not (is_open and agreement.state == Agreement.State.DRAFT):
        raise ValidationError(_("This version has been proposed already."))
    if not versions.contents(agreement).exists() and not agreement.royalties.exists():
        raise ValidationError(_("An agreement needs at least one milestone or royalty."))
    protection.require_settled(deal)
    if amends:
        amendment_rules.check_proposal(agreement)
    institution = succession.institution_after(agreement)
    agreement.policy = policy_of(institution)
    agreement.plan = split_plans.add_version(
        deal_reference=deal.pk,
        plan=plans.build(agreement),
        state_established=institution.state_established,
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
    if amends:
        succession.announce(agreement)
        amendment_notices.proposed(agreement, but=author)
    return agreement.document


def text_of(agreement: Agreement, plan: SplitPlan) -> str:
    """Return the text that the parties read and sign: terms, milestones and split plan."""

    def context() -> dict[str, Any]:
        names = plan_words.payee_names([plan.plan.loss_bearer])
        return {
            "agreement": agreement,
            "deal": agreement.deal,
            "parties": succession.after(agreement),
            "milestones": agreement.milestones.prefetch_related("costs"),
            **comparison.amendment_words(agreement),
            "royalties": agreement.royalties.all(),
            "plan": plan,
            "shares": plan_words.describe(plan.plan),
            "loss_bearer": names[plan.plan.loss_bearer],
            "value": versions.total(agreement),
        }

    return documents.render_text("deals/texts/agreement.txt", context)
