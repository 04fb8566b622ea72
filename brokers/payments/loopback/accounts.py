"""Connected accounts: made empty, able to receive transfers once a person finished onboarding."""

from collections.abc import Sequence
from typing import Any

from brokers.payments.loopback.errors import ApiError, invalid
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


@route("POST", "/v1/accounts")
def create(call: Call) -> dict[str, Any]:
    params = call.params
    if params.text("type") != "express":
        raise invalid("Only express accounts are known here.", param="type")
    country = params.text("country")
    if not (len(country) == 2 and country.isalpha() and country.isupper()):
        raise invalid(
            f"Country '{country}' is unknown.", param="country", code="country_unsupported"
        )
    params.group("capabilities").group("transfers").text("requested")
    body = {
        "id": new_id("acct"),
        "object": "account",
        "business_type": params.text("business_type", "") or None,
        "country": country,
        "created": now(),
        "email": params.text("email", "") or None,
        "metadata": params.mapping("metadata"),
        "type": "express",
    }
    params.finish()
    return call.store.put(body | _standing(onboarded=False, disabled_reason=None))


@route("GET", "/v1/accounts/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("account", object_id)


@route("POST", "/v1/account_links")
def link(call: Call) -> dict[str, Any]:
    account = call.store.get("account", call.params.text("account"))
    if call.params.text("type") != "account_onboarding":
        raise invalid("Invalid type", param="type")
    object_id = new_id("alink")
    body = {
        "id": object_id,
        "object": "account_link",
        "created": now(),
        "expires_at": now() + 300,
        "url": f"{call.base_url}/onboarding/{object_id}",
        "_account": account["id"],
        "_refresh_url": call.params.text("refresh_url"),
        "_return_url": call.params.text("return_url"),
    }
    call.params.finish()
    return call.store.put(body)


def change_standing(
    store: Store, object_id: str, *, disabled_reason: str | None = None, due: Sequence[str] = ()
) -> None:
    """Let account `object_id` be paid, or stop it for `disabled_reason`; ask for what is `due`."""
    account = store.get("account", object_id)
    account |= _standing(onboarded=True, disabled_reason=disabled_reason, due=due)
    emit(store, "account.updated", store.put(account), account=object_id)


def require_transfers(store: Store, object_id: str) -> None:
    """Raise a 400 when account `object_id` is unknown or may not receive transfers."""
    try:
        account = store.get("account", object_id)
    except ApiError:
        raise ApiError(
            400, f"No such destination: '{object_id}'", code="resource_missing", param="destination"
        ) from None
    if account["capabilities"]["transfers"] != "active":
        raise ApiError(
            400,
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )


def _standing(
    *, onboarded: bool, disabled_reason: str | None, due: Sequence[str] = ()
) -> dict[str, Any]:
    able = onboarded and disabled_reason is None
    return {
        "capabilities": {"transfers": "active" if able else "inactive"},
        "charges_enabled": False,
        "details_submitted": onboarded,
        "payouts_enabled": able and "external_account" not in due,
        "requirements": {
            "currently_due": list(due) if onboarded else ["external_account"],
            "disabled_reason": disabled_reason if onboarded else "requirements.past_due",
        },
    }
