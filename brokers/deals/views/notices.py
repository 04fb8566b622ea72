"""Public notices: all read them, signed-in people object, the institution publishes and decides."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from brokers.deals import notices, sections, versions
from brokers.deals.forms.notices import DecisionForm, NoticeForm, ObjectionForm
from brokers.deals.models import Deal, Objection, PublicNotice
from brokers.deals.views.answers import FormPage, answer, attempt, form_status, posted
from brokers.deals.views.lookup import own_deal
from marketplace.listings.views.lookup import signed_in
from marketplace.money import Money

PER_PAGE = 20


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the notices that stand, the newest first."""
    standing = PublicNotice.objects.filter(withdrawn_at=None).select_related(
        "deal__result__organisation"
    )
    page = Paginator(standing, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deals/notices.html", {"page": page})


def notice(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a notice with what was decided about objections, and take one on POST."""
    found = get_object_or_404(
        PublicNotice.objects.select_related("deal__result__organisation"), pk=pk
    )
    if request.method == "POST":
        return _object(request, pk=pk)
    return _notice_page(request, found, ObjectionForm())


@login_required
def _object(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(PublicNotice, pk=pk)
    form = ObjectionForm(request.POST)
    entered: dict[str, Any] = {"notice": found, "by": signed_in(request)}
    if form.is_valid() and attempt(form, notices.object_to, **entered, **form.cleaned_data):
        messages.success(request, _("Your objection has been entered. You are told the decision."))
        return redirect(found)
    return _notice_page(request, found, form)


def _notice_page(request: HttpRequest, found: PublicNotice, form: ObjectionForm) -> HttpResponse:
    objections = found.objections.all()
    own = [o for o in objections if o.author_id == request.user.pk]
    context = {"notice": found, "objections": objections, "own": own, "form": form}
    return render(request, "deals/notice.html", context, status=form_status(form))


@login_required
def publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    deal = own_deal(request, pk, "notice:publish")
    page = FormPage(
        title=_("Put name and price on public notice"),
        button=_("Publish the notice"),
        template="deals/publish_notice.html",
        context={"deal": deal},
        done=_("The notice has been published."),
        then=sections.address(deal.pk, "due-diligence"),
    )
    form = NoticeForm(posted(request)[0], subject=deal.result.title, price=_price(deal))
    return answer(request, form, page, notices.publish, deal=deal, by=signed_in(request))


@login_required
def decide(request: HttpRequest, pk: uuid.UUID, objection: int) -> HttpResponse:
    deal = own_deal(request, pk, "notice:publish")
    objections = Objection.objects.select_related("notice", "author")
    found = get_object_or_404(objections, pk=objection, notice__deal=deal)
    page = FormPage(
        title=_("Decide the objection"),
        button=_("Record the decision"),
        template="deals/decide_objection.html",
        context={"deal": deal, "objection": found},
        done=_("The decision has been recorded, and who objected is told."),
        then=sections.address(deal.pk, "due-diligence"),
    )
    form = DecisionForm(posted(request)[0])
    by = signed_in(request)
    return answer(request, form, page, notices.decide, objection=found, by=by)


def _price(deal: Deal) -> Money | None:
    agreement = versions.amendment(deal) or versions.current(deal)
    return versions.total(agreement) if agreement else None
