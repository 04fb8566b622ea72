"""Pages about the own account and the own organisations."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts import invitations, organisations
from marketplace.accounts.forms import InvitationForm, OrganisationForm, ProfileForm
from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.accounts.permissions import require


def _signed_in(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):  # login_required has made sure
        raise TypeError(user)
    return user


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=_signed_in(request))
    if request.method == "POST" and form.is_valid():
        with translation.override(form.save().language):
            messages.success(request, _("Your profile has been saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
def create_organisation(request: HttpRequest) -> HttpResponse:
    require(request.user, "organisation:create")
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = form.save(commit=False)
        organisations.found(organisation=new, founder=_signed_in(request))
        messages.success(
            request,
            _("%(name)s is set up. Invite colleagues below, or publish a first result or need.")
            % {"name": new.name},
        )
        return redirect("accounts:organisation", new.slug)
    return render(request, "accounts/organisation_form.html", {"form": form})


def _organisation(request: HttpRequest, slug: str, permission: str) -> Organisation:
    found = get_object_or_404(Organisation, slug=slug)
    require(request.user, permission, found)
    return found


@login_required
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = _organisation(request, slug, "organisation:read_members")
    return _organisation_page(request, found, InvitationForm())


def _organisation_page(
    request: HttpRequest, found: Organisation, form: InvitationForm, status: int = 200
) -> HttpResponse:
    context = {
        "organisation": found,
        "memberships": found.memberships.select_related("user"),
        "invitations": [i for i in found.invitations.all() if i.is_open],
        "roles": Membership.Role.choices,
        "form": form,
    }
    return render(request, "accounts/organisation.html", context, status=status)


@login_required
def edit_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = _organisation(request, slug, "organisation:edit")
    form = OrganisationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        organisations.edit(
            organisation=form.save(commit=False),
            fields=form.changed_data,
            actor=_signed_in(request),
        )
        messages.success(request, _("The organisation has been saved."))
        return redirect("accounts:organisation", found.slug)
    return render(request, "accounts/organisation_form.html", {"form": form})


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    found = _organisation(request, slug, "organisation:invite")
    form = InvitationForm(request.POST)
    if form.is_valid():
        if not ratelimit.consume(request, action="invite"):
            return ratelimit.respond_429(request)
        try:
            invitations.invite(organisation=found, actor=_signed_in(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("An invitation is on its way to %s.") % form.cleaned_data["email"]
            )
            return redirect("accounts:organisation", slug)
    return _organisation_page(request, found, form, status=422)


@login_required
@require_POST
def revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _organisation(request, slug, "organisation:invite")
    invitations.revoke(
        invitation=get_object_or_404(found.invitations, pk=pk), actor=_signed_in(request)
    )
    return redirect("accounts:organisation", slug)


@login_required
@require_POST
def change_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a member's role, or end the membership where the role is `remove`."""
    found = _organisation(request, slug, "organisation:edit")
    membership = get_object_or_404(found.memberships, pk=pk)
    role = request.POST.get("role", "")
    actor = _signed_in(request)
    try:
        if role == "remove":
            organisations.remove(membership=membership, actor=actor)
        elif role in Membership.Role.values:
            organisations.change_role(membership=membership, role=role, actor=actor)
        else:
            messages.error(request, _("Choose one of the roles."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("accounts:organisation", slug)


@login_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation, and accept it on POST."""
    found = get_object_or_404(
        Invitation.objects.select_related("organisation", "invited_by"), token=token
    )
    if request.method == "POST":
        try:
            invitations.accept(invitation=found, user=_signed_in(request))
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("dashboard")
        messages.success(
            request, _("You now belong to %(name)s.") % {"name": found.organisation.name}
        )
        return redirect("accounts:organisation", found.organisation.slug)
    context = {"invitation": found, "is_theirs": invitations.is_for(_signed_in(request), found)}
    return render(request, "accounts/invitation.html", context)
