"""Photos as series: one for each body site and side, over time."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.models import Facility, User
from core.labels import when_label
from patients.models import Patient
from records.models import ClinicalPhoto, Document
from records.selectors.documents import readable_documents


def readable_photos(user: User, patient: Patient) -> QuerySet[ClinicalPhoto]:
    """The photos whose papers the person may read, the oldest first."""
    papers = readable_documents(user, patient).filter(kind=Document.Kind.PHOTO).order_by()
    rows = ClinicalPhoto.objects.filter(patient=patient, document__in=papers.values("pk"))
    return rows.select_related("document__author").order_by("taken_at", "pk")


def photo_series(user: User, patient: Patient, facility: Facility) -> list[dict[str, Any]]:
    """Every body site with its photos, the site photographed last first; one query."""
    found: dict[tuple[str, str], list[ClinicalPhoto]] = {}
    for row in readable_photos(user, patient):
        row.patient = patient
        found.setdefault((row.body_site, row.laterality), []).append(row)
    newest_first = sorted(found.values(), key=lambda rows: rows[-1].taken_at, reverse=True)
    return [_series(rows, facility) for rows in newest_first]


def series_of(user: User, patient: Patient, pk: UUID, facility: Facility) -> dict[str, Any]:
    """The series that one of its photos belongs to. Raises Http404."""
    for series in photo_series(user, patient, facility):
        if any(photo["uuid"] == str(pk) for photo in series["photos"]):
            known = known_sites(user, patient)
            return series | {"number": known.index((series["site"], series["side"]))}
    raise Http404


def compared(series: dict[str, Any], chosen: Iterable[str]) -> list[dict[str, Any]]:
    """The photos to lay side by side, in the order of time: those chosen, else the first and the last."""
    wanted = set(chosen)
    photos: list[dict[str, Any]] = series["photos"]
    picked = [photo for photo in photos if photo["uuid"] in wanted]
    return picked or ([photos[0], photos[-1]] if len(photos) > 1 else photos)


def known_sites(user: User, patient: Patient) -> list[tuple[str, str]]:
    """The sites photographed before, (site, side), so that a series goes on under one name."""
    rows = readable_photos(user, patient).order_by().values_list("body_site", "laterality").distinct()
    return sorted(rows)


def area_of(photo: ClinicalPhoto) -> float | None:
    """Length times width in square centimeters, as wounds are followed; None if one was not measured."""
    if photo.length_mm is None or photo.width_mm is None:
        return None
    return round(photo.length_mm * photo.width_mm / 100, 1)


def _series(rows: list[ClinicalPhoto], facility: Facility) -> dict[str, Any]:
    photos = [_photo(row, facility) for row in rows]
    measured = [(photo["when"], photo["area"]) for photo in photos if photo["area"] is not None]
    return {
        "title": photos[-1]["title"],
        "site": rows[-1].body_site,
        "side": rows[-1].laterality,
        "photos": photos,
        "last": photos[-1],
        "areas": measured,
        "change": _change(measured),
    }


def _change(measured: list[tuple[str, float]]) -> str:
    """In words, from the first measurement to the last."""
    if len(measured) < 2 or not measured[0][1]:
        return ""
    (since, first), (_, last) = measured[0], measured[-1]
    percent = round(abs(last - first) / first * 100)
    if not percent:
        return f"As large as on {since}"
    return f"{percent} % {'smaller' if last < first else 'larger'} than on {since}"


def _photo(row: ClinicalPhoto, facility: Facility) -> dict[str, Any]:
    url = reverse("records:document_detail", args=[row.patient.uuid, row.document.uuid])
    sizes = [("Length", row.length_mm), ("Width", row.width_mm), ("Depth", row.depth_mm)]
    return {
        "uuid": str(row.uuid),
        "title": row.document.title,
        "url": url,
        "file": f"{url}file/?view=1",
        "thumbnail": f"{url}thumbnail/",
        "series": reverse("records:photo_series", args=[row.patient.uuid, row.uuid]),
        "when": when_label(row.taken_at, facility.tz),
        "iso": row.taken_at.isoformat(),
        "by": row.document.written_by,
        "measures": " · ".join(f"{label} {value} mm" for label, value in sizes if value is not None),
        "area": area_of(row),
        "remark": row.remark,
    }
