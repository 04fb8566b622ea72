"""The pack for the registry of technology contracts as a paper."""

from django.utils.translation import gettext as _

from brokers.deals.models import Agreement
from brokers.deals.reading.registration_pack import registration_pack
from brokers.deals.reading.split import terms_of
from marketplace.amounts import with_currency
from marketplace.pdf import Paper


def registration_paper(agreement: Agreement) -> bytes:
    """Return the PDF of what the registry asks about `agreement`, with its payments."""
    paper = Paper(title=_("Registration of a technology contract"), reference=_reference(agreement))
    paper.heading(_("The contract"))
    paper.facts((item.label, item.shown or "–") for item in registration_pack(agreement))
    milestones = list(agreement.milestones.prefetch_related("costs"))
    if milestones:
        paper.heading(_("Payments"))
        rows = [
            [m.title, m.due_on.isoformat(), m.deliverable, with_currency(amount)]
            for m, (amount, _costs) in zip(milestones, terms_of(milestones), strict=True)
        ]
        head = [_("Milestone"), _("Due"), _("Deliverable"), _("Amount")]
        paper.table(head, rows, widths=(3, 2, 4, 3), numeric={3})
    return paper.content()


def _reference(agreement: Agreement) -> str:
    version = _("version %(version)s") % {"version": agreement.version}
    return f"{agreement.deal.reference} · {version}"
