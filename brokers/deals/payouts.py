"""Pay what settlements owe: reserve it in the books, and order the transfer, in one transaction.

What a payee cannot receive yet stays owed, and is paid when the account is there; a broker is paid no
more than it has invoiced. A collector keeps its own share: it stays in the collector's cash, and no
transfer is made. What a complaint holds stays (`holding.py`); each payout is of one payment. Paying out
is an effect of its own, so that it locks the books of all deals that it touches in one order.
"""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import clawbacks, commissions, progress
from brokers.deals.models import Deal
from brokers.deals.payee_accounts import Accounts
from brokers.payments import transfers
from brokers.payments.gateway import PLATFORM as PLATFORM_COLLECTOR
from brokers.payments.models import Charge, PayoutAccount, Transfer
from brokers.settlement import dues
from brokers.settlement.chart import AccountKind
from brokers.settlement.dues import Due
from brokers.settlement.models import Account, Disbursement, Payout, SplitShare
from brokers.settlement.plan import PLATFORM, Payee
from brokers.settlement.services import payouts as books
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import FINANCE
from marketplace.money import Money
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic
from marketplace.outbox.effects import enqueue


def schedule(deal: Deal) -> None:
    """Have paid out what is owed in `deal` once the transaction is committed; see `pay_out`."""
    enqueue("deals.pay_out", {"deal": str(deal.pk)})


@transaction.atomic
def pay_out(*, deal: Deal) -> None:
    """Pay everything that is owed in `deal` and can be received now."""
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    books.lock(deal.pk)
    owed = dues.of_deal(deal.pk)
    accounts = Accounts.of(owed)
    for due in owed:
        account = accounts.receiving(due)
        if account is not None and collector_key(due.payee) != due.collector_key:
            _order(locked, due, account)


def collector_key(collector: Payee) -> str:
    """Return the name of `collector` in the books and at the gateways."""
    return PLATFORM_COLLECTOR if collector == PLATFORM else collector.key


def pay_out_to(account: PayoutAccount) -> None:
    """Have the owner of `account` paid what waited for it, in every deal."""
    owner = {"organisation_id": account.organisation_id, "user_id": account.user_id}
    shares = SplitShare.objects.filter(**owner)
    via = SplitShare.objects.filter(via=account.organisation_id or -1)
    deals = Deal.objects.filter(pk__in=(shares | via).values("plan__deal_reference"))
    if account.owner is None:
        owing = Account.objects.filter(kind=AccountKind.PLATFORM)
        deals = Deal.objects.filter(pk__in=owing.values("book"))
    for deal in deals:
        schedule(deal)


@transaction.atomic
def transfer_ended(*, transfer: Transfer) -> None:
    """Close the payout of `transfer` in the books, as paid or as owed again; once.

    What a refund has claimed of it meanwhile is asked back.
    """
    book = Payout.objects.values("book").get(pk=transfer.reference)["book"]
    deal = Deal.objects.select_for_update().get(pk=book)
    before = Payout.objects.get(pk=transfer.reference)
    is_paid = transfer.state == Transfer.State.PAID
    close = books.settle if is_paid else books.fail
    payout = close(payout_reference=transfer.reference)
    if payout.state == before.state:
        return
    progress.record(deal=deal, kind=f"payout_{payout.state}", actor=None, payee=payout.payee.key)
    if is_paid:
        clawbacks.claw_back(deal)
    elif not transfer.held:
        tell_owner(transfer.account, "payout_failed", deal=deal)


def tell_owner(account: PayoutAccount, template: str, **context: Any) -> None:
    """Tell who decides about `account` what has to be put right, and where that is done."""
    owner = account.organisation
    url, people = "/payout-accounts/", User.objects.filter(payout_accounts=account)
    if owner is not None:
        url = f"/organisations/{owner.slug}/payout-accounts/"
        owners = owner.memberships.filter(role=Membership.Role.OWNER)
        people = User.objects.filter(memberships__in=owners)
    elif account.owner is None:
        url, people = "/payout-accounts/platform/", User.objects.filter(groups__name=FINANCE)
    notify(
        people,
        topic=Topic.BINDING,
        template=template,
        url=url,
        about=("payout_account:read", account),
        context=context,
    )


def pay_again(*, deal: Deal, by: User) -> None:
    """Try again what is owed in `deal`, as after a payment that failed; who asked is in its history."""
    progress.record(deal=deal, kind="payout_retried", actor=by)
    schedule(deal)


def require_returnable(transfer: Transfer) -> None:
    """Raise `ValidationError` where the institution has passed on what `transfer` paid it."""
    if Disbursement.objects.filter(payout=transfer.reference).exists():
        raise ValidationError(_("The institution has recorded that it passed this payment on."))


def _order(deal: Deal, due: Due, account: PayoutAccount) -> None:
    """Pay what can be paid of `due`, payment by payment; what is set off against it is not invoiced."""
    amount = commissions.payable(deal, due)
    left = amount + due.claims if amount else amount
    for part in due.parts:
        taken = min(left, Money(part.amount, left.currency))
        if taken:
            _pay(due, account, part.payment_reference, taken)
        left -= taken


def _pay(due: Due, account: PayoutAccount, payment: uuid.UUID, amount: Money) -> None:
    """Order a transfer; one that is taken from the payment itself need not wait for its funds."""
    payout = books.reserve(
        payout_reference=uuid.uuid4(), payment_reference=payment, payee=due.payee, amount=amount
    )
    if payout.state == Payout.State.NOTHING:
        return
    charge = Charge.objects.get(pk=payment)
    drawn = charge.gateway == account.gateway and payout.money <= transfers.drawable(charge)
    transfers.request(
        reference=payout.pk,
        account=account,
        amount=payout.money,
        charge=charge if drawn else None,
        collector=_collector(due),
    )


def _collector(due: Due) -> Organisation | None:
    if due.collector_key == PLATFORM_COLLECTOR:
        return None
    return Organisation.objects.get(pk=Payee.parse(due.collector_key).id)
