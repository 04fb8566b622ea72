"""The review of a listing: the task in Wagtail's workflow that moderators do.

Who takes part is told in the own language, by our notifications and never by Wagtail's mails, which
lead into its admin, speak the language of whoever caused them and know no inbox.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState, WorkflowState
from wagtail.users.models import UserProfile

from marketplace.accounts.models import User
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
    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Begin the review and tell the reviewers, whoever submits aside."""
        reviewers = [reviewer for reviewer in self._reviewers() if reviewer != user]
        _leave_the_mail_to_us({*reviewers, *filter(None, [user, workflow_state.requested_by])})
        state = super().start(workflow_state, user)
        outcomes.ask_to_review(workflow_state.content_object, reviewers)
        return state

    def _reviewers(self) -> Iterable[User]:
        those = Q(groups__in=self.groups.all()) | Q(is_superuser=True)
        return User.objects.filter(those, is_active=True).distinct()

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Approve or return, and tell the author once the review as a whole has ended."""
        super().on_action(task_state, user, action_name, **kwargs)
        review = WorkflowState.objects.get(pk=task_state.workflow_state_id)
        if review.status == WorkflowState.STATUS_APPROVED:
            outcomes.tell_approved(review.content_object, moderator=user)
        elif review.status == WorkflowState.STATUS_NEEDS_CHANGES:
            outcomes.tell_returned(review.content_object, moderator=user)


def _leave_the_mail_to_us(people: Iterable[User]) -> None:
    for person in people:
        UserProfile.objects.update_or_create(
            user=person,
            defaults={
                "submitted_notifications": False,
                "approved_notifications": False,
                "rejected_notifications": False,
            },
        )
