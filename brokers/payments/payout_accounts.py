"""Where payees are paid: open, complete, follow and close their accounts.

Invariants: who asks has re-authenticated (the view sees to it); an account with the gateway belongs to a
row that is committed; each change of what an account can do is told upwards once.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from brokers.payments import announcements, registry
from brokers.payments.gateway import Account, PayoutFailure, Refused, State
from brokers.payments.models import FailedPayout, PayoutAccount
from marketplace.accounts.models import Organisation
from marketplace.audit import trail

Status = PayoutAccount.Status

_STATUSES = {
    State.PENDING: Status.PENDING,
    State.DONE: Status.ACTIVE,
    State.FAILED: Status.DISABLED,
}


def open_account(
    *,
    owner: Any,
    gateway: str,
    opened_by: Any,
    country: str = "",
    holder: str = "",
    bank: str = "",
    number: str = "",
) -> PayoutAccount:
    """Return the account of `owner` with `gateway`, opened if need be.

    `owner` is an organisation, a person, or None: the platform.

    The gateway names the fields it reads in `account_fields`. An account with other details is closed
    and replaced. Raises `ValidationError` when the gateway refuses, `OutcomeUnknown` when it does not
    answer: asking again carries on.
    """
    wanted = PayoutAccount(
        gateway=gateway,
        country=country,
        holder=holder,
        bank=bank,
        opened_by=opened_by,
        **owner_columns(owner),
    )
    account = _row(wanted, number)
    if not account.external_id:
        _open_at_gateway(account, number)
    return account


def owner_columns(owner: Any) -> dict[str, Any]:
    """Return the columns that name `owner` (an organisation, a person, None: the platform)."""
    is_organisation = isinstance(owner, Organisation)
    return {
        "organisation": owner if is_organisation else None,
        "user": None if is_organisation else owner,
    }


def onboarding_url(*, account: PayoutAccount, refresh_url: str, return_url: str) -> str:
    """Return the gateway's page where the payee completes the account; empty when there is none.

    An account that the gateway was not asked for yet, or whose answer was lost, is opened first. Raises
    `ValidationError` when the gateway refuses that, `OutcomeUnknown` when it does not answer.
    """
    gateway = registry.get(account.gateway)
    if not account.external_id and not gateway.by_hand:
        _open_at_gateway(account, number="")
    return gateway.onboarding_url(
        account.external_id, refresh_url=refresh_url, return_url=return_url
    )


def refresh(*, account_id: Any) -> PayoutAccount:
    """Ask the gateway what the account can do and lacks, and what its owner's bank sent back.

    Raises `OutcomeUnknown` when the gateway does not answer.
    """
    account = PayoutAccount.objects.get(pk=account_id)
    if account.external_id and account.status != Status.CLOSED:
        gateway = registry.get(account.gateway)
        found = gateway.fetch_account(account.external_id)
        failures = gateway.fetch_failed_payouts(account.external_id)
        _learn(account, found, failures)
        account.refresh_from_db()
    return account


@transaction.atomic
def close(*, account: PayoutAccount, closed_by: Any) -> None:
    """Pay nothing to `account` any more; what is under way still arrives."""
    _become(account, Status.CLOSED)
    trail.record(actor=closed_by, action="payout_account.close", target=account)


@transaction.atomic
def _row(wanted: PayoutAccount, number: str) -> PayoutAccount:
    """Return the committed row for `wanted`: the one there is, if its details are the same."""
    current = (
        PayoutAccount.objects.select_for_update()
        .filter(organisation=wanted.organisation, user=wanted.user, gateway=wanted.gateway)
        .exclude(status=Status.CLOSED)
        .first()
    )
    if current is not None:
        same = (current.country, current.holder, current.bank) == (
            wanted.country,
            wanted.holder,
            wanted.bank,
        )
        if same and number in ("", current.external_id):
            return current
        close(account=current, closed_by=wanted.opened_by)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(
            _("This account was just changed by somebody else."), code="changed"
        ) from error
    trail.record(actor=wanted.opened_by, action="payout_account.open", target=wanted)
    return wanted


def _open_at_gateway(account: PayoutAccount, number: str) -> None:
    try:
        opened = registry.get(account.gateway).open_account(account.order(number=number))
    except Refused as refusal:
        raise ValidationError(
            _("The account was refused: %(reason)s"),
            code="refused",
            params={"reason": str(refusal)},
        ) from refusal
    PayoutAccount.objects.filter(pk=account.pk).update(external_id=opened.external_id)
    _become(account, _STATUSES[opened.state])
    account.refresh_from_db()


@transaction.atomic
def _learn(account: PayoutAccount, found: Account, failures: Sequence[PayoutFailure]) -> None:
    """Keep what the gateway says of `account`; what is new of it and has to be put right is told."""
    before = PayoutAccount.objects.select_for_update().get(pk=account.pk)
    _become(account, _STATUSES[found.state])
    PayoutAccount.objects.filter(pk=account.pk).update(
        missing=list(found.missing), disabled_reason=found.disabled_reason
    )
    known = set(before.failed_payouts.values_list("external_id", flat=True))
    standing = {failure.external_id for failure in failures}
    before.failed_payouts.exclude(external_id__in=standing).delete()
    FailedPayout.objects.bulk_create(
        FailedPayout(
            account=account,
            external_id=failure.external_id,
            amount=failure.amount.amount,
            currency=failure.amount.currency,
            code=failure.code,
            failed_on=failure.failed_on,
        )
        for failure in failures
        if failure.external_id not in known
    )
    asked = set(found.missing) - set(before.missing) or standing - known
    stopped = found.disabled_reason and found.disabled_reason != before.disabled_reason
    if (asked or stopped) and found.state != State.PENDING:
        announcements.account_troubled(account)


@transaction.atomic
def _become(account: PayoutAccount, status: str) -> None:
    changed = PayoutAccount.objects.filter(pk=account.pk).exclude(
        status__in=[status, Status.CLOSED]
    )
    if changed.update(status=status):
        announcements.account_changed(account)
