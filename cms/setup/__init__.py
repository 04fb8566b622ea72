"""Bring a database to the state in which the site can run. Every function may run again and again.

What a person has edited since is never touched.
"""

from cms.setup.groups import ensure_groups
from cms.setup.menus import ensure_menus
from cms.setup.pages import ensure_page, ensure_pages
from cms.setup.site import ensure_site
from cms.setup.workflow import ensure_workflow

__all__ = [
    "ensure_groups",
    "ensure_menus",
    "ensure_page",
    "ensure_pages",
    "ensure_site",
    "ensure_workflow",
]
