"""Pictures and tables. Pictures are files of this site, never remote ones."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageBlock


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(
        label=pgettext_lazy("of a picture", "Caption"), max_length=250, required=False
    )

    class Meta:
        template = "cms/blocks/picture.html"
        icon = "image"
        label = _("Picture")


class FigureTableBlock(TypedTableBlock):
    """A table whose first column names the rows."""

    class Meta:
        template = "cms/blocks/table.html"
        icon = "table"
        label = _("Table")


def table() -> FigureTableBlock:
    """Return a block for a table of words and right-aligned numbers."""
    return FigureTableBlock(
        [
            ("text", blocks.CharBlock(label=_("Text"), required=False)),
            ("number", blocks.CharBlock(label=_("Number"), required=False)),
        ]
    )
