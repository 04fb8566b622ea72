"""Stands in for `wagtail.users` among the installed apps: accounts are edited by our views."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "cms.admin.accounts.AccountViewSet"
