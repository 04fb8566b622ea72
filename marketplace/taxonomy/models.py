"""Reference data: the codes and names of GB/T 4754, GB/T 2260 and the IPC.

The code is the primary key, so a foreign key already holds the code and a subtree is a prefix.
Rows are written by `load_taxonomy` only.
"""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.bilingual import in_reader_language, reader_suffix
from marketplace.taxonomy.codes import INDUSTRY, IPC, REGION, CodeScheme


class CodedQuerySet(models.QuerySet[Any]):
    def within(self, code: str) -> Self:
        """Return the node `code` and everything below it."""
        return self.filter(code__startswith=code)


class Coded(models.Model):
    """A node known by an official code, with a Chinese and, where there is one, an English name."""

    scheme: CodeScheme

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=400, blank=True)

    objects = CodedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language; the other language's where that one is not given."""
        return in_reader_language(self, "name")

    @property
    def ancestor_codes(self) -> tuple[str, ...]:
        """The codes above this node, topmost first."""
        return self.scheme.ancestors(self.code)


class CodedTree(Coded):
    """A coded node below another node of the same kind."""

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )

    class Meta(Coded.Meta):
        abstract = True


class Industry(CodedTree):
    """An industry of GB/T 4754-2017 (国民经济行业分类)."""

    scheme = INDUSTRY

    class Level(models.IntegerChoices):
        SECTION = 1, _("section")
        DIVISION = 2, _("division")
        GROUP = 3, pgettext_lazy("industry", "group")
        CLASS = 4, _("class")

    level = models.PositiveSmallIntegerField(_("level"), choices=Level, db_index=True)

    class Meta(Coded.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")

    @property
    def name(self) -> str:
        """The name in the reader's language; groups and classes have an English one only above them."""
        if reader_suffix() == "en" and not self.name_en and self.parent:
            return self.parent.name
        return super().name


class Region(CodedTree):
    """An administrative division of GB/T 2260, under the significant digits of its code."""

    scheme = REGION

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("province")
        CITY = 2, _("city")
        AREA = 3, _("district or county")

    level = models.PositiveSmallIntegerField(_("level"), choices=Level, db_index=True)

    class Meta(Coded.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    @property
    def official_code(self) -> str:
        """The six digits of GB/T 2260: 33 → 330000."""
        return self.code.ljust(6, "0")


class IpcSection(Coded):
    """One of the eight sections A–H of the International Patent Classification."""

    scheme = IPC

    class Meta(Coded.Meta):
        verbose_name = _("IPC section")
        verbose_name_plural = _("IPC sections")


class IpcClass(Coded):
    """A class such as A01 of the International Patent Classification."""

    scheme = IPC

    section = models.ForeignKey(
        IpcSection, models.PROTECT, related_name="classes", verbose_name=_("IPC section")
    )

    class Meta(Coded.Meta):
        verbose_name = _("IPC class")
        verbose_name_plural = _("IPC classes")
