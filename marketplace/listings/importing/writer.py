"""Stores the entries of one file as listings, through the listings' own lifecycle.

A listing is known by its organisation, the file's source and the row's id. The digest of what was
imported last is kept with it: an unchanged row touches nothing, so it never undoes what people
edited since. A changed row becomes a new revision. Nothing goes live but by `lifecycle.publish`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation, User
from marketplace.listings import lifecycle
from marketplace.listings.importing.faults import BadRowError
from marketplace.listings.importing.mapping import Entry
from marketplace.listings.models import Listing
from marketplace.taxonomy.models import IpcClass


class Outcome(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Stored:
    """What became of one entry."""

    outcome: Outcome
    published: bool = False


@dataclass
class Writer:
    """Where a file's rows go and in whose name; without `moderator` nothing is published."""

    model: type[Listing]
    organisation: Organisation
    author: User
    source: str
    moderator: User | None = None
    dry_run: bool = False
    _ipc: dict[str, IpcClass] = field(default_factory=IpcClass.objects.in_bulk)

    def known(self, entries: Sequence[Entry]) -> dict[str, Listing]:
        """Return the listings that earlier imports made of `entries`, by external id."""
        found = self.model._default_manager.filter(
            organisation=self.organisation,
            source=self.source,
            external_id__in=[entry.external_id for entry in entries],
        )
        return {listing.external_id: listing for listing in found}

    def write(self, entry: Entry, known: Listing | None) -> Stored:
        """Store one entry. Raises `BadRowError`, and then has changed nothing."""
        digest = _digest(entry)
        try:
            with transaction.atomic():
                if known is not None and known.import_digest == digest:
                    return Stored(Outcome.UNCHANGED, self._publish(entry, known, changed=False))
                listing = self._filled(entry, known, digest)
                if self.dry_run:
                    listing.full_clean()
                else:
                    self._save(listing, known, digest)
                outcome = Outcome.NEW if known is None else Outcome.CHANGED
                return Stored(outcome, self._publish(entry, listing, changed=True))
        except ValidationError as error:
            raise BadRowError(_reasons(error)) from error
        except IntegrityError as error:
            raise BadRowError([("", _("Another import stored this row meanwhile."))]) from error

    def _filled(self, entry: Entry, known: Listing | None, digest: str) -> Any:
        listing: Any = lifecycle.working_copy(known) if known else self._new(entry, digest)
        for name, value in entry.values.items():
            setattr(listing, name, value)
        _refuse_long_texts(listing)
        for name, rows in entry.related.items():
            if name == "ipc":
                listing.ipc.set([self._ipc[code] for code in rows])
            else:
                getattr(listing, name).set(_children(listing, name, rows))
        return listing

    def _new(self, entry: Entry, digest: str) -> Listing:
        return self.model(
            organisation=self.organisation,
            author=self.author,
            source=self.source,
            external_id=entry.external_id,
            import_digest=digest,
        )

    def _save(self, listing: Listing, known: Listing | None, digest: str) -> None:
        lifecycle.save_draft(listing, author=self.author)
        if known is not None:
            rows = self.model._default_manager.filter(pk=known.pk)
            rows.update(import_digest=digest)

    def _publish(self, entry: Entry, listing: Listing, *, changed: bool) -> bool:
        """Publish what is new to readers. A listing that its owner withdrew stays withdrawn."""
        wanted = changed if listing.live else listing.first_published_at is None
        if self.moderator is None or not entry.publishable or not wanted:
            return False
        if not self.dry_run:
            lifecycle.publish(listing, moderator=self.moderator)
        return True


def _digest(entry: Entry) -> str:
    content = json.dumps([entry.values, entry.related], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _refuse_long_texts(listing: Listing) -> None:
    """Raise `ValidationError` for texts that a form would refuse; models do not check `TextField`."""
    too_long = {
        field.name: _("The text has %(length)d characters; %(most)d are allowed.")
        % {"length": len(text), "most": field.max_length}
        for field in listing._meta.concrete_fields
        if isinstance(field, models.TextField)
        and field.max_length
        and len(text := getattr(listing, field.name) or "") > field.max_length
    }
    if too_long:
        raise ValidationError(too_long)


def _children(listing: Any, relation: str, rows: list[dict[str, Any]]) -> list[models.Model]:
    link = listing._meta.get_field(relation)
    children = [link.related_model(**row) for row in rows]
    for child in children:
        try:
            child.full_clean(exclude=[link.field.name])
        except ValidationError as error:
            raise ValidationError({relation: error.messages}) from error
    return children


def _reasons(error: ValidationError) -> list[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        return [("", message) for message in error.messages]
    return [
        ("" if name == "__all__" else name, message)
        for name, messages in error.message_dict.items()
        for message in messages
    ]
