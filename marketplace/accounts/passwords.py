"""What Django says of passwords and has no Chinese for."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LengthValidator(MinimumLengthValidator):
    def get_error_message(self) -> str:
        words = ngettext(
            "Choose a password of at least %(length)d character.",
            "Choose a password of at least %(length)d characters.",
            self.min_length,
        )
        return words % {"length": self.min_length}
