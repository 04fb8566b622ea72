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

from marketplace.listings import lifecycle
from marketplace.listings.forms import FORMS, ListingForm, with_row
from marketplace.listings.forms.steps import Walk
from marketplace.listings.kinds import KINDS
from marketplace.listings.views import autosaving, saving
from marketplace.listings.views.actions import SUBMITTED
from marketplace.listings.views.lookup import own_listing, signed_in
from marketplace.listings.workbench import entry

ADD_ROW = "add:"
GO_TO = "part:"


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
        return _answer(request, lifecycle.working_copy(made))
    draft = KINDS[kind](author=user, submission=uuid.uuid4() if made else submission)
    if len(organisations) == 1:
        draft.organisation = organisations[0]
    return _answer(request, draft)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Edit the newest version of a listing, at the step that has the part `?part=`."""
    return _answer(request, lifecycle.working_copy(own_listing(request, kind, pk, "listing:edit")))


def _answer(request: HttpRequest, draft: Any) -> HttpResponse:
    wish = request.POST.get("do", "save")
    form = _form(request, draft, wish)
    walk = Walk(form, request.POST.get("part") or request.GET.get("part", ""))
    if request.method != "POST":
        return _page(request, walk)
    is_valid = form.is_valid()
    if wish == "autosave":
        return autosaving.answer(request, walk)
    if wish.startswith(ADD_ROW):
        form.forgive()
        return _page(request, walk)
    if not is_valid:
        return _page(request, _after_faults(walk, wish), status=422)
    return _save(request, walk, wish)


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


def _after_faults(walk: Walk, wish: str) -> Walk:
    """Return where to mend: who goes on takes faults of other steps along."""
    if walk.current.is_wrong or (part := _destination(walk, wish)) is None:
        return walk.at_first_fault()
    return Walk(walk.form, part)


def _destination(walk: Walk, wish: str) -> str | None:
    """Return the part to which `wish` leads, None where it leads out of the form."""
    if wish == "next" and walk.following is not None:
        return walk.following.name
    return wish.removeprefix(GO_TO) if wish.startswith(GO_TO) else None


def _save(request: HttpRequest, walk: Walk, wish: str) -> HttpResponse:
    draft = walk.form.save(commit=False)
    try:
        saving.keep(request, draft)
    except (ValidationError, IntegrityError) as error:
        return _after_refusal(request, walk, error)
    if wish == "submit":
        return _submit(request, draft)
    if wish == "preview":
        return redirect("listings:preview", draft.kind, draft.pk)
    if (part := _destination(walk, wish)) is not None:
        return redirect(saving.address(draft, part))
    messages.success(request, _("The draft has been saved. Nobody outside sees it yet."))
    return redirect(saving.address(draft, walk.current.name))


def _submit(request: HttpRequest, draft: Any) -> HttpResponse:
    try:
        lifecycle.submit(draft, author=signed_in(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("listings:edit", draft.kind, draft.pk)
    messages.success(request, SUBMITTED)
    return redirect("listings:mine")


def _after_refusal(
    request: HttpRequest, walk: Walk, error: ValidationError | IntegrityError
) -> HttpResponse:
    """Show why nothing was saved; or what a first click has made while this one was on its way."""
    draft = walk.form.instance
    if draft.pk is None and (made := find_made(type(draft), draft.submission)) is not None:
        return redirect("listings:edit", made.kind, made.pk)
    if isinstance(error, IntegrityError):
        raise error
    if getattr(error, "code", "") == "conflict":
        return _page(request, walk, conflict=saving.conflict(draft), status=409)
    walk.form.add_error(None, error.messages)
    return _page(request, walk, status=422)


def find_made(model: Any, submission: uuid.UUID) -> Any:
    """Return the listing that the form with this number has made, if it has."""
    return model._default_manager.filter(submission=submission).first()


def _page(request: HttpRequest, walk: Walk, status: int = 200, **context: Any) -> HttpResponse:
    draft = walk.form.instance
    shown = {
        "form": walk.form,
        "walk": walk,
        "kind": draft.kind,
        "entry": entry(draft) if draft.pk else None,
        "submission": draft.submission or "",
        **saving.state(request, draft),
        **context,
    }
    return render(request, "listings/edit.html", shown, status=status)


def _number(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
