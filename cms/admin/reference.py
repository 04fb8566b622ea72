"""Reference data to look up. It is loaded from the official lists and changed by nobody here."""

from wagtail.snippets.views.snippets import SnippetViewSet

from cms.admin.choosers import chooser_by
from cms.admin.policies import RestrictedPolicy
from marketplace.taxonomy.models import Industry, Region

NAMES = ("code", "name_zh", "name_en")


class CodedViewSet(SnippetViewSet):
    icon = "list-ul"
    copy_view_enabled = False
    list_display = ["code", "name_zh", "name_en"]
    list_filter = ["level"]
    list_per_page = 100
    ordering = "code"
    search_fields = NAMES
    search_backend_name = None
    chooser_viewset_class = chooser_by(*NAMES)

    @property
    def permission_policy(self) -> RestrictedPolicy:
        return RestrictedPolicy(self.model, {"add", "change", "delete"})


class IndustryViewSet(CodedViewSet):
    model = Industry


class RegionViewSet(CodedViewSet):
    model = Region
