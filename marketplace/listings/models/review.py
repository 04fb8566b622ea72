"""The review of a listing: the task in Wagtail's workflow that moderators do."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState, WorkflowState

from marketplace.listings import outcomes


class ListingReview(AbstractGroupApprovalTask):
    """Approval by a group, after which the listing's author learns the outcome."""

    class Meta:
        verbose_name = _("review of listings")
        verbose_name_plural = _("reviews of listings")

    @classmethod
    def get_description(cls) -> str:
        return str(_("Members of the chosen groups review; the author is told the outcome."))

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Approve or return, and tell the author once the review as a whole has ended."""
        super().on_action(task_state, user, action_name, **kwargs)
        review = WorkflowState.objects.get(pk=task_state.workflow_state_id)
        if review.status == WorkflowState.STATUS_APPROVED:
            outcomes.tell_approved(review.content_object, moderator=user)
        elif review.status == WorkflowState.STATUS_NEEDS_CHANGES:
            outcomes.tell_returned(review.content_object, moderator=user)
