from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "bank_entry.record": _("Record a bank entry"),
        "bank_entry.confirmed": _("Confirm a bank entry"),
        "bank_entry.rejected": _("Reject a bank entry"),
        "bank_entry.read_evidence": _("Download the evidence of a bank entry"),
        "bank_statement.import": _("Import a bank statement"),
        "bank_line.explain": _("Explain a line of a bank statement"),
        "bank_line.reopen": _("Open a line of a bank statement again"),
        "payout_list.draw_up": _("Draw up a payout list"),
        "payout_list.released": _("Release a payout list"),
        "payout_list.withdrawn": _("Withdraw a payout list"),
        "payout_list.download": _("Download a payout list"),
        "payout_account.open": _("Open a payout account"),
        "payout_account.close": _("Close a payout account"),
    }.items():
        actions.register_action(action, label, label)
