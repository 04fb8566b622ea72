"""Introductions, and the deals that come of them, with their parties and their history.

A deal changes its stage by `progress.advance` only, and every change leaves a `DealEvent`. Its parties
change by an amendment only: who has left keeps its row, and who is to join has one before it is a party.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.stages import OPEN, Stage
from marketplace.accounts.models import Organisation
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.models import MatchDecision

IS_PARTY = Q(joined_at__isnull=False, left_at=None)


class Introduction(models.Model):
    """Dated proof of who brought which result and need together, with the match as it was shown."""

    decision = models.OneToOneField(
        MatchDecision, models.PROTECT, related_name="introduction", verbose_name=_("match")
    )
    introduced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="introductions"
    )
    as_broker = models.BooleanField(_("by a technology broker"), default=False)
    message = models.TextField(_("message to both sides"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)
    protected_until = models.DateField(
        _("broker's commission protected until"), null=True, editable=False
    )

    class Meta:
        verbose_name = _("introduction")
        verbose_name_plural = _("introductions")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.decision)


class DealQuerySet(models.QuerySet["Deal"]):
    def of(self, user: "settings.AUTH_USER_MODEL") -> "DealQuerySet":  # type: ignore[name-defined]
        """Return the deals in which `user`, or an organisation of `user`, is a party."""
        organisations = user.memberships.values("organisation")
        mine = Party.objects.filter(Q(user=user) | Q(organisation__in=organisations))
        return self.filter(pk__in=mine.values("deal"))

    def aside_of(self, user: "settings.AUTH_USER_MODEL") -> "DealQuerySet":  # type: ignore[name-defined]
        """Return the deals that `user`, or an organisation of `user`, has left or is to join."""
        organisations = user.memberships.values("organisation")
        mine = Party.every.filter(Q(user=user) | Q(organisation__in=organisations))
        gone = Q(left_at__isnull=False) | Q(joined_at=None, joins_with__state="proposed")
        return self.filter(pk__in=mine.filter(gone).values("deal")).exclude(
            pk__in=self.of(user).values("pk")
        )

    def for_list(self) -> "DealQuerySet":
        """Return the deals with all that a list shows, in a constant number of queries."""
        return self.select_related(
            "result__organisation", "need__organisation", "introduction__introduced_by"
        )


class Deal(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    introduction = models.OneToOneField(Introduction, models.PROTECT, related_name="deal")
    result = models.ForeignKey(ResearchResult, models.PROTECT, related_name="deals")
    need = models.ForeignKey(TechnologyNeed, models.PROTECT, related_name="deals")
    stage = models.CharField(
        _("stage"), max_length=11, choices=Stage.choices, default=Stage.INTRODUCED
    )
    version = models.PositiveIntegerField(default=0)
    enterprise_disclosed = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-changed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "need"],
                condition=Q(stage__in=sorted(OPEN)),
                name="deal_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.result} ↔ {self.need}"

    def get_absolute_url(self) -> str:
        return reverse("deals:deal", args=[self.pk])

    @property
    def reference(self) -> str:
        """The short name that people use on invoices and on the telephone."""
        return f"D{self.created_at:%Y}-{self.pk.hex[:8].upper()}"

    @property
    def disclosure_ground(self) -> str:
        """The reason of the disclosure grants that this deal's confidentiality agreement gives."""
        return f"deal {self.pk}"

    @property
    def institution(self) -> Organisation:
        """The institution that is party now: the result's, or its successor."""
        return self._organisation(Party.Role.INSTITUTION)

    @property
    def enterprise(self) -> Organisation:
        """The enterprise that is party now: the need's, or its successor."""
        return self._organisation(Party.Role.ENTERPRISE)

    def _organisation(self, role: "Party.Role") -> Organisation:
        return next(p.organisation for p in self.parties.all() if p.role == role and p.organisation)


class PartyManager(models.Manager["Party"]):
    """Those who are parties now."""

    def get_queryset(self) -> "models.QuerySet[Party]":
        return super().get_queryset().filter(IS_PARTY)


class Party(models.Model):
    """Who takes part: the two organisations, the research team's lead, brokers, partner institutions.

    `objects`, and so `deal.parties`, are those who are parties now; `every` has also who has left, and
    who joins or leaves once the amendment `joins_with` or `leaves_with` is in force.
    """

    class Role(models.TextChoices):
        INSTITUTION = "institution", _("institution")
        ENTERPRISE = "enterprise", _("enterprise")
        TEAM = "team", _("research team")
        BROKER = "broker", _("broker")
        PARTNER = "partner", _("partner institution")

    SEVERAL = (Role.BROKER, Role.PARTNER)
    """The roles that several have at the same time."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="parties")
    role = models.CharField(_("role"), max_length=11, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, null=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, editable=False)
    joins_with = models.ForeignKey(
        "deals.Agreement", models.PROTECT, null=True, related_name="joining", editable=False
    )
    leaves_with = models.ForeignKey(
        "deals.Agreement", models.PROTECT, null=True, related_name="leaving", editable=False
    )

    objects = PartyManager()
    every: "models.Manager[Party]" = models.Manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=["institution", "enterprise", "partner"], organisation__isnull=False
                )
                | Q(role__in=["team", "broker"], user__isnull=False),
                name="party_is_somebody",
            ),
            models.UniqueConstraint(
                fields=["deal", "role"],
                condition=~Q(role__in=["broker", "partner"]) & IS_PARTY,
                name="party_role_once",
            ),
            models.UniqueConstraint(
                fields=["deal", "user"],
                condition=Q(role="broker") & IS_PARTY,
                name="party_broker_once",
            ),
            models.UniqueConstraint(
                fields=["deal", "organisation"], condition=IS_PARTY, name="party_organisation_once"
            ),
        ]

    def __str__(self) -> str:
        return _("%(label)s: %(text)s") % {"label": self.get_role_display(), "text": self.name}

    @property
    def name(self) -> str:
        holder = self.user if self.organisation is None else self.organisation
        return "" if holder is None else holder.name


class DealEvent(models.Model):
    """One line of the deal's history; never changed, never deleted."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    from_stage = models.CharField(max_length=11, choices=Stage.choices, blank=True)
    to_stage = models.CharField(max_length=11, choices=Stage.choices, blank=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a deal")
        verbose_name_plural = _("events of deals")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
