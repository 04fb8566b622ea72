"""Texts that the parties sign, their signatures, and the files of a deal.

A document's text never changes: another wording is another version, which everybody signs again. A
signature is of the exact text that was on screen, named by its SHA-256.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.deals import Deal, Party
from marketplace.files.models import StoredFile


class Document(models.Model):
    class Kind(models.TextChoices):
        NDA = "nda", _("confidentiality agreement")
        AGREEMENT = "agreement", _("technology contract and split plan")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("date"), default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["kind", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "kind", "version"], name="document_version_once"
            ),
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(withdrawn_at=None, kind="nda"),
                name="document_nda_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class Signature(models.Model):
    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)
    address = models.GenericIPAddressField(_("network address"))
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_at"]
        constraints = [models.UniqueConstraint(fields=["document", "party"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.party} · {self.signed_at:%Y-%m-%d %H:%M}"


class DealFile(models.Model):
    """A file of a deal, of `side`; its tier says who else of the deal may read it."""

    class Tier(models.TextChoices):
        PARTIES = "parties", _("everybody who takes part")
        NDA = "nda", _("only who has signed the confidentiality agreement")
        SIDE = "side", _("our own side only")

    class Side(models.TextChoices):
        INSTITUTION = "institution", _("institution")
        ENTERPRISE = "enterprise", _("enterprise")
        BROKER = "broker", _("broker")
        PARTNER = "partner", _("partner institution")

    class Kind(models.TextChoices):
        SEALED_CONTRACT = "sealed", _("sealed contract")
        MINUTES = "minutes", _("minutes")
        EVIDENCE = "evidence", _("evidence")
        INVOICE = "invoice", _("invoice")
        DELIVERABLE = "deliverable", _("deliverable")
        OTHER = "other", _("other")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    tier = models.CharField(
        _("who may read it"), max_length=7, choices=Tier.choices, default=Tier.PARTIES
    )
    side = models.CharField(max_length=11, choices=Side.choices, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("date"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a deal")
        verbose_name_plural = _("files of deals")
        ordering = ["added_at"]

    def __str__(self) -> str:
        return self.title
