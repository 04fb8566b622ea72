"""Uploads in forms: checked by content, and held while something else in the form is wrong.

A browser forgets a chosen file when a form comes back with errors. So a checked upload is stored
provisionally when its form is shown again, and the form carries a signed token of it: only who was
shown the form can send it in.
"""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.files import uploads
from marketplace.files.content import TYPES
from marketplace.files.models import StoredFile

GONE = _("This file is no longer here. Choose it again.")
_SALT = "files.held"


class CheckedFileField(forms.FileField):
    """A file field whose cleaned value is a checked `uploads.Upload`, or None.

    `types` are the content types that it takes, all that the site accepts where it is empty; its error
    `type` says so.
    """

    widget = forms.FileInput
    types: Collection[str] = ()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        taken = [end for end, kind in TYPES.items() if kind.content_type in self.types]
        return super().widget_attrs(widget) | {"accept": ",".join(taken or TYPES)}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        return self.checked(uploads.check(file)) if file else None

    def checked(self, upload: uploads.Upload) -> uploads.Upload:
        """Return `upload`. Raises `ValidationError` where it is none of the `types`."""
        if self.types and upload.content_type not in self.types:
            raise ValidationError(self.error_messages["type"], code="type")
        return upload


class HoldingFileInput(forms.FileInput):
    """Chooses a file, and still has the `held` one that was chosen before, under its `token` if any."""

    template_name = "components/form/file.html"
    held: uploads.Upload | None = None
    token = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        return chosen or data.get(_token_name(name)) or None

    def use_required_attribute(self, initial: Any) -> bool:
        return super().use_required_attribute(initial) and self.held is None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if self.held is not None:
            context["held"] = {
                "file": self.held.name,
                "name": _token_name(name),
                "token": self.token or _hold(self.held),
            }
        return context


class UploadField(CheckedFileField):
    """A checked file that is held while the rest of the form is wrong."""

    widget = HoldingFileInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        token = data if isinstance(data, str) else ""
        upload = self.checked(_held(token)) if token else super().clean(data, initial)
        self.widget.held, self.widget.token = upload, token
        return upload


def _token_name(name: str) -> str:
    return f"{name}-held"


def _hold(upload: uploads.Upload) -> str:
    stored = uploads.store(upload, uploaded_by=None, provisional=True)
    return signing.dumps(str(stored.pk), salt=_SALT)


def _held(token: str) -> uploads.Upload:
    try:
        stored = StoredFile.objects.get(pk=signing.loads(token, salt=_SALT), provisional=True)
    except (signing.BadSignature, StoredFile.DoesNotExist):
        raise ValidationError(GONE, code="gone") from None
    return uploads.read(stored)
