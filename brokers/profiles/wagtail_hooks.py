from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "broker.edit": _("Edit a broker's profile"),
        "broker.verify": _("Verify a broker"),
    }.items():
        actions.register_action(action, label, label)
