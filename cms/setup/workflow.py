"""The review that every listing passes before readers see it."""

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Workflow, WorkflowContentType, WorkflowPage, WorkflowTask

from marketplace.accounts.permissions import ADMINISTRATORS, MODERATORS
from marketplace.listings.models import ExpertProfile, ListingReview, ResearchResult, TechnologyNeed

NAME = "审核 / Review"


@transaction.atomic
def ensure_workflow() -> Workflow:
    """Have moderators and administrators review listings and profiles of experts; return the workflow.

    The first time it also takes Wagtail's sample workflow off the pages: who may edit them publishes.
    """
    workflow, created = Workflow.objects.get_or_create(name=NAME)
    if created:
        WorkflowPage.objects.all().delete()
    task, _made = ListingReview.objects.get_or_create(name=NAME)
    task.groups.set(Group.objects.filter(name__in=[ADMINISTRATORS, MODERATORS]))
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    for model in (ResearchResult, TechnologyNeed, ExpertProfile):
        WorkflowContentType.objects.update_or_create(
            content_type=ContentType.objects.get_for_model(model), defaults={"workflow": workflow}
        )
    return workflow
