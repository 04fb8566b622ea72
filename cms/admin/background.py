"""The work behind the site: what stands still of it, and what was given up, to be sent again."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.accounts.menu import AdministratorsMenuItem
from marketplace.accounts.permissions import is_administrator, require
from marketplace.audit import given_up
from marketplace.outbox import effects, standstill

NAME = "background_work"
PER_PAGE = 50


class BackgroundView(WagtailAdminTemplateMixin, View):
    page_title = gettext_lazy("Background work")
    header_icon = "cogs"
    template_name = "cms/admin/background.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(request.user, "background:keep")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(effects.given_up(), PER_PAGE).get_page(request.GET.get("p"))
        context = self.get_context_data(
            sentences=list(standstill.sentences()),
            page=page,
            rows=[(effect, effects.words(effect)) for effect in page],
        )
        return self.render_to_response(context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send one again that was given up; somebody may have done so meanwhile."""
        key = _key(request.POST.get("effect", ""))
        effect = effects.given_up().filter(pk=key).first() if key else None
        if effect and given_up.send_again(effect, by=request.user):
            messages.success(request, _("It is tried again."))
        else:
            messages.warning(request, _("It was sent again already."))
        return redirect(NAME)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class StandstillPanel(Component):
    """What an administrator reads first on the editors' home while something stands still."""

    name = "standstill"
    template_name = "cms/admin/standstill.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> Any:
        return {"sentences": list(standstill.sentences()), "url": reverse(NAME)}


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    if is_administrator(request.user):
        panels.append(StandstillPanel())


def menu_item() -> MenuItem:
    return AdministratorsMenuItem(
        BackgroundView.page_title, reverse(NAME), name="background", icon_name="cogs", order=995
    )
