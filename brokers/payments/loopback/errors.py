"""Refusals in Stripe's form, so that the real client raises the exceptions it raises for Stripe."""

from typing import Any


class ApiError(Exception):
    """An answer with a status of 400 or above.

    `saved` says whether an idempotency key replays it: Stripe keeps what an end point answered once it
    began its work, not what was refused before that.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        saved: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.saved = saved

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        error = {"type": self.kind, "message": self.message}
        error |= {"code": self.code} if self.code else {}
        error |= {"param": self.param} if self.param else {}
        return {"error": error}


def invalid(message: str, *, param: str, code: str = "parameter_invalid") -> ApiError:
    """Return the refusal of a parameter: nothing was begun, no key replays it."""
    return ApiError(400, message, code=code, param=param, saved=False)


def missing(kind: str, object_id: str) -> ApiError:
    """Return the refusal of an id that nothing has."""
    return ApiError(
        404, f"No such {kind}: '{object_id}'", code="resource_missing", param="id", saved=False
    )


def insufficient_funds() -> ApiError:
    """Return the refusal of what would draw a balance below zero."""
    return ApiError(400, "Insufficient funds in the account.", code="balance_insufficient")
