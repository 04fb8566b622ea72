"""The pages that editors write. Each exists once per language; the language switch joins them."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import frontpage
from cms.blocks import STORY, LabelledLinkBlock, WayInBlock
from cms.models.writing import PROMOTE_PANELS, WrittenPage, metadata
from marketplace.bilingual import site_name

HOME_DEPTH = 2
WITH_HEADING = {"heading", "steps", "questions", "call_to_action"}
WORTH_A_LIST = 3


class HomePage(Page):
    headline = models.CharField(
        _("headline"), max_length=80, help_text=_("What the site is for, in one line.")
    )
    standfirst = models.TextField(_("standfirst"), max_length=300)
    links = StreamField(
        [("link", LabelledLinkBlock())], verbose_name=_("buttons"), blank=True, max_num=2
    )
    search_examples = models.TextField(
        _("examples of a search"),
        max_length=200,
        blank=True,
        help_text=_("One a line. They stand as links below the search box."),
    )
    ways_in = StreamField(
        [("way_in", WayInBlock())], verbose_name=_("ways in"), blank=True, max_num=3
    )
    body = StreamField(STORY, verbose_name=_("body"), blank=True)

    template = "cms/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.ContentPage", "cms.NewsIndexPage", "cms.CaseIndexPage"]
    content_panels = [
        FieldPanel("title", help_text=_("The name of the page in the editor and in browser tabs.")),
        MultiFieldPanel(
            [
                FieldPanel("headline"),
                FieldPanel("standfirst"),
                FieldPanel("links"),
                FieldPanel("search_examples"),
            ],
            heading=_("Opening"),
        ),
        FieldPanel("ways_in"),
        FieldPanel("body"),
    ]
    promote_panels = PROMOTE_PANELS

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        examples = [line.strip() for line in self.search_examples.splitlines() if line.strip()]
        panels = frontpage.panels(search_examples=examples, locale=self.locale_id)
        links = [block.value for block in self.links]
        name = site_name()
        said = metadata(
            self, request, schema="WebSite", title=name, description=self.standfirst, name=name
        )
        return context | panels | {"summary": self.standfirst, "links": links, "metadata": said}


class ContentPage(WrittenPage):
    """A page of text: about the site, its rules, help, policies. It lists the pages below it."""

    body = StreamField(STORY, verbose_name=_("body"), blank=True)

    template = "cms/content_page.html"
    parent_page_types = ["cms.HomePage", "cms.ContentPage"]
    subpage_types = ["cms.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        above = self.get_ancestors().live().filter(depth__gte=HOME_DEPTH)
        return context | {
            "trail": [(page.title, page.get_url(request)) for page in above] + [(self.title, "")],
            "contents": self._contents(),
            "below": self.get_children().live(),
            "metadata": metadata(
                self, request, schema="WebPage", description=self.introduction, name=self.title
            ),
        }

    def _contents(self) -> list[tuple[int, str]]:
        """Return the number and the heading of each part that has one; nothing for a short page."""
        headings = [
            (number, block.value if block.block_type == "heading" else block.value["heading"])
            for number, block in enumerate(self.body, start=1)
            if block.block_type in WITH_HEADING
        ]
        named = [(number, heading) for number, heading in headings if heading]
        return named if len(named) >= WORTH_A_LIST else []
