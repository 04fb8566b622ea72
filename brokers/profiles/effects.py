"""Ask brokers to renew a certificate that expires, and tell them when it has: each once."""

from datetime import date, timedelta

from django.utils import timezone

from brokers.profiles.models import BrokerProfile
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic
from marketplace.outbox import periodic

ASK_DAYS_BEFORE = (7, 30)


@periodic.every(timedelta(hours=6))
def remind_of_certificates() -> int:
    """Tell verified brokers that their certificate expires or has expired; return how many."""
    today = timezone.localdate()
    due = BrokerProfile.objects.filter(
        verified_at__isnull=False,
        certificate_expires_on__lte=today + timedelta(days=max(ASK_DAYS_BEFORE)),
    ).select_related("user")
    return sum(_remind(profile, today) for profile in due)


def _remind(profile: BrokerProfile, today: date) -> int:
    """Tell `profile` once for each of `ASK_DAYS_BEFORE`, and once when the last day is over."""
    if profile.certificate_expires_on is None:
        return 0
    days = (profile.certificate_expires_on - today).days
    step = next((limit for limit in ASK_DAYS_BEFORE if days <= limit), 0) if days >= 0 else -1
    told = notify(
        [profile.user],
        topic=Topic.DEALS,
        template="certificate_expires" if days >= 0 else "certificate_expired",
        url="/brokers/me/",
        context={"date": profile.certificate_expires_on},
        once=f"certificate {profile.pk} {profile.certificate_expires_on} {step}",
    )
    return len(told)
