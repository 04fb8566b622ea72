"""Brokers in the editors' site: administrators compare the certificate and verify.

Profiles are written by their owners and never deleted; here only the verification changes, through the
service, and nobody verifies himself.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permissions import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet

from brokers.profiles import profiles
from brokers.profiles.models import BrokerProfile

SHOWN = ("brokerage", "bio_zh", "bio_en", "certificate_number", "certificate_expires_on")


class VerificationPolicy(ModelPermissionPolicy):
    """Who may verify a broker may look and change; nobody adds or deletes here."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in {"view", "change"} and user.has_perm("broker:verify")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class VerificationForm(WagtailAdminModelForm):
    is_verified = forms.BooleanField(
        label=_("We have compared the certificate: this is a technology broker"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_verified"] = self.instance.verified_at is not None

    def clean_is_verified(self) -> bool:
        is_verified: bool = self.cleaned_data["is_verified"]
        if is_verified and self.instance.user_id == self.for_user.pk:
            raise ValidationError(_("Somebody else must verify your profile."))
        if is_verified and self.instance.is_expired:
            raise ValidationError(_("This certificate has expired."))
        return is_verified

    def save(self, commit: bool = True) -> BrokerProfile:
        profile: BrokerProfile = self.instance
        if "is_verified" in self.changed_data:
            decide = profiles.verify if self.cleaned_data["is_verified"] else profiles.doubt
            decide(profile=profile, administrator=self.for_user)
        return profile


class BrokerViewSet(SnippetViewSet):
    model = BrokerProfile
    icon = "user"
    menu_label = _("Technology brokers")
    menu_order = 225
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = [
        "__str__",
        "brokerage",
        "certificate_number",
        "certificate_expires_on",
        BooleanColumn("is_verified", label=_("Verified"), sort_key="verified_at"),
    ]
    list_per_page = 50
    search_fields = ("user__email", "user__last_name", "certificate_number")
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("is_verified"),
            MultiFieldPanel(
                [
                    HelpPanel(template="profiles/admin/certificate.html"),
                    *(FieldPanel(name, read_only=True) for name in SHOWN),
                ],
                heading=_("What the broker says"),
            ),
        ],
        base_form_class=VerificationForm,
    )

    @property
    def permission_policy(self) -> VerificationPolicy:
        return VerificationPolicy(BrokerProfile)

    def get_queryset(self, request: Any) -> Any:
        return BrokerProfile.objects.select_related("user", "brokerage")
