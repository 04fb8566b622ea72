"""Profiles of experts in the editors' site: moderators review, correct and hide them.

They are begun by the persons themselves and never deleted; hiding one is unpublishing, which is logged.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.admin.listings import ListingUnpublishView
from cms.admin.panels import ChoicesPanel
from cms.admin.policies import RestrictedPolicy
from marketplace.listings.models import ExpertProfile

WRITTEN = ("name_zh", "name_en", "position_zh", "position_en", "profile_zh", "profile_en")


class ExpertViewSet(SnippetViewSet):
    model = ExpertProfile
    icon = "user"
    menu_label = _("Experts")
    copy_view_enabled = False
    unpublish_view_class = ListingUnpublishView
    list_display = [
        "__str__",
        "organisation",
        BooleanColumn("live", label=_("Live")),
        "first_published_at",
    ]
    list_filter = {"live": ["exact"], "organisation": ["exact"]}
    list_per_page = 50
    search_fields = ("name_zh", "name_en", "organisation__name_zh", "organisation__name_en")
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("user", read_only=True), FieldPanel("organisation", read_only=True)],
                heading=_("Who it is"),
            ),
            MultiFieldPanel([FieldPanel(name) for name in WRITTEN], heading=_("Profile")),
            MultiFieldPanel(
                [
                    *(FieldPanel(name, read_only=True) for name in ("industries", "results")),
                    ChoicesPanel("cooperation_modes", read_only=True),
                ],
                heading=_("Work"),
            ),
        ]
    )

    @property
    def permission_policy(self) -> RestrictedPolicy:
        return RestrictedPolicy(ExpertProfile, {"add", "delete"})

    def get_queryset(self, request: Any) -> Any:
        return ExpertProfile.objects.select_related("organisation")
