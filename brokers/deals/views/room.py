"""The room of a deal: its thread of messages and the tasks that people set each other."""

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from brokers.deals.forms.room import MessageForm, TaskForm
from brokers.deals.models import Deal
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.room import message_lines
from brokers.deals.room import messages, work
from brokers.deals.views.answers import FormPage, answer, form_status, posted
from brokers.deals.views.lookup import own_deal
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in

PER_PAGE = 30


@login_required
@never_cache
def thread(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the messages, the newest first, and add one on POST."""
    deal = own_deal(request, pk, "deal:read_messages")
    user = signed_in(request)
    form = MessageForm(posted(request)[0])
    if form.is_valid():
        messages.write(deal=deal, author=user, text=form.cleaned_data["text"])
        return redirect("deals:messages", deal.pk)
    messages.read(deal=deal, reader=user)
    written = deal.messages.select_related("author", "party")
    page = Paginator(written, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "deal": deal,
        "form": form,
        "page": page,
        "messages_shown": message_lines(page, Reader.of(user, deal)),
    }
    return render(request, "deals/messages.html", context, status=form_status(form))


@login_required
def add_task(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    deal = own_deal(request, pk, "deal:add_task")
    form = TaskForm(posted(request)[0], people=_people(request, deal))
    page = _page(deal, title=_("Set a task"), button=_("Set the task"), done=_("The task is set."))
    return answer(request, form, page, work.add, deal=deal, by=signed_in(request))


@login_required
def task(request: HttpRequest, pk: uuid.UUID, task: int) -> HttpResponse:
    """Say how far a task is, or change it."""
    deal = own_deal(request, pk)
    found = get_object_or_404(deal.tasks.select_related("responsible"), pk=task)
    require(request.user, "deal:edit_task", found)
    people = _people(request, deal, found.responsible)
    form = TaskForm(posted(request)[0], people=people, task=found)
    page = _page(deal, title=found.title, button=_("Save"), done=_("The task has been saved."))
    return answer(request, form, page, work.change, task=found, by=signed_in(request))


def _people(request: HttpRequest, deal: Deal, *others: User) -> dict[User, str]:
    """Return whom the reader may make responsible, and `others`, with the names the reader may know."""
    reader = Reader.of(request.user, deal)
    people = [*work.assignable(deal, reader), *others]
    return {person: reader.person(person) for person in people}


def _page(deal: Deal, **words: str) -> FormPage:
    return FormPage(context={"deal": deal}, then=f"{deal.get_absolute_url()}#tasks", **words)
