"""What the pages have in common that editors write: their words, and how a reader got there."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.images.models import Image
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from marketplace.metadata import Metadata, day, describe

SHARED_WIDTH = "width-1200"
PROMOTE_PANELS = [
    MultiFieldPanel(
        [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
        heading=_("For search engines"),
    )
]


def metadata(
    page: Any,
    request: HttpRequest,
    *,
    schema: str,
    description: str,
    title: str = "",
    picture: str = "",
    **more: Any,
) -> Metadata:
    """Return what `page` says of itself in its language; `schema` is its type in schema.org's words."""
    return describe(
        request,
        path=page.get_url(request) or "",
        title=title or page.title,
        description=page.search_description or description,
        picture=picture,
        structured={
            "@type": schema,
            "description": description,
            "inLanguage": page.locale.language_code,
            "dateModified": day(page.last_published_at),
            **more,
        },
    )


class WrittenPage(Page):
    introduction = models.TextField(_("opening paragraph"), max_length=500, blank=True)

    promote_panels = PROMOTE_PANELS

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"summary": self.introduction}


class IndexPage(WrittenPage):
    """Lists the articles below it; a site has one of a kind in each language."""

    per_page = 12
    parent_page_types = ["cms.HomePage"]
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        abstract = True

    def articles(self) -> PageQuerySet:
        """Return the articles below this page in order, drafts too."""
        raise NotImplementedError

    def rows(self) -> Any:
        """Return the articles that readers find here."""
        return _whole(self.articles().live().public())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = Paginator(self.rows(), self.per_page).get_page(request.GET.get("page"))
        return super().get_context(request, *args, **kwargs) | {"found": found}

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find an article with its picture at once, for which Wagtail takes three steps."""
        named = _whole(self.articles()).filter(slug="/".join(path_components))
        if path_components and (article := named.first()):
            article.list_page = self
            return article.route(request, [])
        return super().route(request, path_components)


def _whole(articles: PageQuerySet) -> PageQuerySet:
    whole = articles.select_related("locale", "picture")
    return whole.prefetch_related("picture__renditions")


class ArticlePage(WrittenPage):
    """A page with a picture that may be passed on; its introduction is what lists show of it."""

    picture = models.ForeignKey(
        Image,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        help_text=_("For readers who do not see it."),
    )

    subpage_types: list[str] = []
    schema = "Article"
    """What the page is in the words of schema.org."""
    picture_panel = MultiFieldPanel(
        [FieldPanel("picture"), FieldPanel("picture_alt")], heading=_("Picture")
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.picture and not self.picture_alt:
            raise ValidationError({"picture_alt": _("Say what the picture shows.")})

    @property
    def published_on(self) -> Any:
        """The day that readers see."""
        return self.first_published_at

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        above = self.list_page
        trail = [
            (gettext("Home"), reverse("wagtail_serve", args=[""])),
            (above.title, above.get_url(request)),
            (self.title, ""),
        ]
        return context | {"trail": trail, "metadata": self._metadata(request)}

    @cached_property
    def list_page(self) -> Page:
        """The list that this article stands in."""
        return self.get_parent()

    def _metadata(self, request: HttpRequest) -> Metadata:
        picture = self.picture.get_rendition(SHARED_WIDTH).url if self.picture else ""
        return metadata(
            self,
            request,
            schema=self.schema,
            description=self.introduction,
            picture=picture,
            headline=self.title,
            image=request.build_absolute_uri(picture) if picture else "",
            datePublished=day(self.published_on),
        )
