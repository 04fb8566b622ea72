"""Choosers that find records by parts of their names; Wagtail's own search only what it indexes."""

from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
)
from wagtail.snippets.widgets import AdminSnippetChooser

LONGEST_QUERY = 200


_about: Any = lazy(lambda text, model: text % {"object": model._meta.verbose_name}, str)


class Chooser(AdminSnippetChooser):
    """Shows what was chosen; nothing where a request names what cannot be a primary key.

    It lives as long as the process, and asks each editor in their own language all the same.
    """

    def __init__(self, model: Any, **kwargs: Any) -> None:
        super().__init__(model, **kwargs)
        self.choose_one_text = _about(_("Choose %(object)s"), model)
        self.choose_another_text = _about(_("Choose another %(object)s"), model)
        self.link_to_chosen_text = _about(_("Edit this %(object)s"), model)

    def get_instance(self, value: Any) -> Any:
        try:
            return super().get_instance(value)
        except (ValueError, TypeError):
            return None


class NameFilterForm(BaseFilterForm):
    q = forms.CharField(
        label=_("Search term"),
        max_length=LONGEST_QUERY,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
    )
    names: tuple[str, ...] = ()

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        objects = super().filter(objects)
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        for word in self.search_query.split():
            objects = objects.filter(
                reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.names))
            )
        return objects


def chooser_by(*names: str) -> type[SnippetChooserViewSet]:
    """Return a chooser that searches the fields `names`; every word must be in one of them."""
    form = type("FilterForm", (NameFilterForm,), {"names": names})

    class ByName(SnippetChooserViewSet):
        choose_view_class = type("Choose", (ChooseView,), {"filter_form_class": form})
        choose_results_view_class = type(
            "ChooseResults", (ChooseResultsView,), {"filter_form_class": form}
        )

        @cached_property
        def widget_class(self) -> Chooser:
            return Chooser(model=self.model, icon=self.icon)

    return ByName
