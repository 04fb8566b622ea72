"""Uploads in forms: checked by content, and kept while something else in the form is wrong.

A browser forgets a chosen file when a form comes back with errors. So a checked upload is stored at
once, and the form carries its id. That id is accepted from the person who uploaded the file, and for
files that what is edited has already; anybody else's is refused.
"""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.files import uploads
from marketplace.files.models import StoredFile


class UploadField(forms.FileField):
    """A file field whose cleaned value is a checked `uploads.Upload`, or None."""

    widget = forms.FileInput(attrs={"accept": uploads.ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        return uploads.check(file) if file else None


class KeptUploadForm(forms.Form):
    """A form with one file, which is `stored` as soon as it has passed the check.

    `uploader` is the person at the form; `own_files` are the ids of the files that belong to what is
    edited. The template writes `kept_file.pk` into the hidden field `kept`.
    """

    upload = UploadField(label=_("File"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, uploader: Any, own_files: Collection[uuid.UUID] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.uploader = uploader
        self.own_files = own_files
        self.stored: StoredFile | None = None

    @property
    def kept_file(self) -> StoredFile | None:
        """The file that the form holds now."""
        if self.is_bound:
            return self.stored
        kept = self.initial.get("kept")
        return StoredFile.objects.filter(pk=kept).first() if kept else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if upload := data.get("upload"):
            self.stored = uploads.store(upload, uploaded_by=self.uploader, provisional=True)
        elif kept := data.get("kept"):
            self.stored = self._accept(kept)
            if self.stored is None:
                self.add_error("upload", _("This file is no longer here. Choose it again."))
        return data

    def _accept(self, kept: str) -> StoredFile | None:
        try:
            stored = StoredFile.objects.filter(pk=uuid.UUID(kept)).first()
        except ValueError:
            return None
        if stored and (stored.uploaded_by_id == self.uploader.pk or stored.pk in self.own_files):
            return stored
        return None
