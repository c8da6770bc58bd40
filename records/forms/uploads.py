"""The shape of what is typed about papers that people bring, and about photos."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from core.forms import FilesField
from records.bodysites import SITES
from records.models import ClinicalPhoto, Document
from records.services.photos import Finding
from records.services.uploads import MISTAKES, UPLOADED, Index

INDEXED = ("kind", "title", "written_on", "source", "location")
OTHER = "other"
PHOTOS = "image/jpeg,image/png,image/heic,.heic"


class IndexForm(forms.Form):
    """What is said about a paper."""

    kind = forms.ChoiceField(label="Kind of paper")
    title = forms.CharField(
        label="Title", max_length=200, required=False, help_text="Left empty, it is called by its kind."
    )
    written_on = forms.DateField(
        label="Date on the paper",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    source = forms.CharField(
        label="From", max_length=200, required=False, help_text="Who wrote it, such as a hospital or a laboratory."
    )
    location = forms.CharField(
        label="Original on paper", max_length=120, required=False, help_text="Where it is, if it is kept."
    )

    def __init__(self, *args: Any, document: Document | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Choose"), *((kind.value, kind.label) for kind in UPLOADED)]
        if document:
            self._fill(document)

    def _fill(self, document: Document) -> None:
        for name in INDEXED:
            self.initial.setdefault(name, getattr(document, name))
        if document.kind not in UPLOADED or not document.is_upload:
            self.fields["kind"].choices = [(document.kind, document.get_kind_display())]
        if not document.is_upload:
            self.fields["title"].disabled = True

    @property
    def index(self) -> Index:
        return Index(
            **{name: self.cleaned_data[name] for name in ("kind", "title", "written_on", "source", "location")}
        )


class UploadForm(IndexForm):
    """Files that come into the chart."""

    files = FilesField(
        label="Files", error_messages={"required": "Choose a file, or take a picture."},
        help_text="PDF, pictures, Word, Excel, OpenDocument or plain text.",
    )  # fmt: skip
    as_one = forms.BooleanField(
        label="The pictures are pages of one paper", required=False, help_text="They become one PDF, in their order."
    )
    field_order = ("files", "as_one", "kind", "title", "written_on", "source", "location")


class VersionForm(IndexForm):
    """A newer version of one paper."""

    files = FilesField(label="File", several=False, error_messages={"required": "Choose the newer file."})
    field_order = ("files", "kind", "title", "written_on", "source", "location")


class EditIndexForm(IndexForm):
    """Carries the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class MistakeForm(forms.Form):
    """Why a paper should not be there."""

    mistake = forms.ChoiceField(label="What is wrong with it?", choices=list(MISTAKES.items()))


class WordsForm(forms.Form):
    """Words to find papers by."""

    words = forms.CharField(label="Words in a paper, its title or its source", required=False, max_length=100)


class PhotoForm(forms.Form):
    """A photo with what was seen and measured."""

    files = FilesField(
        label="Photo", several=False, error_messages={"required": "Take a photo, or choose one."},
        help_text="Place, camera and everything else that is hidden in it are removed.",
    )  # fmt: skip
    body_site = forms.ChoiceField(label="Body site")
    other_site = forms.CharField(label="Another site", max_length=80, required=False, help_text="In words.")
    laterality = forms.ChoiceField(
        label="Side",
        choices=ClinicalPhoto.Laterality.choices,
        initial=ClinicalPhoto.Laterality.NONE,
        widget=forms.RadioSelect,
    )
    length_mm = forms.IntegerField(label="Length in mm", required=False, min_value=0, max_value=2000)
    width_mm = forms.IntegerField(label="Width in mm", required=False, min_value=0, max_value=2000)
    depth_mm = forms.IntegerField(label="Depth in mm", required=False, min_value=0, max_value=500)
    taken_at = forms.DateTimeField(
        label="Taken at", required=False, help_text="Left empty: the time the camera wrote down, else now.",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    remark = forms.CharField(
        label="Seen", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as edges, discharge, skin around it, or pain.",
    )  # fmt: skip

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before = sorted({site for site, _ in known})
        groups = [("Photographed before", [(site, site) for site in before])] if before else []
        groups += [(group, [(site, site) for site in sites if site not in before]) for group, sites in SITES.items()]
        self.fields["body_site"].choices = [("", "Choose"), *groups, (OTHER, "Another site")]
        self.fields["files"].widget.attrs |= {
            "accept": "image/jpeg,image/png,image/heic,.heic",
            "capture": "environment",
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("body_site") == OTHER and not found.get("other_site", "").strip():
            self.add_error("other_site", "Say which site it is.")
        return found

    def finding(self, at: datetime | None) -> Finding:
        """`at` is when it was taken, in the facility's zone."""
        said = self.cleaned_data
        site = said["other_site"] if said["body_site"] == OTHER else said["body_site"]
        measures = {name: said[name] for name in ("length_mm", "width_mm", "depth_mm")}
        return Finding(body_site=site, laterality=said["laterality"], taken_at=at, remark=said["remark"], **measures)
