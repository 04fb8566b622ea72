"""How a row of the table is written.

A row says for an address who gets through with GET and with POST, by the names of the cast; `None` is a
method that the address does not know. Of the others, `told` hear that it is not for them (403), to the
rest it does not exist (404), and who is not signed in is sent to sign in, or falls under `to_nobody`.
`idle`: whose POST is answered, but changes nothing.
"""

from dataclasses import dataclass
from typing import Literal

NOBODY = "anonymous inactive"
INSTITUTION = "researcher approver director"
ENTERPRISE = "engineer buyer"
SIDES = f"{INSTITUTION} {ENTERPRISE}"
PARTIES = f"{SIDES} broker"
READERS = f"{PARTIES} finance administrator"
SIGNED_IN = f"former stranger other_broker moderator {READERS}"
ALL = f"{NOBODY} {SIGNED_IN}"
BOOKKEEPERS = "approver director finance administrator"
SIGNERS = f"stranger buyer {BOOKKEEPERS}"
"""Who signs for any organisation sees a treasury of its own."""


@dataclass(frozen=True)
class Row:
    get: str | None = None
    post: str | None = None
    told: str = ""
    to_nobody: Literal["sign in", "denied", "hidden"] = "sign in"
    idle: str = ""

    def allowed(self, method: str) -> frozenset[str] | None:
        """Return who gets through with `method`, None where the address does not know it."""
        names = self.get if method == "GET" else self.post
        return None if names is None else frozenset(names.split())

    def refusal(self, person: str) -> str:
        """Return how somebody who does not get through is refused."""
        if person in NOBODY.split():
            return self.to_nobody
        return "denied" if person in self.told.split() else "hidden"


def both(names: str, **more: str) -> Row:
    """Return a row of a form: who may open it may also send it."""
    return Row(get=names, post=names, **more)  # type: ignore[arg-type]


def less(names: str, *others: str) -> str:
    """Return `names` without `others`, to write who reads a deal but may not do a thing."""
    gone = {name for other in others for name in other.split()}
    return " ".join(name for name in names.split() if name not in gone)


def of_deal(get: str | None = None, post: str | None = None, *, hidden: str = "") -> Row:
    """Return a row of a deal: its readers are told what they may not do, to others it does not exist."""
    return Row(get, post, told=less(READERS, hidden))


def form_of_deal(names: str, *, hidden: str = "") -> Row:
    return of_deal(names, names, hidden=hidden)


Table = dict[str, dict[str, Row]]
