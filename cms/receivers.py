"""Menus are put together anew once a page, a menu or the site's address has changed.

Their new version is saved in the transaction of the change, so that nobody reads one without the
other.
"""

from typing import Any
from uuid import uuid4

from django.db.models.signals import post_delete, post_save
from wagtail.models import Site, get_page_models
from wagtail.signals import post_page_move

from cms.models import Menus


def connect() -> None:
    """Called once when Django is ready."""
    for model in (*get_page_models(), Menus, Site):
        for signal in (post_save, post_delete):
            signal.connect(_renew, sender=model, dispatch_uid="cms:menus")
    post_page_move.connect(_renew, dispatch_uid="cms:menus")


def _renew(**_details: Any) -> None:
    Menus.objects.update(version=uuid4())
