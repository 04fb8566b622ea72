"""Files of a deal: add one, download one. Each download is logged."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals import files, sections
from brokers.deals.forms.steps import FileForm
from brokers.deals.views.answers import FormPage, answer, posted
from brokers.deals.views.lookup import known_deal, own_deal
from marketplace.files.serving import attachment_response


@login_required
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    deal = own_deal(request, pk, "deal:add_file")
    page = FormPage(
        title=_("Add a file"),
        button=_("Add the file"),
        context={"deal": deal},
        done=_("The file has been added."),
        then=sections.address(deal.pk, "files"),
    )
    form = FileForm(*posted(request), side=files.own_side(deal, request.user))
    return answer(request, form, page, files.add, deal=deal, by=request.user)


@login_required
@require_safe
@never_cache
def download(request: HttpRequest, pk: uuid.UUID, file: int) -> HttpResponseBase:
    deal = known_deal(request, pk)
    found = get_object_or_404(deal.files.select_related("file"), pk=file)
    if not request.user.has_perm("deal:read_file", found):
        raise Http404
    response = attachment_response(found.file)
    files.downloaded(file=found, by=request.user)
    return response
