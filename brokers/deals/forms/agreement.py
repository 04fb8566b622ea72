"""The form of an agreement as a whole: terms, rows, and the split plan that they make.

Invariant: what was typed comes back whatever is wrong; a plan that the rules of settlement refuse is
shown with every problem at its field, and never proposed.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import agreements, amendment_rules, plans, succession, versions
from brokers.deals.forms import agreement_draft
from brokers.deals.forms.agreement_rows import (
    CostFormSet,
    InventorFormSet,
    MilestoneFormSet,
    PartFormSet,
    RoyaltyFormSet,
    TeamTierFormSet,
    TierFormSet,
)
from brokers.deals.forms.agreement_terms import INSTITUTION, TermsForm
from brokers.deals.forms.party_changes import PartyChangeFormSet, initial_changes
from brokers.deals.forms.plan_problems import place
from brokers.deals.models import Agreement, Deal, Party
from brokers.deals.reading import split
from brokers.payments import registry
from brokers.settlement import history
from brokers.settlement.plan import Plan
from brokers.settlement.plan_rules import find_problems
from brokers.settlement.services.plans import with_floor
from marketplace.figures import Step
from marketplace.listings.forms import parts
from marketplace.listings.forms.listing import with_row
from marketplace.money import CURRENCIES, Money

ROWS = ("parties", "tiers", "team_tiers", "inventors", "milestones", "royalties", "costs")
"""The formsets to which a person can add rows."""


class AgreementForm(parts.Composite):
    """Edits the agreement of `deal`: the draft `agreement`, or a first one."""

    def __init__(
        self, data: Any = None, *, deal: Deal, agreement: Agreement | None, add_row: str = ""
    ) -> None:
        if data is not None and add_row in ROWS:
            data = with_row(data, add_row)
        self.deal = deal
        self.amends = agreements.is_amended(deal)
        self.kept = list(versions.begun(deal)) if self.amends else []
        self.agreement = agreement or (versions.in_force(deal) if self.amends else None)
        self.is_readable = False
        self.agreement_terms: dict[str, Any] = {}
        self.milestone_terms: list[dict[str, Any]] = []
        self.royalty_terms: list[dict[str, Any]] = []
        self.data = data
        self._choose_parties()
        self.policy = agreements.policy_of(self.institution)
        kept = [milestone.pk for milestone in self.kept]
        self.initial = agreement_draft.initial(deal, self.agreement, self.policy, kept)
        self.currency = self._currency()
        self.terms = TermsForm(
            data,
            initial=self.initial["terms"],
            currency=self.currency,
            with_brokers=any(party.role == Party.Role.BROKER for party in self.after),
            locked_currency=self.agreement.currency if self.amends and self.agreement else "",
        )
        self._make_rows()

    def _choose_parties(self) -> None:
        """Read the rows that change the parties, and say who the parties are `after` them."""
        stored = self.agreement if self.agreement and not self.agreement.is_binding else None
        changes = succession.changes_of(stored) if stored else []
        rows: Any = PartyChangeFormSet(
            self.data,
            prefix="parties",
            initial=initial_changes(changes) if self.data is None else None,
            form_kwargs={"parties": list(self.deal.parties.all())},
        )
        if not self.amends:
            changes = []
        elif self.data is not None:
            rows.is_valid()
            changes = rows.changes
        self.parties, self.changes = rows, changes
        drafted = Agreement(deal=self.deal, party_changes=[one.stored() for one in changes])
        self.after = succession.after(drafted)
        self.organisations = [
            party.organisation
            for role in (Party.Role.INSTITUTION, Party.Role.PARTNER)
            for party in self.after
            if party.role == role and party.organisation
        ]
        self.institution = self.organisations[0]

    def _make_rows(self) -> None:
        plan = self.agreement.plan_terms if self.agreement else {}
        brokers = [p.user for p in self.after if p.role == Party.Role.BROKER and p.user]
        shared = self.organisations if len(self.organisations) > 1 else []
        self.initial |= {
            "brokers": agreement_draft.parts(brokers, plan.get("brokers", [])),
            "institutions": agreement_draft.parts(shared, plan.get("institutions", [])),
        }
        self.brokers = self._rows(PartFormSet, "brokers", {}, holders=brokers)
        self.institutions = self._rows(PartFormSet, "institutions", {}, holders=shared)
        amounts = {"currency": self.currency}
        self.tiers = self._rows(TierFormSet, "tiers", amounts)
        self.team_tiers = self._rows(TeamTierFormSet, "team_tiers", amounts)
        self.inventors = self._rows(
            InventorFormSet, "inventors", {"institutions": self.organisations}
        )
        days = {milestone.due_on for milestone in versions.milestones_of(self.deal)}
        dated = {**amounts, "agreed_days": days if self.amends else ()}
        self.milestones = self._rows(MilestoneFormSet, "milestones", dated)
        self.royalties = self._rows(RoyaltyFormSet, "royalties", {})
        self.costs = self._rows(CostFormSet, "costs", amounts)

    @property
    def formsets(self) -> dict[str, Any]:
        rows = ROWS if self.amends else ROWS[1:]
        return {name: getattr(self, name) for name in (*rows, "brokers", "institutions")}

    def is_valid(self) -> bool:
        """Whether all that was typed can be read; the plan may still be refused."""
        parts_valid = [self.terms.is_valid(), *(rows.is_valid() for rows in self.formsets.values())]
        self.is_readable = all(parts_valid) and self._costs_have_milestones()
        if self.is_readable:  # read now: a problem added later takes the value of its field away
            self.agreement_terms = self._agreement_terms()
            self.milestone_terms = self._milestone_terms()
            self.royalty_terms = self._royalty_terms()
        return self.is_readable

    def is_outdated(self) -> bool:
        """Whether somebody changed or proposed the draft since the page was loaded; says so if."""
        if self.data is None or self.data.get("seen") == self.seen:
            return False
        text = _(
            "Somebody has changed or proposed the agreement since you loaded this page. What you "
            "typed is still here: compare it with the agreement, and save again to replace that."
        )
        self.terms.add_error(None, ValidationError(text, code="stale"))
        return True

    @cached_property
    def seen(self) -> str:
        """The fingerprint of the stored agreement; the page carries it back."""
        state = (self.agreement.version, self.agreement.state) if self.agreement else None
        plan = self.agreement.plan_terms if self.agreement else {}
        typed = ("brokers", "institutions")  # what these rows show depends on who is typed to come
        rows = {name: rows for name, rows in self.initial.items() if name not in typed}
        parties = [party.pk for party in self.deal.parties.all()]
        kept = sorted(str(milestone.pk) for milestone in self.kept)
        changes = self.agreement.party_changes if self.agreement else []
        found = [state, rows, [plan.get(name) for name in typed], parties, changes, kept]
        stored = json.dumps(found, default=str, sort_keys=True)
        return hashlib.sha256(stored.encode()).hexdigest()

    def forgive(self) -> None:
        """Drop all errors: the person has asked for another row only."""
        for rows in self.formsets.values():
            rows.non_form_errors().clear()
        for form in (self.terms, *(row for rows in self.formsets.values() for row in rows)):
            form.errors.clear()

    def may_be_proposed(self) -> bool:
        """Whether the plan is sound and the payments can be received; adds the problems if not."""
        self._check_plan()
        if self.amends:
            self._check_amendment()
        if not self.milestones.filled and not self.royalties.filled and not self.kept:
            text = _("An agreement needs at least one milestone or royalty.")
            self.milestones.complain(text)
        else:
            self._check_collector()
            self._check_costs()
        return not self.problems

    def _agreement_terms(self) -> dict[str, Any]:
        """Return the terms as `agreements.save_draft` takes them."""
        data = self.terms.cleaned_data
        return {
            "contract_type": data["contract_type"],
            "subject": data["subject"],
            "currency": data["currency"],
            "collector": self.institution if data["collector"] == INSTITUTION else None,
            "tax_basis_points": data["tax_basis_points"],
            "tax_treatment": data["tax_treatment"],
            "acceptance_days": data["acceptance_days"],
            "equity": data["equity"],
            "loss_bearer": data["loss_bearer"],
            "plan_terms": self._plan_terms(),
            "party_changes": [change.stored() for change in self.changes],
        }

    def _milestone_terms(self) -> list[dict[str, Any]]:
        """Return the milestones as `agreements.save_draft` takes them."""
        return [
            {
                **{
                    name: row.cleaned_data[name]
                    for name in ("title", "deliverable", "amount", "due_on")
                },
                "costs": self._costs_of(row),
            }
            for row in self.milestones.filled
        ]

    def _royalty_terms(self) -> list[dict[str, Any]]:
        """Return the royalties as `agreements.save_draft` takes them."""
        names = tuple(RoyaltyFormSet.form.base_fields)
        return [{n: row.cleaned_data[n] for n in names} for row in self.royalties.filled]

    def preview(self) -> list[Step]:
        """Return the estimated split of what is typed; nothing as long as that is impossible."""
        drafted = self._drafted
        if drafted is None or not self._milestones or list(find_problems(self._plan)):
            return []
        before = history.before_amendment(self.deal.pk, self.currency) if self.amends else None
        rate = drafted.tax_basis_points
        return split.estimate(self._plan, self._milestones, rate, history=before)

    @cached_property
    def _drafted(self) -> Agreement | None:
        """The agreement that is typed, or the stored one where nothing was sent yet."""
        if self.data is None:
            return self.agreement
        if not self.is_readable:
            return None
        return Agreement(deal=self.deal, policy=self.policy, **self.agreement_terms)

    @cached_property
    def _milestones(self) -> list[tuple[Money, Sequence[tuple[str, Money]]]]:
        if self.data is None:
            kept = [milestone.pk for milestone in self.kept]
            agreement = self.agreement
            stored = agreement_draft.open_milestones(agreement, kept) if agreement else ()
            return [*split.terms_of(stored)]
        return [(row["amount"], row["costs"]) for row in self.milestone_terms]

    @cached_property
    def _plan(self) -> Plan:
        """The plan of what is drafted, with the floor that binds it today."""
        if self._drafted is None:
            raise ValueError("nothing is drafted that a plan could be made of")
        return with_floor(
            plans.build(self._drafted),
            state_established=self.institution.state_established,
            on=timezone.localdate(),
            policy=self.policy,
        )

    def _check_plan(self) -> None:
        if self.team_tiers.filled and self.terms.cleaned_data["share_team"]:
            text = _("The team has either one percentage or tiers, not both.")
            self.terms.add_error("share_team", text)
        for problem in find_problems(self._plan):
            place(problem, self)

    def _check_amendment(self) -> None:
        """Complain about changes of parties that are not possible, and about what has begun."""
        drafted = Agreement(deal=self.deal, party_changes=self.agreement_terms["party_changes"])
        rows = [row for row in self.parties.filled if row.change]
        for number, text in succession.problems(drafted):
            rows[number].add_error("who", text)
        kept = {milestone.title for milestone in self.kept}
        for row in self.milestones.filled:
            if row.cleaned_data["title"] in kept:
                row.add_error("title", amendment_rules.kept_text(row.cleaned_data["title"]))

    def _check_collector(self) -> None:
        collector = self.agreement_terms["collector"]
        smallest = Money(1000, self.currency)
        if not registry.accepting(smallest, collector=collector):
            reasons = {
                str(gateway.refusal(smallest, collector=collector))
                for gateway in registry.every().values()
            }
            self.terms.add_error("collector", " ".join(sorted(reasons)))
            return
        for row in self.milestones.filled:
            if not registry.accepting(row.cleaned_data["amount"], collector=collector):
                row.add_error("amount", _("No means of payment takes this amount."))

    def _check_costs(self) -> None:
        """Complain about direct costs that the whole price could not bear."""
        amounts = [row["amount"] for row in self.milestone_terms]
        costs = [cost for row in self.milestone_terms for _title, cost in row["costs"]]
        if Money.total(costs, self.currency) > Money.total(amounts, self.currency):
            self.costs.complain(_("The direct costs are above the price."))

    def _plan_terms(self) -> dict[str, Any]:
        return {
            **self.terms.plan_terms(),
            "tiers": self.tiers.scale(),
            "team_tiers": self.team_tiers.scale(),
            "inventors": [[r.user.pk, r.cleaned_data["parts"]] for r in self.inventors.filled],
            "brokers": self.brokers.parts,
            "institutions": self.institutions.parts,
        }

    def _costs_have_milestones(self) -> bool:
        standing = {self.milestones.forms.index(row) + 1 for row in self.milestones.filled}
        for row in self.costs.filled:
            if row.cleaned_data.get("milestone") not in standing:
                row.add_error("milestone", _("There is no milestone with this number."))
        return not any(row.errors for row in self.costs.filled)

    def _costs_of(self, milestone: Any) -> list[tuple[str, Money]]:
        number = self.milestones.forms.index(milestone) + 1
        return [
            (row.cleaned_data["title"], row.cleaned_data["amount"])
            for row in self.costs.filled
            if row.cleaned_data["milestone"] == number
        ]

    def _currency(self) -> str:
        chosen = (self.initial["terms"] if self.data is None else self.data).get("currency")
        return chosen if chosen in CURRENCIES else "CNY"

    def _rows(self, formset: Any, name: str, form_kwargs: dict[str, Any], **kwargs: Any) -> Any:
        initial = self.initial[name] if self.data is None else None
        return formset(self.data, prefix=name, initial=initial, form_kwargs=form_kwargs, **kwargs)
