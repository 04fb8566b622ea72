"""The room of a deal: read and write its messages, set tasks and say how far they are."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import sections
from brokers.deals.forms.room import MessageForm, TaskForm
from brokers.deals.models import Deal
from brokers.deals.reading.readers import Reader
from brokers.deals.room import messages, work
from brokers.deals.sections import Section
from brokers.deals.views.answers import FormPage, answer, form_status, posted
from brokers.deals.views.lookup import own_deal
from brokers.deals.views.sections import section_page
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
@require_safe
@never_cache
def room(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the room; whoever reads its messages has read what told of them."""
    deal = own_deal(request, pk)
    if request.user.has_perm("deal:read_messages", deal):
        messages.read(deal=deal, reader=signed_in(request))
    return section_page(request, deal, Section.ROOM, form=MessageForm())


@login_required
@require_POST
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a message to the thread."""
    deal = own_deal(request, pk, "deal:read_messages")
    form = MessageForm(request.POST)
    if not form.is_valid():
        return section_page(request, deal, Section.ROOM, status=form_status(form), form=form)
    messages.write(deal=deal, author=signed_in(request), text=form.cleaned_data["text"])
    return redirect(sections.address(deal.pk, "messages"))


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
    return FormPage(context={"deal": deal}, then=sections.address(deal.pk, "tasks"), **words)
