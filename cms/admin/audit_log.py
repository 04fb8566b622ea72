"""The audit log: who did what to which object and when, over all apps, to filter and to take away.

It is the administrators' alone. Wagtail's own site history shows an editor only what the editor edits.
"""

import json
from functools import reduce
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import ContentTypeFilter
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.views.reports.audit_logging import LogEntriesView, SiteHistoryReportFilterSet
from wagtail.log_actions import registry
from wagtail.models import PageLogEntry

from marketplace.accounts.menu import AdministratorsMenuItem
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.spreadsheets import neutral

NAME = "audit_log"


def neutralise_exports() -> None:
    """Let no table that Wagtail exports hold a formula that somebody typed."""
    formats = dict.fromkeys(SpreadsheetExportMixin.FORMATS, neutral)
    SpreadsheetExportMixin.custom_value_preprocess[str] = formats


def details(data: Any) -> str:
    """Return what an entry says beyond its action, "" for nothing."""
    if not isinstance(data, dict):
        return ""
    return "; ".join(f"{name}: {_text(value)}" for name, value in data.items())


def _text(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"old", "new"}:
        return f"{_text(value['old'])} → {_text(value['new'])}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _used(field: str) -> set[Any]:
    models = registry.get_log_entry_models()
    return {key for log in models for key in log.objects.values_list(field, flat=True).distinct()}


def _types_used(_request: HttpRequest) -> QuerySet[ContentType]:
    return ContentType.objects.filter(pk__in=_used("content_type")).order_by("model")


class AuditLogFilterSet(SiteHistoryReportFilterSet):
    label = SiteHistoryReportFilterSet.base_filters["label"]
    object_type = ContentTypeFilter(
        label=_("Type"), method="filter_object_type", queryset=_types_used
    )
    is_commenting_action = None

    def get_action_choices(self) -> list[tuple[str, Any]]:
        used = _used("action")
        return [choice for choice in registry.get_choices() if choice[0] in used]

    def get_users_queryset(self) -> QuerySet[User]:
        return User.objects.filter(pk__in=_used("user")).order_by("email")

    class Meta:
        model = PageLogEntry
        fields: list[str] = []


class AuditLogView(LogEntriesView):
    page_title = _("Audit log")
    header_icon = "history"
    filterset_class = AuditLogFilterSet
    results_template_name = "cms/admin/audit_log_results.html"
    index_url_name = NAME
    index_results_url_name = f"{NAME}_results"
    list_export = [*LogEntriesView.list_export, "data"]
    export_headings = {**LogEntriesView.export_headings, "data": _("Details")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        written = dict.fromkeys(self.FORMATS, lambda data: neutral(details(data)))
        self.custom_field_preprocess["data"] = written

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(request.user, "audit:read")
        return super().dispatch(request, *args, **kwargs)

    def get_filtered_queryset(self) -> QuerySet[Any]:
        """Return the entries of all logs in the form that Wagtail's view asks for, newest first."""
        self.log_models = list(registry.get_log_entry_models())
        parts = [
            self.filter_queryset(
                model.objects.values("pk", "timestamp").annotate(
                    log_model_index=Value(index, output_field=IntegerField())
                )
            ).order_by()
            for index, model in enumerate(self.log_models)
        ]
        return reduce(lambda one, other: one.union(other, all=True), parts).order_by("-timestamp")

    def decorate_paginated_queryset(self, queryset: Any) -> list[Any]:
        entries: list[Any] = super().decorate_paginated_queryset(queryset)
        for entry in entries:
            entry.details = details(entry.data)
        return entries


def menu_item() -> MenuItem:
    return AdministratorsMenuItem(
        AuditLogView.page_title, reverse(NAME), name="audit-log", icon_name="history", order=990
    )
