"""The page on which administrators see and set the weights, in Wagtail's settings.

What is saved is what was shown: values that changed since their effect was shown, and weights that
somebody else has set meanwhile, show the effect anew. Nothing typed is lost.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace import dates
from marketplace.accounts.permissions import require
from search import ranking
from search.ranking import Scales
from search.weighting import effect, versions
from search.weighting.forms import WeightingForm

NAME = "matching_weights"


class WeightingView(WagtailAdminTemplateMixin, View):
    page_title = gettext_lazy("Matching weights")
    header_icon = "sliders"
    template_name = "search/admin/weighting.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(request.user, "weights:set")
        self.held = versions.newest()
        return super().dispatch(request, *args, **kwargs)

    @property
    def today(self) -> Scales:
        return self.held.scales if self.held else ranking.DEFAULTS

    @property
    def number(self) -> int:
        """The number of the version in force, 0 for the defaults."""
        return self.held.number if self.held else 0

    def get(self, request: HttpRequest) -> HttpResponse:
        scales = versions.numbered(request.GET.get("version", "")) or self.today
        form = WeightingForm(initial=WeightingForm.initial_of(scales), today=self.today)
        return self._shown(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        keeps = "save" in request.POST
        form = WeightingForm(request.POST, today=self.today, keeps=keeps)
        if request.POST.get("after") != str(self.number):
            return self._shown(form, warning=self._overtaken())
        if not keeps or not form.is_valid():
            return self._shown(form)
        if request.POST.get("seen") != form.stamp:
            text = _("The values changed after their effect was shown. Look at it again.")
            return self._shown(form, warning=text)
        return self._save(form)

    def _save(self, form: WeightingForm) -> HttpResponse:
        try:
            version = versions.adopt(
                scales=form.scales,
                note=form.cleaned_data["note"],
                by=self.request.user,
                after=self.number,
            )
        except versions.Overtaken:
            self.held = versions.newest()
            form.today = self.today
            return self._shown(form, warning=self._overtaken())
        text = _("Version %(number)d of the weights holds from now on.")
        messages.success(self.request, text % {"number": version.number})
        return redirect(NAME)

    def _overtaken(self) -> str:
        if self.held is None:
            return _("These weights were not begun on this page. Look at their effect.")
        values = {
            "name": self.held.set_by,
            "date": dates.minute(self.held.set_at),
            "note": self.held.note,
        }
        text = _(
            "%(name)s set other weights on %(date)s, after you opened this page: “%(note)s”. "
            "Look at the effect again, beside theirs."
        )
        return text % values

    def _shown(self, form: WeightingForm, warning: str = "") -> HttpResponse:
        context = self.get_context_data(form=form, number=self.number, warning=warning)
        if form.is_bound and form.has_sound_scales:
            context |= self._effect(form)
        return self.render_to_response(context)

    def _effect(self, form: WeightingForm) -> dict[str, Any]:
        comparisons = effect.compare(
            form.cleaned_data["needs"],
            today=self.today,
            proposed=form.scales,
            viewer=self.request.user,
        )
        return {
            "comparisons": comparisons,
            "firsts": sum(comparison.has_other_first for comparison in comparisons),
            "sound_text": versions.SOUND_TEXT // 10,
            "leaves_text": form.scales["text"].weight < versions.SOUND_TEXT,
        }

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(history=versions.history(), **kwargs)
