"""What the workbench says about each listing: where it stands, what is missing, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings import readership
from marketplace.listings.completeness import Completeness, completeness
from marketplace.listings.drafts import newest_versions
from marketplace.listings.lifecycle import Status, status

NEXT_STEPS: dict[Status, Any] = {
    Status.DRAFT: _("Complete it and submit it for review."),
    Status.IN_REVIEW: _("A moderator is reading it. Take it back if you want to change it."),
    Status.RETURNED: _("Change what the moderator asks for and submit it again."),
    Status.LIVE: _("Look at its matches; add what readers miss."),
    Status.LIVE_DRAFT: _("Readers still see the old version: submit your changes for review."),
    Status.LIVE_IN_REVIEW: _("A moderator is reading your changes; readers see the old version."),
    Status.LIVE_RETURNED: _("Change what the moderator asks for; readers see the old version."),
    Status.EXPIRED: _("Nobody confirmed it. Check it and submit it again."),
    Status.WITHDRAWN: _("Submit it again to bring it back."),
}
TAG_KINDS = {
    Status.LIVE: "success",
    Status.LIVE_DRAFT: "success",
    Status.IN_REVIEW: "accent",
    Status.LIVE_IN_REVIEW: "accent",
    Status.RETURNED: "warning",
    Status.LIVE_RETURNED: "warning",
    Status.EXPIRED: "danger",
}
_WAITING = (Status.IN_REVIEW, Status.LIVE_IN_REVIEW)
_RETURNED = (Status.RETURNED, Status.LIVE_RETURNED)
_SUBMITTABLE = (Status.DRAFT, Status.LIVE_DRAFT, Status.EXPIRED, Status.WITHDRAWN, *_RETURNED)


@dataclass(frozen=True)
class Entry:
    """The newest version of a listing, as its owners see it; `opened` is how often readers opened its
    page lately.
    """

    listing: Any
    status: Status
    completeness: Completeness
    opened: int = 0

    @property
    def next_step(self) -> Any:
        return NEXT_STEPS[self.status]

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS.get(self.status, "")

    @property
    def remarks(self) -> str:
        """What the moderator wrote when returning it."""
        if self.status not in _RETURNED:
            return ""
        task = self.listing.current_workflow_state.current_task_state
        return task.comment if task else ""

    @property
    def is_waiting(self) -> bool:
        """Whether a moderator has it now, so that nobody else changes it."""
        return self.status in _WAITING

    @property
    def may_be_submitted(self) -> bool:
        return self.status in _SUBMITTABLE

    @property
    def may_be_withdrawn(self) -> bool:
        return self.listing.live

    @property
    def may_be_discarded(self) -> bool:
        return self.listing.first_published_at is None


def entries(rows: Sequence[Any]) -> list[Entry]:
    """Return an entry for each of `rows`, listings of one kind; see `newest_versions`."""
    opened = readership.recent(rows)
    return [
        replace(entry(version), opened=opened.get(version.pk, 0))
        for version in newest_versions(rows)
    ]


def entry(version: Any) -> Entry:
    """Return the entry of the newest `version` of a listing."""
    return Entry(version, status(version), completeness(version))
