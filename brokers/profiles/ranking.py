"""Which broker fits a need: field, region, language and load, as a score that says why.

Invariants: the score (0 to 100) is the sum of the contributions shown; a fact that is not stated counts
`PRIOR` of its weight; each broker is judged alone. Who belongs to the need's organisation is no
candidate, however well they fit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokers.profiles.models import BrokerProfile
from marketplace.figures import Contribution
from marketplace.listings.models import TechnologyNeed
from search import criteria
from search.criteria import NOT_STATED, Facts, Judgement

WEIGHTS = {"field": 45, "region": 20, "language": 15, "load": 20}
PRIOR = 0.3
FULL_LOAD = 8
"""Open deals and needs at which a broker has no time left."""
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Candidate:
    """A broker and what speaks for it; `conflict` says why it cannot be asked, "" if it can."""

    profile: BrokerProfile
    contributions: tuple[Contribution, ...]
    conflict: str = ""

    @property
    def score(self) -> float:
        return sum(contribution.points for contribution in self.contributions)


def rank(
    need: TechnologyNeed,
    profiles: Iterable[BrokerProfile],
    *,
    loads: Mapping[int, int],
    insiders: Iterable[int],
) -> list[Candidate]:
    """Return `profiles` (read with `for_cards`) as candidates for `need`, the best first.

    `loads` counts what each person has in hand, by primary key; `insiders` are the people of the need's
    organisation.
    """
    inside = set(insiders)
    found = [
        Candidate(profile, _contributions(need, profile, loads), _conflict(need, profile, inside))
        for profile in profiles
    ]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.profile.pk))


def _conflict(need: TechnologyNeed, profile: BrokerProfile, insiders: set[int]) -> str:
    if profile.user_id in insiders:
        return _("belongs to the organisation that has the need")
    if profile.brokerage_id == need.organisation_id:
        return _("works for the organisation that has the need")
    return ""


def _contributions(
    need: TechnologyNeed, profile: BrokerProfile, loads: Mapping[int, int]
) -> tuple[Contribution, ...]:
    asked = Facts(industry=need.industry, region=need.region)
    fields = [criteria.industry(asked, Facts(industry=one)) for one in profile.industries.all()]
    regions = [criteria.region(asked, Facts(region=one)) for one in profile.regions.all()]
    return (
        _contribution("field", _("Field"), _best(fields)),
        _contribution("region", _("Region"), _best(regions)),
        _contribution("language", _("Language"), _language(need, profile)),
        _contribution("load", _("Load"), _load(loads.get(profile.user_id, 0))),
    )


def _contribution(name: str, label: str, judged: Judgement) -> Contribution:
    weight = WEIGHTS[name]
    share = PRIOR if judged.share is None else judged.share
    return Contribution(
        label=label,
        points=weight * share,
        maximum=weight,
        detail=judged.detail(),
        is_stated=judged.share is not None,
    )


def _best(judged: Iterable[Judgement]) -> Judgement:
    stated = [judgement for judgement in judged if judgement.share is not None]
    return max(stated, key=lambda judgement: judgement.share or 0, default=NOT_STATED)


def _language(need: TechnologyNeed, profile: BrokerProfile) -> Judgement:
    written = {code for suffix, code in LANGUAGES.items() if getattr(need, f"title_{suffix}")}
    if not profile.languages or not written:
        return NOT_STATED
    spoken = written & set(profile.languages)
    return Judgement(len(spoken) / len(written), profile.get_languages_display)


def _load(count: int) -> Judgement:
    share = max(1 - count / FULL_LOAD, 0.0)
    words = ngettext("%(count)d deal or need in hand", "%(count)d deals and needs in hand", count)
    return Judgement(share, lambda: words % {"count": count})
