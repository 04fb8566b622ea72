"""What of a public text changes when: of a listing, and of the profile of an expert.

Publishing or withdrawing commits the row and every effect of it together. What is live leaves the site
by itself unless its owner confirms it in time. A revision holds what its author wrote and nothing that
belongs to the row as a whole: publishing an old revision never brings back an old owner, an old lock or
an old date.
"""

from datetime import timedelta
from typing import Any, ClassVar, Self

from csp.constants import SELF
from csp.decorators import csp_replace
from django.db import models, transaction
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from marketplace.accounts.models import User
from marketplace.listings import outcomes

FRESH_FOR = timedelta(days=180)


class Reviewed(
    PreviewableMixin,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    ClusterableModel,
):
    """The draft, review and live states of a text that moderators read before everybody does."""

    live = models.BooleanField(_("live"), default=False, editable=False)
    verified_on = models.DateField(_("last confirmed by its owner"), null=True, editable=False)
    expires_on = models.DateField(_("leaves the site on"), null=True, editable=False)
    asked_days_before = models.PositiveSmallIntegerField(null=True, editable=False)

    kind: ClassVar[str]
    told_as: ClassVar[str] = "listing"
    """Begins the names of the notices about it."""
    fresh_for: ClassVar[timedelta] = FRESH_FOR
    """How long it stays on the site once its owner has confirmed it."""
    row_fields: ClassVar[tuple[str, ...]] = (
        "last_published_at",
        "live_revision_id",
        "expired",
        "verified_on",
        "expires_on",
        "asked_days_before",
        "locked",
        "locked_at",
        "locked_by_id",
    )
    """What belongs to the row as a whole, whatever a revision says."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Rows come by position; to look for the names of children takes longer than all the rest."""
        if kwargs:
            super().__init__(*args, **kwargs)
        else:
            super(ClusterableModel, self).__init__(*args)

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = False, strict_fks: bool = False
    ) -> Self:
        """Build the object of a revision.

        Its foreign keys are not looked up one by one: what they point to is never deleted.
        """
        return super().from_serializable_data(data, check_fks, strict_fks)

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """Return the object of a revision; what belongs to the row as a whole stays the row's."""
        draft = super().with_content_json(content)
        for field in self.row_fields:
            setattr(draft, field, getattr(self, field))
        return draft

    def publish(self, revision: Any, user: Any = None, *args: Any, **kwargs: Any) -> None:
        """Publish `revision`, start its time on the site, and tell who wrote it of the review that this
        ends.
        """
        with transaction.atomic():
            self.confirm()
            ends_review = self.current_workflow_state is not None
            super().publish(revision, user, *args, **kwargs)
            if ends_review:
                outcomes.tell_approved(self, moderator=user)

    def confirm(self) -> None:
        """Store that the owner stands by it today, and when it leaves the site."""
        self.verified_on = timezone.localdate()
        self.expires_on = self.verified_on + self.fresh_for
        self.asked_days_before = None
        self.save(update_fields=["verified_on", "expires_on", "asked_days_before"])

    def unpublish(
        self,
        set_expired: bool = False,
        commit: bool = True,
        user: Any = None,
        log_action: Any = True,
    ) -> None:
        """Take the text off the site. Callers have asked `listing:withdraw` for `user`."""
        action = UnpublishAction(
            self, set_expired=set_expired, commit=commit, user=user, log_action=log_action
        )
        with transaction.atomic():
            action.execute(skip_permission_checks=True)

    @csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
    def serve_preview(self, request: HttpRequest, mode_name: str) -> TemplateResponse:
        """Show this version on the page that readers get, in a frame of Wagtail, which asks who may."""
        return self.preview(request)

    def preview(self, request: HttpRequest) -> TemplateResponse:
        """Return the page of this version, as far as the reader may look."""
        raise NotImplementedError

    def refuse_unfinished(self) -> None:
        """Raise `ValidationError` where the text is not ready to be reviewed."""

    def stewards(self) -> list[User]:
        """Return who looks after this text."""
        raise NotImplementedError

    @property
    def edit_url(self) -> str:
        """Where who looks after it changes it."""
        raise NotImplementedError

    @property
    def confirm_url(self) -> str:
        """Where who looks after it confirms it."""
        raise NotImplementedError

    @property
    def file_ids(self) -> list[Any]:
        """The stored files that this version shows."""
        return []
