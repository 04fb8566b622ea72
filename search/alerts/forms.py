"""The forms of watches: how often to tell, and the name of a saved search."""

from django import forms
from django.utils.translation import gettext_lazy as _

from search.models import Watch


class FrequencyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a watch of a listing, which is called as the listing is."""

    class Meta:
        model = Watch
        fields: tuple[str, ...] = ("frequency",)


class SearchWatchForm(FrequencyForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=Watch._meta.get_field("name").max_length,
        help_text=_("Under this name you find it again; messages carry it."),
    )

    class Meta(FrequencyForm.Meta):
        fields = ("name", "frequency")
