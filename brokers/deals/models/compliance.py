"""What Chinese law wants on record: the due-diligence record and the registration of the contract.

Invariant: nothing counts as registered without number, day and both amounts, and no exemption from VAT
without registration.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.agreements import Agreement
from brokers.deals.models.deals import Deal
from brokers.deals.models.documents import DealFile
from marketplace.amounts import CurrencyField, money_property


class PricingMode(models.TextChoices):
    AGREEMENT = "agreement", _("by agreement")
    LISTED = "listed", _("listed sale")
    AUCTION = "auction", _("auction")


class Rights(models.TextChoices):
    """What the team was given of a service invention (赋权)."""

    NONE = "none", _("none")
    OWNERSHIP = "ownership", _("a share of ownership")
    USE = "use", _("a long-term right of use")


class DueDiligence(models.Model):
    """What a state-established institution must have on record before it agrees (尽职免责)."""

    FACTS = (
        "pricing_mode",
        "approved_on",
        "approval",
        "related_parties",
        "rights",
        "rights_share",
        "rights_from",
        "rights_until",
        "foreign_party",
        "export_control",
    )
    """What the institution fills in, in the order in which it is asked and shown."""

    deal = models.OneToOneField(Deal, models.PROTECT, related_name="due_diligence")
    pricing_mode = models.CharField(
        _("pricing mode"), max_length=9, choices=PricingMode.choices, default=PricingMode.AGREEMENT
    )
    approved_on = models.DateField(_("approved by the institution on"))
    approval = models.CharField(_("minutes of the approval"), max_length=200)
    minutes = models.ForeignKey(DealFile, models.PROTECT, null=True, related_name="+")
    related_parties = models.TextField(_("declaration on related parties"), max_length=2000)
    rights = models.CharField(
        _("service-invention rights of the team"),
        max_length=9,
        choices=Rights.choices,
        default=Rights.NONE,
    )
    rights_share = models.PositiveSmallIntegerField(
        _("share of ownership of the team"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(10_000)],
    )
    rights_from = models.DateField(_("rights from"), null=True, blank=True)
    rights_until = models.DateField(_("rights until"), null=True, blank=True)
    foreign_party = models.BooleanField(_("a party is established abroad"), default=False)
    export_control = models.CharField(_("export-control check"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("due-diligence record")
        verbose_name_plural = _("due-diligence records")

    def __str__(self) -> str:
        return self.deal.reference


class Registration(models.Model):
    """The registration of a technology contract (技术合同认定登记) with its authority."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("being prepared")
        SUBMITTED = "submitted", _("submitted")
        REGISTERED = "registered", _("registered")
        REFUSED = "refused", _("refused")

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="registration")
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PREPARING
    )
    number = models.CharField(
        _("number of the registration"),
        max_length=40,
        blank=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9./-]+\Z", _("Letters, digits and the signs . / - only."))
        ],
    )
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    total_amount = models.BigIntegerField(_("contract amount"), null=True, blank=True)
    technology_amount = models.BigIntegerField(_("technology amount"), null=True, blank=True)
    currency = CurrencyField()
    vat_exempt = models.BooleanField(_("exempt from VAT"), default=False)
    certificate = models.ForeignKey(DealFile, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    total = money_property("total_amount")
    technology = money_property("technology_amount")

    class Meta:
        verbose_name = _("registration of a contract")
        verbose_name_plural = _("registrations of contracts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="registered")
                | ~Q(number="")
                & Q(
                    registered_on__isnull=False,
                    total_amount__gt=0,
                    technology_amount__gte=0,
                    technology_amount__lte=F("total_amount"),
                ),
                name="registration_whole",
            ),
            models.CheckConstraint(
                condition=Q(vat_exempt=False) | Q(state="registered"),
                name="registration_exempts",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.get_state_display())

    @property
    def is_registered(self) -> bool:
        return self.state == self.State.REGISTERED
