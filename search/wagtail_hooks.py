"""The engine in Wagtail's administration: the site's own terms and synonyms in a menu of their
own, the weights of the criteria below the settings.

Terms and synonyms take effect at the next search; nothing has to be indexed anew.
"""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from search.models import SynonymGroup, Term
from search.weighting import views


def _words(*fields: str, **words: Any) -> ObjectList:
    return ObjectList([MultiFieldPanel([FieldPanel(name) for name in fields], **words)])


class TermViewSet(SnippetViewSet):
    model = Term
    icon = "globe"
    edit_handler = _words(
        "zh",
        "en",
        heading=_("One meaning"),
        help_text=_("Whoever searches one finds the other too."),
    )
    list_display = ("zh", "en", "updated_at")
    search_fields = ("zh", "en")
    search_backend_name = None
    ordering = ("zh", "en")


class SynonymGroupViewSet(SnippetViewSet):
    model = SynonymGroup
    icon = "resubmit"
    edit_handler = _words(
        "words", heading=_("Synonyms"), help_text=_("Whoever searches one finds the others too.")
    )
    list_display = ("words", "updated_at")
    search_fields = ("words",)
    search_backend_name = None
    ordering = ("words",)


class WordsGroup(SnippetViewSetGroup):
    items = (TermViewSet, SynonymGroupViewSet)
    menu_label = _("Search words")
    menu_icon = "search"
    menu_order = 240


register_snippet(WordsGroup)


class WeightingMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("weights:set")


@hooks.register("register_admin_urls")
def weighting_urls() -> list[URLPattern]:
    return [path("matching-weights/", views.WeightingView.as_view(), name=views.NAME)]


@hooks.register("register_settings_menu_item")
def weighting_menu_item() -> MenuItem:
    return WeightingMenuItem(
        views.WeightingView.page_title, reverse(views.NAME), icon_name="sliders", order=150
    )


@hooks.register("register_permissions")
def weighting_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="search", codename="add_weighting")


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    label: Any = _("Set the weights of the criteria")
    actions.register_action("weights.set", label, label)
