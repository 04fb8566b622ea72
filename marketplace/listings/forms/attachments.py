"""The row of an attachment. Its file is stored once it has passed the check: the draft saves itself.

The row carries the file's id. That id is accepted from the person who uploaded the file, and for files
that what is edited has already; anybody else's is refused.
"""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.files import uploads
from marketplace.files.forms import GONE, CheckedFileField
from marketplace.files.models import StoredFile


class AttachmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A file, its title and who may read it. Its model is the one of the formset.

    `uploader` is the person at the form; `own_files` are the ids of the files that belong to what is
    edited. The template writes `kept_file.pk` into the hidden field `kept`.
    """

    upload = CheckedFileField(label=_("File"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("upload", "title", "tier")

    def __init__(
        self, *args: Any, uploader: Any, own_files: Collection[uuid.UUID] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.uploader = uploader
        self.own_files = own_files
        self.stored: StoredFile | None = None
        self.fields["title"].required = False
        self.fields["title"].help_text = _("What readers see; the file's name if left empty.")
        self.initial["kept"] = self.instance.file_id

    @property
    def kept_file(self) -> StoredFile | None:
        """The file that the row holds now."""
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
                self.add_error("upload", GONE)
        if self.stored is not None:
            self.instance.file = self.stored
            data["title"] = data.get("title") or self.stored.name[:120]
        elif "upload" not in self.errors:
            self.add_error("upload", _("Choose a file."))
        return data

    def _accept(self, kept: str) -> StoredFile | None:
        try:
            stored = StoredFile.objects.filter(pk=uuid.UUID(kept)).first()
        except ValueError:
            return None
        if stored and (stored.uploaded_by_id == self.uploader.pk or stored.pk in self.own_files):
            return stored
        return None
