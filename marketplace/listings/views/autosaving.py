"""A draft that saves itself while its author types: what is valid is kept, what is not is said.

The answer changes no field that a person types in. It never submits and never touches what is live.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.listings import lifecycle
from marketplace.listings.forms.parts import both
from marketplace.listings.forms.steps import Walk
from marketplace.listings.views import saving

FIRST = {"organisation", *both("title")}
"""What a draft cannot do without."""
NAMING = frozenset(both("title", "summary"))
"""What duplicates are recognised by."""


def answer(request: HttpRequest, walk: Walk) -> HttpResponse:
    """Keep what is valid of a form that has been validated; tell the page where the draft stands."""
    form = walk.form
    draft, is_new = form.instance, form.instance.pk is None
    if is_new and form.errors.keys() & FIRST:
        return _said(
            request, walk, status=422, refusal=_("It needs a title to be kept as a draft.")
        )
    form.keep_valid()
    before = draft.latest_revision_id
    try:
        revision = saving.keep(request, draft)
    except ValidationError as error:
        if getattr(error, "code", "") == "conflict":
            return _said(request, walk, status=409, conflict=saving.conflict(draft))
        return _said(request, walk, status=422, refusal=" ".join(error.messages))
    except IntegrityError:
        return _said(request, walk, status=409, refusal=_("It is being saved already."))
    state = {"base": lifecycle.version(draft), "saved_at": draft.latest_revision.created_at}
    if revision != before:
        state["autosaved"] = revision
    response = _said(request, walk, made=draft if is_new else None, **state)
    if is_new:
        response["HX-Replace-Url"] = saving.address(draft, walk.current.name)
    return response


def _said(request: HttpRequest, walk: Walk, status: int = 200, **context: Any) -> HttpResponse:
    uploaded = [
        row
        for row in walk.form.formsets["attachments"].forms
        if row.add_prefix("upload") in request.FILES
    ]
    shown = {
        "form": walk.form,
        "walk": Walk(walk.form, walk.current.name),
        "kind": walk.form.instance.kind,
        "uploaded": uploaded,
        "retitled": not NAMING.isdisjoint(walk.form.changed_data),
        "errors": list(_errors(walk.form)),
        **saving.state(request, walk.form.instance),
        **context,
    }
    return render(request, "listings/form/autosaved.html", shown, status=status)


def _errors(form: Any) -> Iterator[Any]:
    """Yield the list of errors of every wrong field of the form and its rows."""
    rows = (row for formset in form.formsets.values() for row in formset.forms)
    for one in (form, *rows):
        yield from (one[name].errors for name in one.errors if name in one.fields)
