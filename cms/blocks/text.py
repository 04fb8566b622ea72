"""Blocks of words. Markup of editors passes the allowlist of `cms.html` on its way in and out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.html import FEATURES, CleanRichText, clean_stored


class CleanRichTextBlock(blocks.RichTextBlock):
    def __init__(self, features: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(features=features or FEATURES, **kwargs)

    def to_python(self, value: Any) -> CleanRichText:
        return CleanRichText(value)

    def normalize(self, value: Any) -> CleanRichText:
        return CleanRichText(getattr(value, "source", value) or "")

    def value_from_form(self, value: Any) -> CleanRichText:
        return CleanRichText(clean_stored(value))

    class Meta:
        template = "cms/blocks/text.html"
        label = _("Text")


class HeadingBlock(blocks.CharBlock):
    class Meta:
        template = "cms/blocks/heading.html"
        icon = "title"
        label = _("Heading")


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quotation"), max_length=1_000)
    source = blocks.CharBlock(
        label=_("Who said it, and where"),
        max_length=200,
        help_text=_("Quote only what somebody has really said or written."),
    )

    class Meta:
        template = "cms/blocks/quote.html"
        icon = "openquote"
        label = _("Quotation")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("What is done"), max_length=80)
    text = blocks.TextBlock(label=_("How"), max_length=400, required=False)

    class Meta:
        label = _("Step")


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2, max_num=9)

    class Meta:
        template = "cms/blocks/steps.html"
        icon = "list-ol"
        label = _("Steps")


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = CleanRichTextBlock(label=_("Answer"))

    class Meta:
        label = _("Question and answer")


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions"), min_num=1)

    class Meta:
        template = "cms/blocks/questions.html"
        icon = "help"
        label = _("Questions and answers")
