"""What a deal shows to who has left it, or is to join it: what that party signed or is to sign.

Invariant: nothing that was written or added after it left, and nothing before it joins but the texts.
"""

from typing import Any

from brokers.deals import files, plan_words
from brokers.deals.models import Deal, Milestone
from brokers.deals.permissions import is_paid_as, joining_parties, left_parties
from brokers.deals.reading.documents import document_line
from brokers.deals.reading.invoices import billable
from brokers.deals.reading.milestones import milestone_rows
from brokers.deals.reading.payees import payees_of
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.room import message_lines


def aside_context(deal: Deal, user: Any) -> dict[str, Any]:
    """Return the context of `deals/aside.html` for `user`, who is no party of `deal` now."""
    reader = Reader.of(user, deal)
    left = left_parties(user, deal, roles=reader.roles)
    joining = joining_parties(user, deal, roles=reader.roles)
    texts = [d for d in deal.documents.all() if user.has_perm("document:read", d)]
    lines = [document_line(d, reader) for d in sorted(texts, key=lambda d: d.kind, reverse=True)]
    until = max((party.left_at for party in left if party.left_at), default=None)
    written = deal.messages.select_related("author", "party")
    written = written.filter(sent_at__lte=until) if until else written.none()
    payees = [p for p in payees_of(deal) if left and is_paid_as(user, p, roles=reader.roles)]
    names = plan_words.payee_names(payees, reader.payee_names)
    bills = {payee: billable(deal, payee) for payee in payees}
    return {
        "deal": deal,
        "left": left,
        "joining": joining,
        "documents": lines,
        "may_decline": any(party in reader.signing for party in joining),
        "milestones": milestone_rows(deal, _paid_before(deal, until), reader),
        "statements": [(payee, names[payee]) for payee in payees],
        "bills": [(p, names[p], amount) for p, amount in bills.items() if amount],
        "files": files.readable(deal, user),
        "lines": message_lines(written, reader),
    }


def _paid_before(deal: Deal, until: Any) -> list[Milestone]:
    """Return the milestones that were paid while the party took part."""
    return [
        milestone
        for agreement in deal.agreements.all()
        for milestone in agreement.milestones.all()
        if until and milestone.paid_at and milestone.paid_at <= until
    ]
