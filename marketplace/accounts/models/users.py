"""People. An account is its e-mail address; what it may do comes from memberships and groups."""

import re
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import time_zones
from marketplace.bilingual import one_line

_CJK = re.compile(r"[㐀-鿿]")


class EmailUserManager(UserManager["User"]):
    """Creates accounts by e-mail address, lower-cased, since people do not remember its case."""

    def create_user(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("An account with this e-mail address exists already.")},
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("The language of messages that we send you."),
    )

    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        help_text=_("Daily and weekly messages reach you in the morning there."),
    )

    objects: ClassVar[EmailUserManager] = EmailUserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_any_case")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.last_name, self.first_name = one_line(self.last_name), one_line(self.first_name)

    @property
    def name(self) -> str:
        """The person's name in its own order (Chinese: family name first), else the mailbox name."""
        parts = [self.last_name, self.first_name]
        if _CJK.search("".join(parts)):
            return "".join(parts)
        return " ".join(filter(None, reversed(parts))) or self.email.partition("@")[0]

    @property
    def own_time_zone(self) -> ZoneInfo:
        """Where the person is, the site's own time zone without a known one."""
        known = self.time_zone in time_zones.available()
        return ZoneInfo(self.time_zone if known else settings.TIME_ZONE)

    def get_full_name(self) -> str:
        return self.name
