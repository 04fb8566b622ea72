"""The nine technology readiness levels (GB/T 22900) in words that a person can choose by."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

LEVELS = {
    1: _("the basic principle has been observed"),
    2: _("the concept and its use have been formulated"),
    3: _("an experiment has proved the concept"),
    4: _("validated in the laboratory"),
    5: _("validated under conditions close to use"),
    6: _("a prototype works under conditions close to use"),
    7: _("a prototype works in real use"),
    8: _("the product is complete and qualified"),
    9: _("proven in regular use"),
}
CHOICES = [(level, format_lazy("TRL {} – {}", level, words)) for level, words in LEVELS.items()]
