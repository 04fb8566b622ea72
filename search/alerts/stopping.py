"""The address that stops one watch, for whoever holds it: no sign-in, one POST (RFC 8058).

It is signed and never expires: a mail of last year must still stop what it came from.
"""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from search.models import Watch

_signer = Signer(salt="search.alerts.stop")


def address(watch: Watch) -> str:
    """Return the path that stops `watch`, in the language that is active."""
    return reverse("search:stop", args=[_signer.sign(str(watch.pk))])


def watch_of(token: str) -> Watch | None:
    """Return the watch of a path of `address`; None where it was deleted. Raises `BadSignature`."""
    number = _signer.unsign(token)
    return Watch.objects.select_related("user", "need", "result").filter(pk=number).first()


__all__ = ["BadSignature", "address", "watch_of"]
