"""Public pages of the brokers, and a broker's own profile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from brokers.profiles import profiles
from brokers.profiles.forms import BrokerProfileForm
from brokers.profiles.models import BrokerProfile
from marketplace.accounts.permissions import require


def brokers(request: HttpRequest) -> HttpResponse:
    verified = BrokerProfile.objects.verified().for_cards()
    page = Paginator(verified, 20).get_page(request.GET.get("page"))
    return render(request, "profiles/brokers.html", {"page": page})


def broker(request: HttpRequest, pk: int) -> HttpResponse:
    profile = get_object_or_404(BrokerProfile.objects.verified().for_cards(), pk=pk)
    return render(request, "profiles/broker.html", {"profile": profile})


@login_required
def own_profile(request: HttpRequest) -> HttpResponse:
    require(request.user, "broker:apply")
    profile = BrokerProfile.objects.filter(user__pk=request.user.pk or 0).first()
    form = BrokerProfileForm(
        request.POST or None,
        request.FILES or None,
        instance=profile,
        user=request.user,  # type: ignore[arg-type]
    )
    if request.method == "POST" and form.is_valid():
        relations = {name: form.cleaned_data[name] for name in ("industries", "regions")}
        profiles.save(profile=form.stored(), relations=relations, changed=set(form.changed_data))
        messages.success(request, _("Your profile has been saved."))
        return redirect("profiles:own")
    return render(request, "profiles/own_profile.html", {"form": form, "profile": profile})
