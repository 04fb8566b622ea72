"""A sample treasury: payments that are expected, a bank statement with differences, a payout list."""

from collections.abc import Iterator, Sequence

from django.core.files.base import ContentFile
from django.utils import timezone

from brokers.deals import performance
from brokers.deals.models import Deal, Milestone
from brokers.payments import charges, payout_lists
from brokers.payments.models import BankStatement, Charge, PayoutAccount, PayoutList, Transfer
from brokers.payments.statements import importing, sheet
from marketplace.accounts.models import Membership
from marketplace.demo.people import person
from marketplace.files import uploads
from marketplace.outbox import effects
from marketplace.spreadsheets import csv_text

_HEADINGS = (
    "交易日期",
    "交易流水号",
    "借方发生额（支取）",
    "贷方发生额（收入）",
    "对方户名",
    "对方账号",
    "摘要",
    "附言",
)


def load() -> None:
    """Make what is missing of the sample treasury; the deals are there."""
    if BankStatement.objects.exists():
        return
    for deal in Deal.objects.filter(stage__in=("agreed", "performing")).order_by("created_at"):
        _expect_payment(deal)
    effects.process_due()
    expected = Charge.objects.filter(state=Charge.State.OPEN, gateway="bank")
    if (first := expected.order_by("opened_at").first()) is not None:
        _import_statement(first)
    _draw_up_list()


def _expect_payment(deal: Deal) -> None:
    """Let the enterprise of `deal` choose to pay its next milestone by bank transfer."""
    unpaid = Milestone.objects.filter(
        agreement__deal=deal, agreement__state="signed", payment_reference=None
    )
    milestone = unpaid.order_by("position").first()
    collector = milestone.agreement.collector if milestone else None
    if milestone is None or not PayoutAccount.objects.filter(organisation=collector).exists():
        return
    owners = deal.need.organisation.memberships.filter(role=Membership.Role.OWNER)
    charge = performance.pay(
        milestone=milestone, gateway="bank", payer=owners[0].user, return_url="/"
    )
    charges.start_checkout(charge=charge)


def _import_statement(charge: Charge) -> None:
    account = PayoutAccount.objects.get(organisation=charge.collector, gateway="bank")
    entry = person("finance.entry@example.org")
    text = csv_text([_HEADINGS, *_rows(charge)])
    upload = uploads.check(ContentFile(text.encode(), name="示例银行流水.csv"))
    layout = importing.layout_for(account, sheet.read(upload.content))
    importing.take_in(
        account=account, upload=upload, layout=layout, currency=charge.currency, by=entry
    )


def _rows(charge: Charge) -> Iterator[Sequence[str]]:
    """Yield a payment that agrees, one without its reference, a bank charge and some interest."""
    today = f"{timezone.localdate():%Y-%m-%d}"
    payer, number = charge.payer.name, "6222000099990001"
    own = f"里程碑付款 {charge.code}"
    yield (today, "SAMPLE-0001", "", charge.money.digits, payer, number, "转账", own)
    yield (today, "SAMPLE-0002", "", "86000.00", "某制造公司（示例）", number, "转账", "技术服务费")
    yield (today, "SAMPLE-0003", "12.50", "", "示例银行", "", "手续费", "")
    yield (today, "SAMPLE-0004", "", "318.42", "示例银行", "", "结息", "")


def _draw_up_list() -> None:
    waiting = Transfer.objects.filter(state=Transfer.State.BY_HAND, held=False)
    first = waiting.select_related("payer").order_by("requested_at").first()
    if first is None or first.payer is None or PayoutList.objects.exists():
        return
    orders = list(waiting.filter(payer=first.payer, currency=first.currency))
    payout_lists.draw_up(
        collector=first.payer,
        currency=first.currency,
        orders=orders,
        by=person("finance.entry@example.org"),
    )
