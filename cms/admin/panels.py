"""Panels of the edit forms: parts of a listing that only some may read, and rows to look at;
what a comparison of versions says of each."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin import compare
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

from cms.admin.reach import attachments_for, reads_section


class ChoicesPanel(FieldPanel):
    """A field of several choices, which Wagtail's comparison takes for one choice and fails on."""

    def get_comparison_class(self) -> Any:
        return ChoicesComparison


class ChoicesComparison(compare.FieldComparison):
    """What was chosen, before and after, by its names; the order of choosing is no change."""

    def __init__(self, field: Any, before: Any, after: Any) -> None:
        self.field = field
        versions = (before, after)
        self.val_a, self.val_b = (self._names(field.value_from_object(v)) for v in versions)

    def _names(self, chosen: Any) -> str:
        return " · ".join(str(name) for value, name in self.field.flatchoices if value in chosen)


class SectionPanel(MultiFieldPanel):
    """A section of a listing: shown and compared only for who may read its tier."""

    def __init__(self, section: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "section": self.section}

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return reads_section(self.request.user, self.instance, self.panel.section)

        def show_panel_furniture(self) -> bool:
            return self.is_shown()

        def get_comparison(self) -> list[Any]:
            tier = partial(TierComparison, self.panel.section, self.heading)
            return [tier, *(partial(self._compare, how) for how in super().get_comparison())]

        def _compare(self, how: Any, before: Any, after: Any) -> Any:
            versions = (before, after)
            user, section = self.request.user, self.panel.section
            readable = all(reads_section(user, version, section) for version in versions)
            return how(before, after) if readable else Unchanged()


class TierComparison(compare.FieldComparison):
    """Who may read a section, before and after."""

    def __init__(self, section: str, heading: Any, before: Any, after: Any) -> None:
        self.heading = heading
        self.val_a, self.val_b = (str(v.tier_of(section).label) for v in (before, after))

    def field_label(self) -> str:
        return _("Who may read “%(part)s”") % {"part": self.heading}


class Unchanged:
    """What a comparison says of a part that the reader may not see."""

    def has_changed(self) -> bool:
        return False


class RowsPanel(Panel):
    """Rows that belong to the object and are changed elsewhere, shown by the template `shows`."""

    def __init__(self, shows: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shows = shows

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "shows": self.shows}

    class BoundPanel(Panel.BoundPanel):
        @property
        def template_name(self) -> str:
            return self.panel.shows


class AttachmentsPanel(RowsPanel):
    """The files of a listing that the reader may see; authors add and remove them in their own form."""

    class BoundPanel(RowsPanel.BoundPanel):
        @property
        def attachments(self) -> list[Any]:
            return attachments_for(self.request.user, self.instance)

        def get_comparison(self) -> list[Any]:
            return [partial(AttachmentsComparison, self.request.user, self.heading)]


class AttachmentsComparison(compare.ChildRelationComparison):
    def __init__(self, user: Any, label: str, before: Any, after: Any) -> None:
        relation = type(before).attachments.rel
        fields = relation.related_model._meta.get_field
        comparisons = [
            partial(compare.FieldComparison, fields("title")),
            partial(compare.ChoiceFieldComparison, fields("tier")),
            partial(compare.ForeignObjectComparison, fields("file")),
        ]
        super().__init__(relation, comparisons, before, after, label=label)
        self.val_a = Rows(attachments_for(user, before))
        self.val_b = Rows(attachments_for(user, after))


class Rows:
    """A list where Wagtail expects a manager."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def all(self) -> list[Any]:
        return self._rows
