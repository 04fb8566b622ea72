"""The newest versions of many listings, and whether two versions say the same.

The number of queries does not depend on the number of listings.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import prefetch_related_objects
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.models import Revision, WorkflowState

from marketplace.listings.models.publishing import Reviewed

_STATE_FIELDS = {field.name for field in Reviewed._meta.fields}


def same_content(listing: Reviewed, revision: Revision) -> bool:
    """Whether `listing` says what `revision` says, whoever wrote it and whatever its state."""
    given = json.loads(json.dumps(listing.serializable_data(), cls=DjangoJSONEncoder))
    return _content(listing, given) == _content(listing, revision.content)


def _content(listing: Reviewed, data: dict[str, Any]) -> dict[str, Any]:
    own = [
        f
        for f in listing._meta.fields
        if f.editable and f.name not in _STATE_FIELDS and f.attname not in listing.row_fields
    ]
    relations = {relation.get_accessor_name() for relation in get_all_child_relations(listing)}
    related = {field.name for field in get_all_child_m2m_relations(listing)}
    return {
        **{f.name: _value(f, data.get(f.name)) for f in own},
        **{name: [_without_id(child) for child in data.get(name, [])] for name in relations},
        **{name: sorted(data.get(name, [])) for name in related},
    }


def _value(field: Any, stored: Any) -> Any:
    """Return what `field` makes of a stored value: 70.5 and 70.50 are the same number."""
    return stored if field.remote_field else field.to_python(stored)


def _without_id(child: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in child.items() if name not in ("pk", "id", "listing")}


def newest_versions(rows: Sequence[Any]) -> list[Any]:
    """Return the newest version of each of `rows`, listings of one kind with their `latest_revision`.

    Children, relations and reviews come with them.
    """
    if not rows:
        return []
    bring_reviews(rows)
    unchanged = [row for row in rows if not _is_ahead(row)]
    prefetch_related_objects(unchanged, *_relation_names(rows[0]))
    linked = _linked_objects(rows[0], [row.latest_revision for row in rows if _is_ahead(row)])
    return [_from_revision(row, linked) if _is_ahead(row) else row for row in rows]


def _is_ahead(row: Any) -> bool:
    return row.has_unpublished_changes and row.latest_revision is not None


def _relation_names(listing: Any) -> list[str]:
    children = [relation.get_accessor_name() for relation in get_all_child_relations(listing)]
    return [*children, *(field.name for field in get_all_child_m2m_relations(listing))]


def bring_reviews(rows: Sequence[Any]) -> None:
    """Let each of `rows`, listings of one kind, know its review, of which `lifecycle.status` asks."""
    if not rows:
        return
    states = (
        WorkflowState.objects.active()
        .filter(
            base_content_type=rows[0].get_base_content_type(),
            object_id__in=[str(row.pk) for row in rows],
        )
        .select_related("current_task_state")
    )
    by_listing = {state.object_id: state for state in states}
    for row in rows:
        state = by_listing.get(str(row.pk))
        row._current_workflow_states = [state] if state else []


def _linked_objects(listing: Any, revisions: Iterable[Revision]) -> dict[str, dict[Any, Any]]:
    """Return what the many-to-many fields of `revisions` point to, by field and primary key."""
    contents = [revision.content for revision in revisions]
    return {
        field.name: field.remote_field.model.objects.in_bulk(
            {key for content in contents for key in content.get(field.name, [])}
        )
        for field in get_all_child_m2m_relations(listing)
    }


def _from_revision(row: Any, linked: dict[str, dict[Any, Any]]) -> Any:
    content = row.latest_revision.content
    draft = row.with_content_json({k: v for k, v in content.items() if k not in linked})
    for name, objects in linked.items():
        setattr(draft, name, [objects[key] for key in content.get(name, []) if key in objects])
    draft.organisation = row.organisation
    draft._current_workflow_states = row._current_workflow_states
    return draft
