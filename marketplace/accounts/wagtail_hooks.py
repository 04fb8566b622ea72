from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "account.reset_second_factor": _("Reset a second factor"),
        "organisation.found": _("Found an organisation"),
        "organisation.edit": _("Edit an organisation"),
        "organisation.verify": _("Verify an organisation"),
        "organisation.doubt": _("Take back the verification of an organisation"),
        "organisation.invite": _("Invite a member"),
        "organisation.revoke_invitation": _("Revoke an invitation"),
        "organisation.join": _("Join an organisation"),
        "organisation.change_role": _("Change a member's role"),
        "organisation.remove_member": _("Remove a member"),
    }.items():
        actions.register_action(action, label, label)
