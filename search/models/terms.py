"""The terms that administrators add to the dictionary."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from search import tokens
from search.dictionary import glosses_of


class Term(models.Model):
    """A Chinese word and an English one that mean the same here; searches of either find the other."""

    zh = models.CharField(
        _("in Chinese"), max_length=8, help_text=_("A word of Chinese characters.")
    )
    en = models.CharField(
        _("in English"), max_length=80, help_text=_("At most four words; several with commas.")
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["zh", "en"]
        constraints = [models.UniqueConstraint(fields=["zh", "en"], name="term_once")]

    def __str__(self) -> str:
        return f"{self.zh} – {self.en}"

    def clean(self) -> None:
        super().clean()
        if not all(map(tokens.is_han, self.zh)):
            raise ValidationError({"zh": _("Write Chinese characters only.")})
        if not list(glosses_of(self.en)):
            raise ValidationError({"en": _("Write one to four English words.")})
