"""Forms that notice when somebody else saved first, and the field that takes files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.files.kinds import NAMES
from core.files.uploads import Incoming

MAX_FILES = 20
ACCEPT = ",".join(sorted({f".{ending}" for endings in NAMES.values() for ending in endings} | {"image/*"}))


class VersionedForm(forms.ModelForm):
    """A model form that carries the version the person saw, for `audit.save(expected_version=…)`.

    For a row that is there already it is not taken without one: that would overwrite silently.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, each below the limit; their content is looked at later."""

    def __init__(self, *, several: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput() if several else forms.ClearableFileInput())
        super().__init__(**kwargs)
        self.widget.attrs |= {"accept": ACCEPT, "data-limit": settings.UPLOAD_MAX_BYTES}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, (list, tuple)) else [data]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"Choose at most {MAX_FILES} files at once.")
        return [self._one(super(FilesField, self).clean(file, initial)) for file in files or [None]]

    def _one(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(f"A file may have {settings.UPLOAD_MAX_BYTES >> 20} MB at most. Divide it.")
        return file


def incoming(files: Sequence[UploadedFile]) -> list[Incoming]:
    """The files, read into memory: none is larger than the limit."""
    return [Incoming(file.name or "", file.read()) for file in files]
