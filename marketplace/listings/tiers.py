"""The four tiers of disclosure, from open to closed.

`public`: everyone. `members`: everyone signed in. `nda`: organisations with a valid disclosure grant.
`private`: the own organisation and administrators.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.IntegerChoices):
    """Ordered: a reader with access to a tier reads that tier and every lower one."""

    PUBLIC = 0, _("public")
    MEMBERS = 1, _("signed-in readers")
    NDA = 2, _("under a confidentiality agreement")
    PRIVATE = 3, _("own organisation only")
