"""The technology contract of a deal: its terms, milestones and costs, in versions.

A draft may change; once proposed, its document is frozen, and another wording is another version. One
version is in force; those that it amended stand for what was paid, or is being paid, under them. At most
one more is on its way. A milestone stands until a version that replaced it is in force.
"""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.deals import Deal
from brokers.deals.models.documents import DealFile, Document
from brokers.settlement.models import Policy, SplitPlan
from brokers.settlement.plan import ContractType
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField, money_property

CONTRACT_TYPES = [
    (ContractType.DEVELOPMENT.value, _("technology development")),
    (ContractType.ASSIGNMENT.value, _("assignment of technology")),
    (ContractType.LICENCE.value, _("technology licence")),
    (ContractType.CONSULTING.value, _("technical consulting")),
    (ContractType.SERVICE.value, _("technical service")),
]


class TaxTreatment(models.TextChoices):
    """How what is received is taxed; `EXEMPT` counts from the registration of the contract on."""

    RATE = "rate", _("taxed at the rate")
    EXEMPT = "exempt", _("exempt from VAT once the contract is registered, until then at the rate")


class Agreement(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("to be signed")
        DECLINED = "declined", _("declined by a party")
        SIGNED = "signed", _("signed")
        AMENDED = "amended", _("amended")
        SUPERSEDED = "superseded", _("superseded")

    BINDING = (State.AMENDED, State.SIGNED)
    """The states of versions that the parties are bound by."""
    PENDING = (State.DRAFT, State.PROPOSED, State.DECLINED)
    """The states of a version that is on its way."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    contract_type = models.CharField(_("type of contract"), max_length=11, choices=CONTRACT_TYPES)
    subject = models.TextField(_("subject of the contract"), max_length=5000)
    currency = CurrencyField(default="CNY")
    collector = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("collector"),
        help_text=_("Who receives the payments; empty: the platform."),
    )
    tax_basis_points = models.PositiveSmallIntegerField(
        _("tax on what is received"), default=0, validators=[MaxValueValidator(10_000)]
    )
    tax_treatment = models.CharField(
        _("tax treatment"), max_length=6, choices=TaxTreatment.choices, default=TaxTreatment.RATE
    )
    acceptance_days = models.PositiveSmallIntegerField(
        _("days for acceptance"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    equity = models.TextField(_("equity"), max_length=2000, blank=True)
    loss_bearer = models.CharField(_("who bears losses of a refund"), max_length=11)
    plan_terms = models.JSONField(default=dict)
    party_changes = models.JSONField(default=list, blank=True)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+", editable=False)
    plan = models.ForeignKey(SplitPlan, models.PROTECT, null=True, related_name="+", editable=False)
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, related_name="agreement", editable=False
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True, editable=False)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "version"], name="agreement_version_once"),
            models.UniqueConstraint(
                fields=["deal"], condition=Q(state="signed"), name="agreement_in_force_once"
            ),
            models.UniqueConstraint(
                fields=["deal"],
                condition=Q(state__in=["draft", "proposed", "declined"]),
                name="agreement_pending_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(plan__isnull=False, document__isnull=False)
                | Q(state="superseded"),
                name="agreement_proposed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal.reference} · {self.version}"

    @property
    def is_binding(self) -> bool:
        return self.state in self.BINDING


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def standing(self) -> "MilestoneQuerySet":
        """Return those of signed versions that no later version in force has replaced."""
        binding = self.filter(agreement__state__in=Agreement.BINDING)
        return binding.exclude(replaced_by__state__in=Agreement.BINDING)


class Milestone(models.Model):
    """A part of the price, due for a deliverable; `payment_reference` is the charge that paid it.

    A royalty's milestone comes with its report, and has nothing to deliver. `replaced_by` is the version
    that has its own terms instead, once that is in force.
    """

    class Kind(models.TextChoices):
        FIXED = "fixed", _("fixed sum")
        ROYALTY = "royalty", _("royalty")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="milestones")
    replaced_by = models.ForeignKey(
        Agreement, models.SET_NULL, null=True, related_name="replaces", editable=False
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.FIXED)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    deliverable = models.TextField(_("deliverable"), max_length=2000)
    amount = models.BigIntegerField(_("amount"), validators=[MinValueValidator(1)])
    currency = CurrencyField()
    due_on = models.DateField(_("due"))
    payment_reference = models.UUIDField(null=True, unique=True, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    objects = MilestoneQuerySet.as_manager()
    money = money_property("amount")

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="milestone_position"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="milestone_above_zero"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stands(self) -> bool:
        """Whether this milestone is owed: signed, and not replaced by a later version in force."""
        replaced = self.replaced_by is not None and self.replaced_by.is_binding
        return self.agreement.is_binding and not replaced

    @property
    def is_overdue(self) -> bool:
        return self.paid_at is None and self.due_on < timezone.localdate()


class DirectCost(models.Model):
    """A cost that comes off a milestone before net income; a second person approves its evidence."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="costs")
    title = models.CharField(_("cost"), max_length=120)
    amount = models.BigIntegerField(_("amount"), validators=[MinValueValidator(1)])
    currency = CurrencyField()
    evidence = models.ForeignKey(
        DealFile, models.PROTECT, null=True, related_name="+", verbose_name=_("evidence")
    )

    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)

    money = money_property("amount")

    class Meta:
        verbose_name = _("direct cost")
        verbose_name_plural = _("direct costs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cost_above_zero"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False, evidence__isnull=False),
                name="cost_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title
