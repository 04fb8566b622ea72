"""What the body of a page is made of, and that of a typical case."""

from django.utils.translation import gettext_lazy as _

from cms.blocks.figures import PictureBlock, table
from cms.blocks.links import CallToActionBlock
from cms.blocks.text import (
    CleanRichTextBlock,
    HeadingBlock,
    QuestionsBlock,
    QuoteBlock,
    StepsBlock,
)
from cms.html import FEATURES

STORY = [
    ("heading", HeadingBlock(max_length=120)),
    ("text", CleanRichTextBlock()),
    ("picture", PictureBlock()),
    ("quote", QuoteBlock()),
    ("steps", StepsBlock()),
    ("questions", QuestionsBlock()),
    ("table", table()),
    ("call_to_action", CallToActionBlock()),
]

CASE_PARTS = {
    "challenge": _("The challenge"),
    "result": _("The research result"),
    "method": _("How it was done"),
    "outcome": _("What came of it"),
}
"""What every case tells, by the name of the block."""

WITHOUT_FILES = [feature for feature in FEATURES if feature != "document-link"]
"""A case links no files: nobody would find a name in them."""

CASE = [
    *(
        (name, CleanRichTextBlock(features=WITHOUT_FILES, label=label))
        for name, label in CASE_PARTS.items()
    ),
    ("quote", QuoteBlock()),
    ("table", table()),
]
