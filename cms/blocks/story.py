"""What the body of a page is made of."""

from cms.blocks.figures import PictureBlock, table
from cms.blocks.links import CallToActionBlock
from cms.blocks.text import (
    CleanRichTextBlock,
    HeadingBlock,
    QuestionsBlock,
    QuoteBlock,
    StepsBlock,
)

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
