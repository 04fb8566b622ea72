"""Public pages of the brokers, and a broker's own profile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from brokers.profiles import profiles
from brokers.profiles.forms import AgreementForm, BrokerProfileForm
from brokers.profiles.models import BrokerProfile
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.files.serving import attachment_response
from marketplace.metadata import Metadata, describe


@require_safe
def brokers(request: HttpRequest) -> HttpResponse:
    verified = BrokerProfile.objects.verified().for_cards()
    found = Paginator(verified, 20).get_page(request.GET.get("page"))
    return render(request, "profiles/brokers.html", {"found": found})


@require_safe
def broker(request: HttpRequest, pk: int) -> HttpResponse:
    profile = get_object_or_404(BrokerProfile.objects.verified().for_cards(), pk=pk)
    facts = [
        (_("Industries"), " · ".join(industry.name for industry in profile.industries.all())),
        (_("Regions"), " · ".join(region.name for region in profile.regions.all())),
        (_("Languages"), profile.get_languages_display()),
    ]
    context = {"profile": profile, "facts": facts, "metadata": _metadata(profile, request)}
    return render(request, "profiles/broker.html", context)


def _metadata(profile: BrokerProfile, request: HttpRequest) -> Metadata:
    """Return what the page of a broker says of itself in the reader's language."""
    brokerage = profile.brokerage
    return describe(
        request,
        path=profile.get_absolute_url(),
        title=profile.user.name,
        description=profile.bio[:200],
        structured={
            "@type": "Person",
            "name": profile.user.name,
            "jobTitle": capfirst(str(profile._meta.verbose_name)),
            "description": profile.bio,
            "worksFor": brokerage and {"@type": "Organization", "name": brokerage.name},
            "knowsAbout": [industry.name for industry in profile.industries.all()],
        },
    )


@login_required
def own_profile(request: HttpRequest) -> HttpResponse:
    require(request.user, "broker:apply")
    profile = BrokerProfile.objects.filter(user__pk=request.user.pk or 0).first()
    is_sent = request.method == "POST"
    form = BrokerProfileForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        instance=profile,
        user=request.user,  # type: ignore[arg-type]
    )
    if form.is_valid():
        relations = {name: form.cleaned_data[name] for name in ("industries", "regions")}
        profiles.save(profile=form.stored(), relations=relations, changed=set(form.changed_data))
        messages.success(request, _("Your profile has been saved."))
        return redirect("profiles:own")
    context = {"form": form, "profile": profile}
    return render(request, "profiles/own_profile.html", context, status=422 if is_sent else 200)


@login_required
def brokerage(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the brokerage agree to the part that a broker offers it; the broker reads how it stands."""
    profiles_there = BrokerProfile.objects.select_related("user", "brokerage")
    profile = get_object_or_404(profiles_there, pk=pk, brokerage__isnull=False)
    may_agree = request.user.has_perm("broker:agree_share", profile)
    if not (may_agree or request.user.has_perm("broker:read_record", profile)):
        raise Http404
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            profiles.agree_with_brokerage(profile=profile, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Agreed: it goes into the broker's next split plans."))
            return redirect("profiles:brokerage", pk)
    context = {"profile": profile, "form": form, "may_agree": may_agree}
    status = 409 if form.errors else 200
    return render(request, "profiles/brokerage.html", context, status=status)


@login_required
@require_safe
def certificate(request: HttpRequest, pk: int) -> FileResponse:
    """Send a broker's certificate to its owner and to administrators; each download is logged."""
    profile = get_object_or_404(BrokerProfile.objects.select_related("certificate"), pk=pk)
    may_read = request.user.has_perm("broker:read_certificate", profile)
    if not may_read or profile.certificate is None:
        raise Http404
    response = attachment_response(profile.certificate)
    trail.record(actor=request.user, action="broker.read_certificate", target=profile)
    return response
