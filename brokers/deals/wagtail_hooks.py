from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from marketplace.accounts.menu import AdministratorsMenuItem


@hooks.register("register_admin_menu_item")
def complaints_menu_item() -> MenuItem:
    """Lead from the editors' site to the complaints, which are decided beside their deals."""
    address = reverse_lazy("deals:complaints")
    return AdministratorsMenuItem(
        _("Complaints"), address, name="complaints", icon_name="comment", order=226
    )


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "deal.sign": _("Sign a document of a deal"),
        "deal.add_file": _("Add a file to a deal"),
        "complaint.decide": _("Decide a complaint"),
        "complaint.download": _("Download evidence of a complaint"),
        "effect.send_again": _("Send again what was given up"),
        "deal.download": _("Download a file of a deal"),
        "deal.disburse": _("Record that a payout was passed on"),
    }.items():
        actions.register_action(action, label, label)
