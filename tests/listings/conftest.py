from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from marketplace.accounts.permissions import MODERATORS
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import ListingReview


@pytest.fixture
def workflow(db: Any) -> Workflow:
    """The review by moderators that a site has for its listings."""
    review = ListingReview.objects.create(name="Review")
    review.groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
    made = Workflow.objects.create(name="Listings")
    WorkflowTask.objects.create(workflow=made, task=review, sort_order=0)
    for model in KINDS.values():
        content_type = ContentType.objects.get_for_model(model)
        WorkflowContentType.objects.create(content_type=content_type, workflow=made)
    return made
