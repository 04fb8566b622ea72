"""What the editors' site is made of."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from cms.admin import accounts, audit_log, background, curation, files, people, second_factor
from cms.admin.experts import ExpertViewSet
from cms.admin.listings import NeedViewSet, ResultViewSet
from cms.admin.people import MembershipViewSet, OrganisationViewSet
from cms.admin.reference import IndustryViewSet, RegionViewSet
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.listings.models import ExpertProfile, ResearchResult, TechnologyNeed
from marketplace.taxonomy.models import Industry, Region

NEVER_DELETED_IN_BULK = {
    User,
    Organisation,
    Membership,
    ResearchResult,
    TechnologyNeed,
    ExpertProfile,
    Industry,
    Region,
}
"""Wagtail's bulk deletion passes by the policies and services that guard a single deletion."""


class ReferenceGroup(SnippetViewSetGroup):
    items = (IndustryViewSet, RegionViewSet)
    menu_label = _("Reference data")
    menu_icon = "list-ul"
    menu_order = 230


class MarketGroup(SnippetViewSetGroup):
    items = (ResultViewSet, NeedViewSet, ExpertViewSet, curation.PairingViewSet)
    menu_label = _("Market")
    menu_icon = "glasses"
    menu_order = 210


class PeopleGroup(SnippetViewSetGroup):
    items = (OrganisationViewSet, MembershipViewSet)
    menu_label = _("Organisations")
    menu_icon = "group"
    menu_order = 220


audit_log.neutralise_exports()
files.close()


@hooks.register("register_admin_urls")
def own_addresses() -> list[URLPattern]:
    view, results = audit_log.AuditLogView, {"results_only": True}
    return [
        path("audit-log/", view.as_view(), name=audit_log.NAME),
        path("audit-log/results/", view.as_view(**results), name=view.index_results_url_name),
        path(
            "users/<int:pk>/second-factor/",
            second_factor.ResetView.as_view(),
            name=second_factor.NAME,
        ),
        path("background/", background.BackgroundView.as_view(), name=background.NAME),
        path("curation/", curation.DeskView.as_view(), name=curation.DESK),
    ]


hooks.register("register_reports_menu_item", audit_log.menu_item)
hooks.register("register_reports_menu_item", background.menu_item)
hooks.register("construct_homepage_panels", background.add_panel)
hooks.register("register_admin_menu_item", curation.menu_item)
hooks.register("register_user_listing_buttons", second_factor.buttons)
hooks.register("construct_admin_api", files.close_api, order=1)

for group in (ReferenceGroup, MarketGroup, PeopleGroup):
    register_snippet(group)


@hooks.register("construct_settings_menu")
def only_what_opens(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail shows its languages to whoever may change sites, and then refuses."""
    if not request.user.has_perm("wagtailcore.change_locale"):
        items[:] = [item for item in items if item.name != "locales"]


@hooks.register("insert_global_admin_css")
def own_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/editors.css"))


@hooks.register("before_edit_user")
def keep_superuser(request: HttpRequest, user: Any) -> None:
    if not accounts.may_touch(request.user, [user]):
        raise PermissionDenied("only a superuser changes the account of one")


@hooks.register("before_delete_user")
def keep_account(request: HttpRequest, _user: Any) -> HttpResponse:
    return people.refuse_deletion(request)


@hooks.register("before_bulk_action")
def keep_records(
    request: HttpRequest, action_type: str, objects: Any, action: Any
) -> HttpResponse | None:
    if action.model is User and not accounts.may_touch(request.user, objects):
        raise PermissionDenied("only a superuser changes the account of one")
    deletes = action_type == "delete" and action.model in NEVER_DELETED_IN_BULK
    return people.refuse_deletion(request) if deletes else None
