"""The site's own terms in Wagtail's administration, below the snippets."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.models import Term


class TermViewSet(SnippetViewSet):
    """A term takes effect at the next search; nothing has to be indexed anew."""

    model = Term
    icon = "globe"
    list_display = ("zh", "en", "updated_at")
    search_fields = ("zh", "en")
    search_backend_name = None
    ordering = ("zh", "en")


register_snippet(TermViewSet)
