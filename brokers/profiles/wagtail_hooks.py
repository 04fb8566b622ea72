from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet

from brokers.profiles.admin import BrokerViewSet
from brokers.profiles.models import BrokerProfile

register_snippet(BrokerViewSet)


@hooks.register("before_bulk_action")
def keep_profiles(_request: Any, action_type: str, _objects: Any, action: Any) -> None:
    if action_type == "delete" and action.model is BrokerProfile:
        raise PermissionDenied("broker:delete")


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "broker.edit": _("Edit a broker's profile"),
        "broker.verify": _("Verify a broker"),
        "broker.doubt": _("Take back the verification of a broker"),
        "broker.agree_share": _("Agree on the brokerage's part of a commission"),
        "need.assign_broker": _("Ask a broker to look after a need"),
        "broker.read_certificate": _("Read a broker's certificate"),
    }.items():
        actions.register_action(action, label, label)
