"""The form field of an upload: checked by content, kept over a form that has errors elsewhere."""

from typing import Any

from django import forms

from marketplace.files import uploads


class UploadField(forms.FileField):
    """A file field whose cleaned value is a checked `uploads.Upload`, or None."""

    widget = forms.FileInput(attrs={"accept": uploads.ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        return uploads.check(file) if file else None
