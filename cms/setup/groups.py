"""The staff groups and what each may do in the editors' site.

Administrators run it. Moderators review listings and nothing else. Finance has no business there.
What a group may do in the marketplace itself is the matter of each app's `permissions.py`.
"""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from marketplace.accounts.permissions import ADMINISTRATORS, FINANCE, MODERATORS

_ALL = ("view", "add", "change", "delete")
_REVIEW = ("view", "change", "publish", "lock", "unlock")
_LISTINGS = ("listings.researchresult", "listings.technologyneed", "listings.expertprofile")
_MODERATORS = ["wagtailadmin.access_admin"]
_ADMINISTRATORS = [
    "wagtailadmin.access_admin",
    "simple_translation.submit_translation",
    "cms.change_menus",
    "search.add_weighting",
]
_ADMINISTRATED = {
    "listings.researchresult": ("view", "add", "change", "publish", "lock", "unlock"),
    "listings.technologyneed": ("view", "add", "change", "publish", "lock", "unlock"),
    "listings.expertprofile": _REVIEW,
    "accounts.organisation": ("view", "add", "change"),
    "accounts.membership": _ALL,
    "accounts.user": ("view", "add", "change"),
    "cms.featuredpairing": _ALL,
    "search.term": _ALL,
    "search.synonymgroup": _ALL,
    "taxonomy.industry": ("view",),
    "taxonomy.region": ("view",),
    "wagtailredirects.redirect": _ALL,
    "wagtailcore.site": ("change",),
}
_PAGES = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
_FILES = [
    f"{app}.{action}_{model}"
    for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document"))
    for action in ("add", "change", "delete", "choose")
] + [f"wagtailcore.{action}_collection" for action in ("add", "change", "delete")]


@transaction.atomic
def ensure_groups() -> None:
    """Make the staff groups and give each exactly its permissions; retire Wagtail's sample group."""
    administrators, moderators, finance = (
        Group.objects.get_or_create(name=name)[0] for name in (ADMINISTRATORS, MODERATORS, FINANCE)
    )
    reviewed = dict.fromkeys(_LISTINGS, _REVIEW)
    administrators.permissions.set(_permissions([*_ADMINISTRATORS, *_names(_ADMINISTRATED)]))
    moderators.permissions.set(_permissions([*_MODERATORS, *_names(reviewed)]))
    finance.permissions.clear()
    _grant_pages(administrators, _PAGES)
    _grant_files(administrators, _FILES)
    for group in (moderators, finance):
        _grant_pages(group, ())
        _grant_files(group, ())
    Group.objects.filter(name="Editors", user=None).delete()


def _names(models: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [
        label.replace(".", f".{action}_") for label, actions in models.items() for action in actions
    ]


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Return the permissions named `app.action_model`. Raises `LookupError` for an unknown name."""
    wanted = set(names)
    every = Permission.objects.select_related("content_type")
    found = [p for p in every if f"{p.content_type.app_label}.{p.codename}" in wanted]
    if missing := wanted - {f"{p.content_type.app_label}.{p.codename}" for p in found}:
        raise LookupError(f"there is no permission {', '.join(sorted(missing))}")
    return found


def _grant_pages(group: Group, actions: Iterable[str]) -> None:
    wanted = _permissions(f"wagtailcore.{action}_page" for action in actions)
    GroupPagePermission.objects.filter(group=group).exclude(permission__in=wanted).delete()
    root = Page.get_first_root_node()
    for permission in wanted:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _grant_files(group: Group, names: Iterable[str]) -> None:
    wanted = _permissions(names)
    GroupCollectionPermission.objects.filter(group=group).exclude(permission__in=wanted).delete()
    root = Collection.get_first_root_node()
    for permission in wanted:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=root, permission=permission
        )
