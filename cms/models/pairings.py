"""Featured pairings (供需精准配对): a result and a need that an editor puts side by side.

Readers see a pairing only while its dates hold and both listings are live. Its note never names the
organisation behind an anonymous need: it is refused when written, and withheld should the need turn
anonymous later.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.confidentiality import names_organisation
from marketplace.bilingual import in_reader_language
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.models import MatchDecision


class FeaturedPairingQuerySet(models.QuerySet["FeaturedPairing"]):
    def shown(self) -> "FeaturedPairingQuerySet":
        """Return the pairings that readers see now, in the editors' order."""
        started = self.unended().filter(starts_at__lte=timezone.now())
        return started.filter(result__live=True, need__live=True)

    def unended(self) -> "FeaturedPairingQuerySet":
        """Return the pairings that readers see now or later."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))

    def with_introductions(self) -> "FeaturedPairingQuerySet":
        """Annotate how often the two were introduced since readers see the pairing: `introductions`."""
        introduced = MatchDecision.objects.filter(
            result=OuterRef("result"),
            need=OuterRef("need"),
            verdict=MatchDecision.Verdict.INTRODUCED,
            decided_at__gte=OuterRef("starts_at"),
        )
        total = introduced.order_by().values("need").annotate(total=Count("pk")).values("total")
        return self.annotate(introductions=Coalesce(Subquery(total), 0))


class FeaturedPairing(models.Model):
    class State(models.TextChoices):
        SHOWN = "shown", _("shown")
        SCHEDULED = "scheduled", pgettext_lazy("pairing", "scheduled")
        ENDED = "ended", _("ended")
        RESULT_NOT_LIVE = "result_not_live", _("hidden: the result is not live")
        NEED_NOT_LIVE = "need_not_live", _("hidden: the need is not live")

    result = models.ForeignKey(
        ResearchResult, models.CASCADE, related_name="+", verbose_name=_("research result")
    )
    need = models.ForeignKey(
        TechnologyNeed, models.CASCADE, related_name="+", verbose_name=_("technology need")
    )
    note_zh = models.TextField(_("editor's note in Chinese"), max_length=500, blank=True)
    note_en = models.TextField(_("editor's note in English"), max_length=800, blank=True)
    sort_order = models.IntegerField(_("position"), null=True, blank=True, editable=False)
    starts_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(_("shown until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("chosen by"),
    )
    created_at = models.DateTimeField(_("chosen on"), auto_now_add=True)
    result_clicks = models.PositiveIntegerField(default=0, editable=False)
    need_clicks = models.PositiveIntegerField(default=0, editable=False)

    objects = FeaturedPairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("featured pairing")
        verbose_name_plural = _("featured pairings")
        ordering = [F("sort_order").asc(nulls_last=True), "-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "need"],
                name="featured_pairing_once",
                violation_error_message=_("This result and this need are a pairing already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="featured_pairing_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result} ⇄ {self.need}"

    @property
    def state(self) -> State:
        """What readers see of the pairing now, and if nothing, why."""
        now = timezone.now()
        reasons = {
            self.State.ENDED: self.ends_at is not None and self.ends_at <= now,
            self.State.RESULT_NOT_LIVE: not self.result.live,
            self.State.NEED_NOT_LIVE: not self.need.live,
            self.State.SCHEDULED: self.starts_at > now,
        }
        return next((state for state, holds in reasons.items() if holds), self.State.SHOWN)

    @property
    def clicks(self) -> int:
        """How often readers followed it to either listing."""
        return self.result_clicks + self.need_clicks

    @property
    def note(self) -> str:
        """The note in the reader's language; "" where it would name who wants to stay unnamed."""
        return "" if self._notes_that_tell() else in_reader_language(self, "note")

    def clean(self) -> None:
        super().clean()
        if not self.note_zh and not self.note_en:
            raise ValidationError({"note_zh": _("Say in Chinese or in English why they fit.")})
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("This is not after the start.")})
        if telling := self._notes_that_tell():
            message = _(
                "The need is anonymous, and this note names its organisation. Take the name out."
            )
            raise ValidationError(dict.fromkeys(telling, message))

    def _notes_that_tell(self) -> list[str]:
        if self.need_id is None or not self.need.is_anonymous:
            return []
        organisation = self.need.organisation
        fields = ("note_zh", "note_en")
        return [field for field in fields if names_organisation(getattr(self, field), organisation)]
