"""The menus in the header and in the footer of every page, in the order that editors give them.

A page brings its own title and is linked in the reader's language, so one list serves both.
"""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import StreamField

from cms.blocks.links import web_address
from cms.destinations import Destination


class OtherAddressBlock(blocks.StructBlock):
    title_zh = blocks.CharBlock(label=_("title in Chinese"), max_length=40)
    title_en = blocks.CharBlock(label=_("title in English"), max_length=60)
    address = blocks.URLBlock(label=_("address"), validators=[web_address])

    class Meta:
        icon = "link-external"
        label = _("Other address")


PAGES = [f"cms.{kind}Page" for kind in ("Home", "Content", "News", "NewsIndex", "CaseIndex")]
"""What menus link: single cases come and go with the consent of others."""

ENTRIES = [
    ("page", blocks.PageChooserBlock(label=_("Page"), page_type=PAGES)),
    (
        "destination",
        blocks.ChoiceBlock(label=_("Part of the site"), choices=Destination.choices, icon="site"),
    ),
    ("address", OtherAddressBlock()),
]


@register_setting(icon="list-ul", order=100)
class Menus(BaseGenericSetting):
    header = StreamField(ENTRIES, verbose_name=_("menu in the header"), blank=True)
    footer = StreamField(ENTRIES, verbose_name=_("menu in the footer"), blank=True)
    version = models.UUIDField(default=uuid4, editable=False)
    """Another one whenever something changes that the menus show (`cms.receivers`)."""

    panels = [FieldPanel("header"), FieldPanel("footer")]

    class Meta:
        verbose_name = _("menus")
        verbose_name_plural = _("menus")
