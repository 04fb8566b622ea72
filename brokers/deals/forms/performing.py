"""Forms about a signed agreement: pay, deliver, prove a cost, refund."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from brokers.payments.forms import EvidenceField
from brokers.payments.gateway import Gateway
from marketplace.amounts import AmountField
from marketplace.files.forms import UploadField
from marketplace.money import Money


class GatewayForm(forms.Form):
    """Chooses among the gateways that accept the payment now."""

    gateway = forms.ChoiceField(label=_("How do you want to pay?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, gateways: Mapping[str, Gateway], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, gateway.label) for name, gateway in gateways.items()]
        self.fields["gateway"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["gateway"].initial = choices[0][0]


class DeliveryForm(forms.Form):
    upload = UploadField(
        label=_("File"),
        help_text=_("Leave it empty where the deliverable is no file."),
        required=False,
    )


class CostEvidenceForm(forms.Form):
    upload = EvidenceField(label=_("Evidence"), help_text=_("The invoice as PDF, PNG or JPEG."))


class RefundForm(forms.Form):
    """`reference` comes with the page, so that a second click is the same refund."""

    amount = AmountField(label=_("Amount to give back"))
    reason = LongTextField(label=_("Reason"), max_length=200)
    reference = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, most: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = most.currency  # type: ignore[attr-defined]
        self.fields["reference"].initial = uuid.uuid4
