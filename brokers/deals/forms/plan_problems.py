"""Which field of the agreement's form a problem of the split plan stands at."""

from typing import Any

from django.utils.translation import gettext as _

from brokers.deals.forms.agreement_terms import SHARES
from brokers.settlement.messages import problem_text
from brokers.settlement.plan import OFFICE, Role
from brokers.settlement.plan_rules import Problem

FIELDS = {
    "currency": "currency",
    "platform_fee": "platform_fee",
    "loss_bearer": "loss_bearer",
    "form": "plan_form",
    "shares": "share_team",
    "shares.broker.cap": "cap",
    "shares.broker.ceiling": "cap",
    f"shares.{OFFICE}.tiers.0": "office_fee",
    **{f"shares.{role}.basis_points": field for role, field in SHARES.items()},
}


def place(problem: Problem, form: Any) -> None:
    """Add `problem` to `form` (an `AgreementForm`) where it was typed, else to the form as a whole."""
    text = problem_text(problem)
    if problem.code == "no_member" and problem.path == f"shares.{Role.TEAM}":
        form.inventors.complain(_("Name at least one inventor."))
    elif field := FIELDS.get(problem.path):
        form.terms.add_error(field if field in form.terms.fields else None, text)
    elif not _place_in_rows(problem.path.split("."), text, form):
        form.terms.add_error(None, text)


def _place_in_rows(path: list[str], text: str, form: Any) -> bool:
    """Add `text` to the row that "shares.broker.tiers.1" or "shares.team.user:5" names, if any."""
    scales = {Role.BROKER.value: form.tiers, Role.TEAM.value: form.team_tiers}
    if path[2:3] == ["tiers"] and path[1] in scales:
        formset = scales[path[1]]
        rows = formset.filled
        if len(path) == 4 and int(path[3]) < len(rows):
            rows[int(path[3])].add_error("rate", text)
        else:
            formset.complain(text)
        return True
    rows = [
        *((f"{Role.TEAM}.user:{row.user.pk}", row) for row in form.inventors.filled if row.user),
        *((f"{Role.BROKER}.user:{row.holder.pk}", row) for row in form.brokers),
    ]
    named = (row for name, row in rows if name == ".".join(path[1:]))
    if row := next(named, None):
        row.add_error("parts", text)
    return row is not None
