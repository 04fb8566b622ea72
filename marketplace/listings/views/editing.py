"""Create and edit: the form writes into a working copy, which is kept as a draft.

What was typed or uploaded comes back with every answer; a second click finds what the first one has
made. A listing that is not one's own does not exist here.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.accounts.permissions import require
from marketplace.listings import lifecycle
from marketplace.listings.drafts import without_rows
from marketplace.listings.forms import FORMS, ListingForm, with_row
from marketplace.listings.kinds import KINDS
from marketplace.listings.views.actions import SUBMITTED
from marketplace.listings.views.lookup import own_listing, signed_in
from marketplace.listings.workbench import entry

ADD_ROW = "add:"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, kind: str) -> HttpResponse:
    """Start a listing. The form brings a number of its own: posted again, it edits what it made."""
    user = signed_in(request)
    organisations = list(user.organisations.all()[:2])
    if not organisations:
        return render(request, "listings/no_organisation.html", {"kind": kind})
    submission = _number(request.POST.get("submission", "")) or uuid.uuid4()
    made = find_made(KINDS[kind], submission)
    if made is not None and made.author == user and user.has_perm("listing:edit", made):
        return _answer(request, without_rows(lifecycle.working_copy(made)))
    draft = KINDS[kind](author=user, submission=uuid.uuid4() if made else submission)
    if len(organisations) == 1:
        draft.organisation = organisations[0]
    return _answer(request, draft)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Edit the newest version of a listing."""
    return _answer(request, lifecycle.working_copy(own_listing(request, kind, pk, "listing:edit")))


def _answer(request: HttpRequest, draft: Any) -> HttpResponse:
    wish = request.POST.get("do", "save")
    form = _form(request, draft, wish)
    if request.method != "POST":
        return _page(request, form)
    is_valid = form.is_valid()
    if wish.startswith(ADD_ROW):
        form.forgive()
        return _page(request, form)
    if not is_valid:
        return _page(request, form, status=422)
    return _save(request, form, wish)


def _form(request: HttpRequest, draft: Any, wish: str) -> ListingForm:
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if data is not None and wish.startswith(ADD_ROW):
        data = with_row(data, wish.removeprefix(ADD_ROW))
    return FORMS[draft.kind](
        data,
        request.FILES if data is not None else None,
        instance=draft,
        uploader=signed_in(request),
        for_review=wish == "submit",
        own_files=_own_files(draft),
    )


def _own_files(draft: Any) -> frozenset[uuid.UUID]:
    """Return the ids of the files that the newest and the live version have."""
    newest = {attachment.file_id for attachment in draft.attachments.all()}
    attachments = draft._meta.get_field("attachments").related_model
    live = attachments.objects.filter(listing=draft.pk).values_list("file", flat=True)
    return frozenset(newest | set(live if draft.pk else ()))


def _save(request: HttpRequest, form: ListingForm, wish: str) -> HttpResponse:
    draft, author = form.save(commit=False), signed_in(request)
    if draft.pk is None:
        require(author, "listing:create", draft.organisation)
    based_on = request.POST.get("base", "")
    try:
        lifecycle.save_draft(
            draft,
            author=author,
            based_on=int(based_on) if based_on.isdecimal() and len(based_on) < 19 else None,
        )
    except (ValidationError, IntegrityError) as error:
        return _after_refusal(request, form, error)
    if wish == "submit":
        return _submit(request, draft)
    if wish == "preview":
        return redirect("listings:preview", draft.kind, draft.pk)
    messages.success(request, _("The draft has been saved. Nobody outside sees it yet."))
    return redirect("listings:edit", draft.kind, draft.pk)


def _submit(request: HttpRequest, draft: Any) -> HttpResponse:
    try:
        lifecycle.submit(draft, author=signed_in(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("listings:edit", draft.kind, draft.pk)
    messages.success(request, SUBMITTED)
    return redirect("listings:mine")


def _after_refusal(
    request: HttpRequest, form: ListingForm, error: ValidationError | IntegrityError
) -> HttpResponse:
    """Show why nothing was saved; or what a first click has made while this one was on its way."""
    draft = form.instance
    if draft.pk is None and (made := find_made(type(draft), draft.submission)) is not None:
        return redirect("listings:edit", made.kind, made.pk)
    if isinstance(error, IntegrityError):
        raise error
    form.add_error(None, error.messages)
    in_conflict = getattr(error, "code", "") == "conflict"
    return _page(request, form, status=409 if in_conflict else 422)


def find_made(model: Any, submission: uuid.UUID) -> Any:
    """Return the listing that the form with this number has made, if it has."""
    return model._default_manager.filter(submission=submission).first()


def _page(request: HttpRequest, form: ListingForm, status: int = 200) -> HttpResponse:
    draft = form.instance
    context = {
        "form": form,
        "kind": draft.kind,
        "entry": entry(draft) if draft.pk else None,
        "base": draft.latest_revision_id or "",
        "submission": draft.submission or "",
    }
    return render(request, "listings/edit.html", context, status=status)


def _number(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
