"""What of a listing changes when.

Publishing or withdrawing commits the row and every effect of it together. A revision holds what its
author wrote and nothing that belongs to the row as a whole: publishing an old revision never brings
back an old owner, an old lock or an old date.
"""

from datetime import date, timedelta
from typing import Any, Self

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

from marketplace.listings import outcomes

FRESH_FOR = timedelta(days=180)
ROW_FIELDS = (
    "organisation_id",
    "author_id",
    "source",
    "external_id",
    "import_digest",
    "submission",
    "verified_on",
    "expires_on",
    "asked_days_before",
    "created_at",
    "last_published_at",
    "live_revision_id",
    "expired",
    "locked",
    "locked_at",
    "locked_by_id",
)


class Publishing(
    PreviewableMixin,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    ClusterableModel,
):
    """The draft, review, live and expired states of a listing."""

    live = models.BooleanField(_("live"), default=False, editable=False)
    verified_on = models.DateField(_("last confirmed by its owner"), null=True, editable=False)
    expires_on = models.DateField(_("leaves the site on"), null=True, editable=False)
    asked_days_before = models.PositiveSmallIntegerField(null=True, editable=False)

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
        for field in ROW_FIELDS:
            setattr(draft, field, getattr(self, field))
        return draft

    def publish(self, revision: Any, user: Any = None, *args: Any, **kwargs: Any) -> None:
        """Publish `revision`, start its time on the site, and tell the author of the review it ends."""
        with transaction.atomic():
            ends_review = self.current_workflow_state is not None
            self.confirm_until(timezone.localdate() + FRESH_FOR)
            super().publish(revision, user, *args, **kwargs)
            if ends_review:
                outcomes.tell_approved(self, moderator=user)

    def confirm_until(self, expires_on: date) -> None:
        """Store that the owner stands by the listing today, and when it leaves the site."""
        self.verified_on, self.expires_on = timezone.localdate(), expires_on
        self.asked_days_before = None
        self.save(update_fields=["verified_on", "expires_on", "asked_days_before"])

    def unpublish(
        self,
        set_expired: bool = False,
        commit: bool = True,
        user: Any = None,
        log_action: Any = True,
    ) -> None:
        """Take the listing off the site. Callers have asked `listing:withdraw` for `user`."""
        action = UnpublishAction(
            self, set_expired=set_expired, commit=commit, user=user, log_action=log_action
        )
        with transaction.atomic():
            action.execute(skip_permission_checks=True)

    @csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
    def serve_preview(self, request: HttpRequest, mode_name: str) -> TemplateResponse:
        """Show this version on the page that readers get, in a frame of Wagtail, which asks who may."""
        from marketplace.listings import pages  # noqa: PLC0415  pages stand on the models

        return TemplateResponse(request, pages.DETAIL, pages.preview_context(self, request.user))
