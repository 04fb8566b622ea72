"""The curation desk: which result and which need are put side by side, with a note and dates."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import FeaturedPairing


class PairingForm(WagtailAdminModelForm):
    """Remembers who chose the pairing."""

    def save(self, commit: bool = True) -> Any:
        if self.instance.created_by_id is None:
            self.instance.created_by = self.for_user
        return super().save(commit)


class PairingViewSet(SnippetViewSet):
    model = FeaturedPairing
    icon = "link"
    copy_view_enabled = False
    sort_order_field = "sort_order"
    list_display = [
        "__str__",
        Column("state", label=_("Readers see it"), accessor=lambda pairing: pairing.state.label),
        Column("starts_at", label=_("From"), sort_key="starts_at"),
        Column("ends_at", label=_("Until"), sort_key="ends_at"),
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
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")], heading=_("When")),
        ],
        base_form_class=PairingForm,
    )

    def get_queryset(self, request: Any) -> Any:
        return FeaturedPairing.objects.select_related("result", "need")
