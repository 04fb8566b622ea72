"""Links that editors set: to a page, to a part of the site, or to another address."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.destinations import Destination

TARGETS = ("page", "destination", "address")
web_address = URLValidator(schemes=["http", "https"])


class LinkValue(blocks.StructValue):
    @property
    def url(self) -> str:
        """Where the link leads, in the reader's language; "" when its page is no longer public."""
        if page := self.get("page"):
            return (page.localized.url or "") if page.live else ""
        if destination := self.get("destination"):
            return Destination(destination).url
        return self.get("address") or ""


class LinkBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    destination = blocks.ChoiceBlock(
        label=_("or a part of the site"), choices=Destination.choices, required=False
    )
    address = blocks.URLBlock(
        label=_("or another address"), required=False, validators=[web_address]
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        given = [target for target in TARGETS if cleaned.get(target)]
        if len(given) != 1:
            error = ValidationError(
                _("Choose one target: a page, a part of the site or another address.")
            )
            raise StructBlockValidationError(block_errors={(given or TARGETS)[-1]: error})
        return cleaned

    class Meta:
        icon = "link"
        label = _("Link")
        value_class = LinkValue


class LabelledLinkValue(blocks.StructValue):
    @property
    def url(self) -> str:
        return self["link"].url


class LabelledLinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Text of the link"), max_length=60)
    link = LinkBlock(label=_("Where it leads"))

    class Meta:
        icon = "link"
        label = _("Link")
        value_class = LabelledLinkValue


class WayInBlock(blocks.StructBlock):
    """One of the audiences of the home page: who they are, what they get, where they begin."""

    title = blocks.CharBlock(label=_("Who"), max_length=40)
    text = blocks.TextBlock(label=_("What the site does for them"), max_length=300)
    links = blocks.ListBlock(LabelledLinkBlock(), label=_("Links"), min_num=1, max_num=2)

    class Meta:
        icon = "group"
        label = _("Way in")


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), max_length=400, required=False)
    links = blocks.ListBlock(LabelledLinkBlock(), label=_("Buttons"), min_num=1, max_num=2)

    class Meta:
        template = "cms/blocks/call_to_action.html"
        icon = "success"
        label = _("Call to action")
