"""Organisations and who belongs to them, through the services of accounts.

Organisations are founded by their people and never deleted; one always keeps an owner.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import DeleteView, EditView, SnippetViewSet

from cms.admin.choosers import chooser_by
from cms.admin.panels import RowsPanel
from cms.admin.policies import RestrictedPolicy
from marketplace.accounts import organisations
from marketplace.accounts.forms import AsksForName
from marketplace.accounts.models import Membership, Organisation
from marketplace.audit import trail

NAMES = ("name_zh", "name_en", "credit_code")


def refuse_deletion(request: HttpRequest) -> HttpResponse:
    """Send back who wants to delete what others refer to: what was written and signed stays."""
    messages.error(
        request,
        _("This is not deleted. Close accounts instead, withdraw listings, end one membership."),
    )
    return HttpResponseRedirect(reverse("wagtailadmin_home"))


class OrganisationForm(AsksForName, WagtailAdminModelForm):
    is_verified = forms.BooleanField(
        label=_("We have verified that it is what it says"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_verified"] = self.instance.verified_at is not None

    def save(self, commit: bool = True) -> Organisation:
        if "is_verified" in self.changed_data:
            verified = self.cleaned_data["is_verified"]
            self.instance.verified_at = timezone.now() if verified else None
            action = "organisation.verify" if verified else "organisation.doubt"
            trail.record(actor=self.for_user, action=action, target=self.instance)
        return super().save(commit)


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "home"
    copy_view_enabled = False
    list_display = [
        "__str__",
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        "region",
        BooleanColumn("verified_at", label=_("Verified"), sort_key="verified_at"),
    ]
    list_filter = ["kind", "state_established", "is_sample"]
    list_per_page = 50
    search_fields = NAMES
    search_backend_name = None
    chooser_viewset_class = chooser_by(*NAMES)
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("is_verified"),
                    FieldPanel("kind"),
                    FieldPanel("credit_code"),
                    FieldPanel("state_established"),
                    FieldPanel("is_sample"),
                ],
                heading=_("About the organisation"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("name_zh"),
                    FieldPanel("name_en"),
                    FieldPanel("description_zh"),
                    FieldPanel("description_en"),
                    FieldPanel("website"),
                    FieldPanel("region"),
                ],
                heading=_("How it shows itself"),
            ),
            RowsPanel("cms/admin/members.html", heading=_("Members")),
        ],
        base_form_class=OrganisationForm,
    )

    @property
    def permission_policy(self) -> RestrictedPolicy:
        return RestrictedPolicy(Organisation, {"add", "delete"})

    def get_queryset(self, request: Any) -> Any:
        return Organisation.objects.select_related("region")


class MembershipForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            for name in ("user", "organisation"):
                self.fields[name].disabled = True


class MembershipEditView(EditView):
    def save_instance(self) -> Membership:
        stored = Membership.objects.get(pk=self.object.pk)
        role = self.form.cleaned_data["role"]
        organisations.change_role(membership=stored, role=role, actor=self.request.user)
        return stored

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:
            form.add_error("role", error)
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class MembershipDeleteView(DeleteView):
    def delete_action(self) -> None:
        organisations.remove(membership=self.object, actor=self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:
            messages.error(self.request, error.messages[0])
            return HttpResponseRedirect(self.get_success_url())


class MembershipViewSet(SnippetViewSet):
    model = Membership
    icon = "group"
    copy_view_enabled = False
    edit_view_class = MembershipEditView
    delete_view_class = MembershipDeleteView
    list_display = [
        "user",
        "organisation",
        Column("role", label=_("Role"), accessor="get_role_display", sort_key="role"),
    ]
    list_filter = ["organisation", "role"]
    list_per_page = 50
    search_fields = ("user__email", "user__last_name", *(f"organisation__{n}" for n in NAMES))
    search_backend_name = None
    edit_handler = ObjectList(
        [FieldPanel("user"), FieldPanel("organisation"), FieldPanel("role")],
        base_form_class=MembershipForm,
    )

    def get_queryset(self, request: Any) -> Any:
        return Membership.objects.select_related("user", "organisation")
