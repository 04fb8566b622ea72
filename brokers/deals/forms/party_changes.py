"""The rows of an amendment that change the parties: one says what happens, and who comes.

Invariant: every choice names a party of this deal, or a role that several can have.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.agreement_rows import Rows
from brokers.deals.models import Party
from brokers.deals.succession import Change
from marketplace.accounts.models import Organisation, User

SUCCEED, LEAVE, JOIN = "succeed", "leave", "join"
ORGANISATIONS = (Party.Role.INSTITUTION, Party.Role.ENTERPRISE, Party.Role.PARTNER)


class PartyChangeForm(forms.Form):
    """`change` (once the row is valid) is what the row says."""

    what = forms.ChoiceField(label=_("What changes"))
    who = forms.CharField(
        label=_("Who comes"),
        help_text=_(
            "An organisation by its name or its unified social credit code, a person by the e-mail "
            "address."
        ),
        max_length=254,
        required=False,
    )

    def __init__(self, *args: Any, parties: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = {str(party.pk): party for party in parties}
        self.fields["what"].choices = [("", "—"), *_choices(parties)]  # type: ignore[attr-defined]
        self.change: Change | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        what, _colon, subject = data.get("what", "").partition(":")
        who = data.get("who", "").strip()
        if what == LEAVE:
            self.change = Change(leaves=int(subject))
            if who:
                self.add_error("who", _("Nobody comes when a party only leaves."))
        elif what:
            leaving = self.parties.get(subject)
            role = leaving.role if leaving else subject
            self.change = self._coming(role, who, leaving)
        return data

    def _coming(self, role: str, who: str, leaving: Party | None) -> Change | None:
        """Return the change by which `who` comes; complain at the field where nobody is found."""
        leaves = leaving.pk if leaving else None
        if role in ORGANISATIONS:
            if organisation := _organisation(who):
                return Change(leaves=leaves, role=role, organisation=organisation.pk)
            self.add_error("who", _("No organisation on this site has this name or code."))
        else:
            person = User.objects.filter(email__iexact=who, is_active=True).first()
            if person is not None:
                return Change(leaves=leaves, role=role, user=person.pk)
            self.add_error("who", _("Nobody on this site has this e-mail address."))
        return None


class PartyChangeRows(Rows):
    @property
    def changes(self) -> list[Change]:
        """What the rows say that can be read."""
        return [row.change for row in self.filled if not row.errors and row.change]


PartyChangeFormSet = forms.formset_factory(
    PartyChangeForm, PartyChangeRows, extra=1, max_num=10, validate_max=True, can_delete=True
)


def initial_changes(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Return `changes` as the rows show them."""
    return [{"what": _what(change), "who": _who(change)} for change in changes]


def _choices(parties: Sequence[Party]) -> Iterable[tuple[str, Any]]:
    for party in parties:
        yield f"{SUCCEED}:{party.pk}", _("%(party)s is succeeded by …") % {"party": party}
    for party in parties:
        if party.role in Party.SEVERAL:
            yield f"{LEAVE}:{party.pk}", _("%(party)s leaves") % {"party": party}
    yield f"{JOIN}:{Party.Role.BROKER}", _("A broker joins …")
    yield f"{JOIN}:{Party.Role.PARTNER}", _("A partner institution joins …")


def _organisation(text: str) -> Organisation | None:
    named = Q(name_zh__iexact=text) | Q(name_en__iexact=text) | Q(credit_code__iexact=text)
    found = list(Organisation.objects.filter(named)[:2]) if text else []
    return found[0] if len(found) == 1 else None


def _what(change: Change) -> str:
    if change.leaves is None:
        return f"{JOIN}:{change.role}"
    return f"{SUCCEED if change.role else LEAVE}:{change.leaves}"


def _who(change: Change) -> str:
    if change.organisation:
        return Organisation.objects.get(pk=change.organisation).name
    return User.objects.get(pk=change.user).email if change.user else ""
