from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "deal.sign": _("Sign a document of a deal"),
        "deal.add_file": _("Add a file to a deal"),
        "deal.download": _("Download a file of a deal"),
    }.items():
        actions.register_action(action, label, label)
