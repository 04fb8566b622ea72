"""Typical cases of a deal: what its parties allow, and the platform's question."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brokers.deals import case_consents, sections
from brokers.deals.forms.cases import CaseConsentForm
from brokers.deals.views.answers import FormPage, answer, posted
from brokers.deals.views.lookup import own_deal
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
def say(request: HttpRequest, pk: uuid.UUID, party: int) -> HttpResponse:
    """Say for one party whether the deal may be shown."""
    deal = own_deal(request, pk)
    found = get_object_or_404(deal.parties.select_related("case_consent"), pk=party)
    require(request.user, "deal:sign", found)
    page = FormPage(
        title=_("Show this deal as a typical case"),
        button=_("Save"),
        done=_("Saved. You can change it at any time."),
        then=sections.address(deal.pk, "case"),
        template="deals/case.html",
        context={"deal": deal},
    )
    form = CaseConsentForm(posted(request)[0], said=case_consents.consent_of(found))
    return answer(request, form, page, case_consents.say, party=found, by=signed_in(request))


@login_required
@require_POST
def ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the parties that have said nothing yet."""
    deal = own_deal(request, pk, "deal:ask_for_case")
    case_consents.ask(deal=deal, by=signed_in(request))
    messages.success(request, _("The parties that have not answered yet have been asked."))
    return redirect(sections.address(deal.pk, "case"))
