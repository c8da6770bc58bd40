"""Photos of a body site, taken again and again, so that it is seen whether it heals."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from core.files import kinds, uploads
from patients.models import Patient
from records.bodysites import PAIRED
from records.models import ClinicalPhoto, Document
from records.services.uploads import Incoming, keep

Laterality = ClinicalPhoto.Laterality


@dataclass(frozen=True)
class Finding:
    """What is written beside a photo. Without `taken_at` the camera's own time counts, else now. Millimeters."""

    body_site: str
    laterality: str = Laterality.NONE
    taken_at: datetime | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    depth_mm: int | None = None
    remark: str = ""


def add_photo(*, patient: Patient, facility: Facility, file: Incoming, finding: Finding, by: User) -> ClinicalPhoto:
    """Keep a photo: written anew, upright, without place and camera, with what was measured.

    Raises DomainError if the file is no JPEG, PNG or HEIC picture, a paired site has no side, or it was taken in the
    future.
    """
    upload = uploads.looked_at(file.content, file.name)
    if upload.content_type not in (kinds.JPEG, kinds.PNG):
        raise DomainError("A photo is a JPEG, PNG or HEIC picture.", code="upload.kind", field="files")
    photo = _photo(patient, facility, finding, upload.taken_at)
    document = Document(patient=patient, facility=facility, kind=Document.Kind.PHOTO, author=by)
    document.title, document.written_on = title_of(photo), timezone.localdate(photo.taken_at, timezone=facility.tz)
    document.original_name = f"photo.{kinds.ENDINGS[upload.content_type]}"
    with transaction.atomic():
        photo.document = keep(document, upload, by=by)
        return audit.save(photo, by=by)


def title_of(photo: ClinicalPhoto) -> str:
    """`Lower leg, left`."""
    side = "" if photo.laterality == Laterality.NONE else f", {photo.get_laterality_display().lower()}"
    return f"{photo.body_site}{side}"


def _photo(patient: Patient, facility: Facility, finding: Finding, camera: datetime | None) -> ClinicalPhoto:
    site = " ".join(finding.body_site.split())
    if not site:
        raise DomainError("Say which part of the body it shows.", field="body_site")
    if site in PAIRED and finding.laterality not in (Laterality.LEFT, Laterality.RIGHT):
        raise DomainError("Say which side: left or right.", field="laterality")
    row = ClinicalPhoto(patient=patient, body_site=site, laterality=finding.laterality, remark=finding.remark.strip())
    row.taken_at = finding.taken_at or _by_camera(camera, facility) or timezone.now()
    if row.taken_at > timezone.now() + timedelta(minutes=5):
        raise DomainError("The photo cannot have been taken in the future.", field="taken_at")
    row.length_mm, row.width_mm, row.depth_mm = finding.length_mm, finding.width_mm, finding.depth_mm
    return row


def _by_camera(camera: datetime | None, facility: Facility) -> datetime | None:
    """A camera shows the wall clock; one that is ahead of ours is not believed."""
    if camera is None:
        return None
    taken = camera.replace(tzinfo=facility.tz)
    return taken if taken <= timezone.now() else None
