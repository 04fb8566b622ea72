"""The curation desk: the best pairs that nobody has looked into, and those that an editor puts side by
side, with a note, dates, and what came of it.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from cms.models import FeaturedPairing
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.models import BestPair

DESK = "curation_desk"
PER_PAGE = 20


def _curates(request: HttpRequest) -> bool:
    return request.user.has_perm("cms.add_featuredpairing")


class PairingForm(WagtailAdminModelForm):
    """Remembers who chose the pairing."""

    def save(self, commit: bool = True) -> Any:
        if self.instance.created_by_id is None:
            self.instance.created_by = self.for_user
        return super().save(commit)


class PairingCreateView(CreateView):
    """Begins with the two that the desk proposes."""

    def get_initial_form_instance(self) -> Any:
        pairing = super().get_initial_form_instance() or FeaturedPairing()
        for name, model in (("result", ResearchResult), ("need", TechnologyNeed)):
            asked = self.request.GET.get(name, "")
            if asked.isascii() and asked.isdigit():
                setattr(pairing, name, model.objects.filter(pk=int(asked), live=True).first())
        return pairing

    def save_instance(self) -> FeaturedPairing:
        """Put the newest pairing first: the home page has room for few."""
        pairing: FeaturedPairing = super().save_instance()
        first = FeaturedPairing.objects.aggregate(first=Min("sort_order"))["first"]
        pairing.sort_order = first - 1
        pairing.save(update_fields=["sort_order"])
        return pairing


class DeskView(WagtailAdminTemplateMixin, View):
    """The best pair of each need that is not featured, of those that nobody has decided about."""

    page_title = _("Curation desk")
    header_icon = "link"
    template_name = "cms/admin/desk.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not _curates(request):
            raise PermissionDenied("only who may feature pairings chooses them")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        featured = FeaturedPairing.objects.unended().values("need")
        proposed = BestPair.objects.unexplored().exclude(need__in=featured)
        shown = proposed.select_related("need__organisation", "result__organisation")
        page = Paginator(shown, PER_PAGE).get_page(request.GET.get("p"))
        context = self.get_context_data(
            page=page, add_url=reverse(PairingViewSet().get_url_name("add"))
        )
        return self.render_to_response(context)


class DeskMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return _curates(request)


def menu_item() -> MenuItem:
    return DeskMenuItem(DeskView.page_title, reverse(DESK), icon_name="link", order=205)


class PairingViewSet(SnippetViewSet):
    model = FeaturedPairing
    add_view_class = PairingCreateView
    icon = "link"
    copy_view_enabled = False
    sort_order_field = "sort_order"
    list_display = [
        "__str__",
        Column("state", label=_("Readers see it"), accessor=lambda pairing: pairing.state.label),
        Column("starts_at", label=_("From"), sort_key="starts_at"),
        Column("ends_at", label=_("Until"), sort_key="ends_at"),
        Column("clicks", label=_("Clicks")),
        Column("introductions", label=_("Introductions since")),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("result"), FieldPanel("need")],
                heading=_("Which two fit together"),
                help_text=_("Readers see the pairing only while both are live."),
            ),
            MultiFieldPanel(
                [FieldPanel("note_zh"), FieldPanel("note_en")],
                heading=_("Why they fit"),
                help_text=_("Everybody reads the note: do not name who wants to stay unnamed."),
            ),
            FieldRowPanel(
                [FieldPanel("starts_at"), FieldPanel("ends_at")],
                heading=_("When"),
                help_text=format_lazy(
                    _("By the clock of {zone}; it begins and ends by itself."),
                    zone=lazy(get_current_timezone_name, str)(),
                ),
            ),
        ],
        base_form_class=PairingForm,
    )

    def get_queryset(self, request: Any) -> Any:
        return FeaturedPairing.objects.select_related("result", "need").with_introductions()
