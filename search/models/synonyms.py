"""The groups of words that mean the same on this site."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.synonyms import is_word, phrase_of

MOST_WORDS = 12

_BETWEEN = re.compile(r"[,，、;；\n]")


class SynonymGroup(models.Model):
    """Words of one or both languages; who searches for one finds what holds another."""

    words = models.CharField(
        _("words"),
        max_length=300,
        help_text=_(
            "Two to twelve, with commas: 无人机, 无人驾驶飞机, UAV, drone. Each has two to eight "
            "Chinese characters, or one to four words of another script."
        ),
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("group of synonyms")
        verbose_name_plural = _("groups of synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    @property
    def members(self) -> list[str]:
        """The words as they were written."""
        return [word.strip() for word in _BETWEEN.split(self.words) if word.strip()]

    def clean(self) -> None:
        """Write the words with commas. Raises `ValidationError` at `words`."""
        super().clean()
        for word in self.members:
            if not is_word(word):
                message = _(
                    "“%(word)s” is no word of two to eight Chinese characters or of letters."
                )
                raise ValidationError({"words": _filled(message, word=word)})
        distinct = {phrase_of(word): word for word in self.members}
        if not 2 <= len(distinct) <= MOST_WORDS:
            raise ValidationError({"words": _("Write two to twelve different words, with commas.")})
        for group in SynonymGroup.objects.exclude(pk=self.pk):
            for phrase in distinct.keys() & set(map(phrase_of, group.members)):
                message = _("“%(word)s” stands in another group already: %(group)s")
                texts = {"word": distinct[phrase], "group": group.words}
                raise ValidationError({"words": _filled(message, **texts)})
        self.words = ", ".join(distinct.values())


def _filled(message: object, **texts: str) -> ValidationError:
    return ValidationError(message, params=texts)  # type: ignore[arg-type]
