"""The best pair of each need that nobody has looked into, worked out beforehand."""

from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.models.decisions import MatchDecision


class BestPairQuerySet(models.QuerySet["BestPair"]):
    def unexplored(self) -> "BestPairQuerySet":
        """Return those of published listings about which nobody has decided anything, the best first."""
        decided = MatchDecision.objects.filter(need=OuterRef("need"), result=OuterRef("result"))
        live = self.filter(need__live=True, result__live=True)
        return live.exclude(Exists(decided)).order_by("-tenths", "need")


class BestPair(models.Model):
    """`result` met `need` best of those that nobody had decided about, with a score of `tenths` of a
    point, 0 to 1000, when `found_at` somebody looked; None where nothing met it.
    """

    need = models.OneToOneField(
        TechnologyNeed, models.CASCADE, primary_key=True, related_name="best_pair"
    )
    result = models.ForeignKey(ResearchResult, models.CASCADE, null=True, related_name="+")
    tenths = models.PositiveSmallIntegerField(default=0)
    found_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = BestPairQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-tenths"], name="best_pair_score")]

    def __str__(self) -> str:
        return f"{self.need} ↔ {self.result}"

    @property
    def score(self) -> Decimal:
        """The score in points, 0 to 100."""
        return Decimal(self.tenths) / 10
